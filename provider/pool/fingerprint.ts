import { createHash } from "node:crypto";
import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import { canonicalForm } from "./canonicalForm";
import { canonicalJson } from "./canonicalJson";

/**
 * Number of the canonical form's shape. It is raised only when {@link canonicalForm} changes, apart from the
 * version of the package, so that an upgrade of the package keeps warm clusters useful.
 */
export const fingerprintSchema = 1;

/** A digest of what must be equal, and the number of the form it was taken of. */
export interface Fingerprint {
  /** First 16 hex digits of SHA-256. */
  readonly fingerprint: string;
  readonly schema: number;
}

/** Equal for two requests if and only if their canonical forms are, but for chance (1 in 2^64). */
export function fingerprint(request: RunJobFlowInput): Fingerprint {
  const digest = createHash("sha256")
    .update(canonicalJson(canonicalForm(request)))
    .digest("hex");
  return { fingerprint: digest.slice(0, 16), schema: fingerprintSchema };
}
