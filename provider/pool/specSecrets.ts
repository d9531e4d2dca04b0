import { scryptSync } from "node:crypto";
import type { KerberosAttributes, RunJobFlowInput } from "@aws-sdk/client-emr";
import type { ClusterSpec } from "../args";
import { splitPath } from "../inputPaths";

/**
 * The cluster asked for, with Pulumi secrets in it replaced: what the matcher, the fingerprint and the store may
 * see. Two specs with the same secret stay equal, two with different ones differ, but as names and tags show the
 * fingerprint to everyone, the stand-in is scrypt with the pool as salt: guessing costs too much.
 *
 * @param secretPaths paths below the resource's inputs: `cluster.configurations[0].properties.password`
 * @param salt the pool: store and name
 */
export function withoutSecrets(
  cluster: ClusterSpec,
  secretPaths: readonly string[] | undefined,
  salt: string,
): ClusterSpec {
  let result: unknown = cluster;
  for (const path of secretPaths ?? []) {
    if (path === "cluster") result = replaced(result, salt);
    else if (/^cluster[.[]/.test(path)) result = replacedAt(result, path.slice("cluster".length), salt);
  }
  return result as ClusterSpec;
}

/** `RunJobFlow` without the passwords of Kerberos, which EMR does not give back either and nothing compares. */
export function withoutPasswords(request: RunJobFlowInput): RunJobFlowInput {
  if (!request.KerberosAttributes) return request;
  const { KdcAdminPassword, CrossRealmTrustPrincipalPassword, ADDomainJoinPassword, ...rest } =
    request.KerberosAttributes;
  return { ...request, KerberosAttributes: rest as KerberosAttributes };
}

/** The secrets of a launch: texts of its request that its record (see {@link withoutSecrets}) does not show. */
export function secretTexts(request: unknown, record: unknown): string[] {
  if (typeof request === "string") return request === record ? [] : [request];
  if (request === null || typeof request !== "object") return [];
  return Object.entries(request).flatMap(([key, item]) =>
    secretTexts(item, (record as Record<string, unknown> | undefined)?.[key]),
  );
}

function replacedAt(value: unknown, path: string, salt: string): unknown {
  if (path === "") return replaced(value, salt);
  const found = splitPath(value, path);
  if (found === undefined) return value;
  const { key, rest } = found;
  const inner = replacedAt((value as Record<string, unknown>)[key], rest, salt);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? inner : item));
  return { ...(value as object), [key]: inner };
}

/** Every text in it replaced by its stand-in; numbers and yes-or-no are sizes and switches, and stay. */
function replaced(value: unknown, salt: string): unknown {
  if (typeof value === "string") return standIn(value, salt);
  if (Array.isArray(value)) return value.map((item) => replaced(item, salt));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, salt)]));
}

const standIns = new Map<string, string>();

/** The secrets of this process by their stand-ins. */
const plainTexts = new Map<string, string>();

/** Computed once a process: scrypt takes tens of milliseconds, on purpose. */
function standIn(secret: string, salt: string): string {
  const key = `${salt}\0${secret}`;
  const known = standIns.get(key);
  if (known !== undefined) return known;
  const text = `secret-${scryptSync(secret, salt, 16).toString("hex")}`;
  standIns.set(key, text);
  plainTexts.set(text, secret);
  return text;
}

/** The secret that a stand-in made in this process stands for; any other text as it is. */
export function plainText(text: string): string {
  return plainTexts.get(text) ?? text;
}

/** Whether a value is the one asked for. Of clusters that the pool did not launch, EMR gives back secrets in plain. */
export function isSameText(actual: string | undefined, asked: string | undefined): boolean {
  return (
    actual === asked || (asked !== undefined && actual === plainTexts.get(asked) && actual !== undefined)
  );
}

/** Whether a text is or holds a stand-in. */
export function holdsStandIn(text: string | undefined): boolean {
  return text !== undefined && /\bsecret-[0-9a-f]{32}\b/.test(text);
}

/**
 * The reason of a refusal (`what: actual, asked asked`) without its values, if one of them is a secret's stand-in: the
 * other may be the same secret, or another's, in plain.
 */
export function withoutStandIns(reason: string): string {
  return holdsStandIn(reason) ? `${reason.replace(/:.*$/s, "")}: (not shown), asked (not shown)` : reason;
}
