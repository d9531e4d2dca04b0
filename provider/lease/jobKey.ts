import { createHash } from "node:crypto";

/** What makes a job the same job in the next `pulumi up`. */
export interface JobIdentity {
  /** User's salt, for stacks that share everything else at one store. */
  readonly scope?: string;
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  /** Types of the parents, outermost first. */
  readonly parentTypes: readonly string[];
  readonly type: string;
  readonly name: string;
}

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * 26 base32 characters (130 bits of SHA-256): a hash and not the names themselves, so that nothing a user types
 * can leave the store's prefix or overflow a step's name.
 */
export function jobKey(identity: JobIdentity): string {
  // JSON keeps the parts apart: "a" + "bc" and "ab" + "c" are different jobs.
  const text = JSON.stringify([
    identity.scope ?? "",
    identity.organization,
    identity.project,
    identity.stack,
    identity.parentTypes,
    identity.type,
    identity.name,
  ]);
  return base32(createHash("sha256").update(text, "utf8").digest()).slice(0, 26);
}

/** Lower-case base32 without padding (RFC 4648 alphabet). */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31] : text;
}
