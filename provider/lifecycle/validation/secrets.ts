import type { Problem } from "./problem";

/** Inputs that end up in names, tags or keys, which anyone who may list clusters or objects can read. */
const readableByOthers = [
  /^pool\b/,
  /^cluster$/,
  /^cluster\.(name|tags|logUri)\b/,
  /^steps\[\d+\]\.name$/,
  /^region$/,
  /^scope$/,
];

/** Refuses Pulumi secrets where EMR or S3 would show them to everyone. */
export function secretProblems(secrets: readonly string[]): Problem[] {
  return secrets
    .filter((path) => readableByOthers.some((pattern) => pattern.test(path)))
    .map((path) => ({
      property: path,
      problem: "is a Pulumi secret, but becomes part of names, tags or keys that others can read",
      allowed: "a value that is not secret",
      fix:
        path === "cluster"
          ? "Mark only the secret parts of the cluster, not all of it"
          : "Use a plain value, or pulumi.unsecret() if it is not really secret",
    }));
}
