import { createHash, randomBytes } from "node:crypto";

/** The letters and digits of EMR's own ids, such as `j-2AXXXXXXGAPLF`. */
const idAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** A fresh id of EMR's form: the prefix and 13 of `0-9A-Z`. */
export function emrId(prefix: "j" | "s" | "ig" | "if"): string {
  const letters = Array.from(randomBytes(13), (byte) => idAlphabet[byte % idAlphabet.length]);
  return `${prefix}-${letters.join("")}`;
}

/** Hexadecimal digits that are always the same for the same `seed`: ids of things the server derives, not keeps. */
export function derivedHex(seed: string, length: number): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, length);
}
