import { createHash, scryptSync } from "node:crypto";
import type { PooledEmrJobInputs } from "../args";
import { canonicalJson } from "../pool/canonicalJson";

/** A local file the steps use, uploaded under its content hash (see `steps/assets.ts`). */
interface Asset {
  readonly sha256: string;
}

/** What makes a job other work if it changes: a new submission (emr-api.md 3e, decisions.md 2). */
export type SpecInputs = Pick<PooledEmrJobInputs, "steps" | "executionRoleArn" | "triggers"> & {
  assets?: readonly Asset[];
  secretPaths?: readonly string[];
};

/**
 * Hash of steps, execution role, triggers and asset digests: 32 hex digits. Key order and absent fields don't
 * matter; the order of lists does, for it is the order of arguments.
 *
 * Journal and state show the hash to more people than may know a secret argument, so that where one takes part
 * the hash is scrypt with the job's key as salt: guessing costs too much.
 */
export function specHash(inputs: SpecInputs, jobKey: string): string {
  const text = canonicalJson({
    steps: inputs.steps,
    executionRoleArn: inputs.executionRoleArn,
    triggers: inputs.triggers ?? [],
    assets: (inputs.assets ?? []).map((asset) => asset.sha256),
  });
  const holdsSecret = (inputs.secretPaths ?? []).some((path) =>
    /^(steps|executionRoleArn|triggers)\b/.test(path),
  );
  const digest = holdsSecret ? scryptSync(text, jobKey, 16) : createHash("sha256").update(text).digest();
  return digest.toString("hex").slice(0, 32);
}
