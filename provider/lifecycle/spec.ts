import { createHash, scryptSync } from "node:crypto";
import type { PooledEmrJobInputs } from "../args";
import { canonicalJson } from "../pool/canonicalJson";
import { type Asset, collectAssets } from "../steps/assets";

/** What makes a job other work if it changes: a new submission (emr-api.md 3e, decisions.md 2). */
export type SpecInputs = Pick<PooledEmrJobInputs, "steps" | "executionRoleArn" | "triggers"> & {
  assets?: readonly Pick<Asset, "sha256" | "uri">[];
  secretPaths?: readonly string[];
};

/**
 * Hash of steps, execution role, triggers and asset digests: 32 hex digits. Key order and absent fields don't
 * matter; the order of lists does, for it is the order of arguments. A local file counts by content and name: in
 * another store the work is the same.
 *
 * Journal and state show the hash to more people than may know a secret argument, so that where one takes part
 * the hash is scrypt with the job's key as salt: guessing costs too much.
 */
export function specHash(inputs: SpecInputs, jobKey: string): string {
  const text = workText(inputs, "");
  return holdsSecret(inputs) ? slowDigest(text, jobKey) : quickDigest(text);
}

/**
 * Whether `spec` is the hash of this work, in any form it was ever written in: an argument may have become a Pulumi
 * secret since, or stopped being one, and earlier versions hashed local files by their address in the store.
 *
 * @param store - where the files were when `spec` was written
 */
export function isSameWork(inputs: SpecInputs, jobKey: string, spec: string, store: string): boolean {
  const texts = new Set([workText(inputs, ""), workText(inputs, store)]);
  const digests: ((text: string, jobKey: string) => string)[] = [quickDigest, slowDigest];
  if (holdsSecret(inputs)) digests.reverse();
  return digests.some((digest) => [...texts].some((text) => digest(text, jobKey) === spec));
}

/** `store`: where files are said to be; at preview it may still be unknown, and references stand for addresses. */
function workText(inputs: SpecInputs, store: string): string {
  const { steps, assets } = collectAssets(inputs.steps, store);
  const files = inputs.assets ?? assets;
  const text = canonicalJson({
    steps,
    executionRoleArn: inputs.executionRoleArn,
    triggers: inputs.triggers ?? [],
    assets: files.map((file) => file.sha256),
  });
  const prefix = store.replace(/\/+$/, "");
  return files.reduce((changed, { uri }) => {
    const placed = prefix + uri.slice(uri.lastIndexOf("/v1/assets/"));
    return changed.replaceAll(quoted(uri), () => quoted(placed));
  }, text);
}

/** As it stands inside a string of JSON. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function holdsSecret({ secretPaths = [] }: SpecInputs): boolean {
  return secretPaths.some((path) => /^(steps|executionRoleArn|triggers)\b/.test(path));
}

function quickDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** A check, a diff and a create ask for the same one, which takes tens of milliseconds. */
const slowDigests = new Map<string, string>();

function slowDigest(text: string, jobKey: string): string {
  const asked = `${jobKey} ${quickDigest(text)}`;
  const known = slowDigests.get(asked) ?? scryptSync(text, jobKey, 16).toString("hex");
  slowDigests.set(asked, known);
  return known;
}
