import { PooledEmrError } from "../errors";
import type { Clock, ObjectStore, Random, StoredObject, WriteCondition } from "../ports";
import type { ProtocolConstants } from "./constants";

/** WON: these bytes were, or are, the object. LOST is final: the ETag that was expected can't come back. */
export type CasOutcome =
  | { won: true; etag: string; serverTime: Date }
  | { won: false; current: StoredObject };

/** What the primitive needs. */
export interface CasContext {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly constants: ProtocolConstants;
}

/**
 * Writes `body` if the object is still as `condition` says. Every safety claim of the protocol rests on this one
 * function (locking.md 5.1).
 *
 * `body` must hold `nonce`, fresh for this call: an answer other than 200 says nothing (412 may be answered to a
 * retry of a write that landed; a timed-out write may land minutes later), so the object is read back and the
 * nonce tells. Fresh nonces also mean that an ETag never recurs, so bytes that lost once can never win later.
 *
 * @throws PooledEmrError STORE_UNAVAILABLE if reads go through and the write does not, for too long. As after a
 * crash, the write may still land; whoever reads next finds out.
 */
export async function compareAndSet(
  context: CasContext,
  key: string,
  condition: WriteCondition,
  body: string,
  nonce: string,
): Promise<CasOutcome> {
  const giveUpAt = context.clock.monotonic() + context.constants.writeFor;
  for (let attempt = 0; ; attempt++) {
    const answer = await context.store.put(key, body, condition);
    if (answer.outcome === "written") return { won: true, etag: answer.etag, serverTime: answer.serverTime };
    const current = await context.store.get(key);
    if (current.found && nonceOf(current.body) === nonce)
      return { won: true, etag: current.etag, serverTime: current.serverTime };
    const unchanged =
      "absent" in condition ? !current.found : current.found && current.etag === condition.etag;
    if (!unchanged) return { won: false, current };
    if (context.clock.monotonic() >= giveUpAt)
      throw new PooledEmrError("STORE_UNAVAILABLE", {
        subject: key,
        problem: `could be read, but not be written for ${context.constants.writeFor / 1_000} s`,
        cause: answer.outcome === "unknown" ? answer.cause : undefined,
      });
    // Same bytes again: if the first try lands meanwhile, this one is refused and the nonce says WON.
    await context.clock.sleep(jitter(context.constants.writeBackoff, attempt, context.random));
  }
}

/** Full jitter: uniform between 0 and `base × 2^attempt`, at most `cap`. Milliseconds. */
export function jitter(
  [base, cap]: readonly [number, number],
  attempt: number,
  random: { next(): number },
): number {
  return random.next() * Math.min(cap, base * 2 ** Math.min(attempt, 20));
}

function nonceOf(body: string): string | undefined {
  try {
    const nonce = (JSON.parse(body) as { w?: unknown } | null)?.w;
    return typeof nonce === "string" ? nonce : undefined;
  } catch {
    return undefined;
  }
}
