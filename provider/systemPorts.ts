import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Random } from "./ports";

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  async sleep(milliseconds, signal) {
    try {
      await sleep(milliseconds, undefined, { signal });
    } catch (error) {
      // Node rejects with an AbortError of its own; callers want the reason they gave.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};

const base32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** Ids from the system's cryptographic source: two processes never draw the same. */
export const systemRandom: Random = {
  next: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  id: (length) => [...randomBytes(length)].map((byte) => base32Alphabet[byte & 31]).join(""),
};
