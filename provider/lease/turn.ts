import { keys } from "./keys";
import type { Pool } from "./pool";
import { type TurnRecord, turnKind } from "./records";

/** A turn that is held. */
export interface Turn {
  readonly epoch: number;
  readonly n: string;
}

/**
 * The turn to submit for one cluster: a lease that only makes batches bigger. Two holders, a dead one or none are
 * harmless: the right to call EMR comes from each job's journal. Taken if it is free or its holder has been silent
 * for ttl and grace, by S3's clock. Undefined: somebody else has it.
 */
export async function takeTurn(pool: Pool, poolId: string, entryId: string): Promise<Turn | undefined> {
  const n = pool.random.id(16);
  const { turnTtl, turnGrace } = pool.constants;
  const { changed, record } = await pool.records.update<TurnRecord>(
    turnKind,
    keys.turn(pool.name, poolId, entryId),
    (current, now) => {
      const silent = current && now.getTime() - Date.parse(current.at) > current.ttl + turnGrace;
      if (current?.st === "HELD" && !silent) return undefined;
      // A turn deleted by hand begins anew: with the time as epoch it repeats none.
      const epoch = current ? current.epoch + 1 : Math.floor(now.getTime() / 1_000);
      return { epoch, n, st: "HELD", ttl: turnTtl, at: now.toISOString() };
    },
  );
  return changed ? { epoch: record!.epoch, n } : undefined;
}

/** False: another process took it, because this one was silent for too long. */
export async function renewTurn(pool: Pool, poolId: string, entryId: string, turn: Turn): Promise<boolean> {
  const { changed } = await pool.records.update<TurnRecord>(
    turnKind,
    keys.turn(pool.name, poolId, entryId),
    (current, now) =>
      current?.n === turn.n && current.st === "HELD" ? { ...current, at: now.toISOString() } : undefined,
  );
  return changed;
}

/** Overwritten, never deleted. */
export async function releaseTurn(pool: Pool, poolId: string, entryId: string, turn: Turn): Promise<void> {
  await pool.records.update<TurnRecord>(turnKind, keys.turn(pool.name, poolId, entryId), (current) =>
    current?.n === turn.n && current.st === "HELD" ? { ...current, st: "FREE" } : undefined,
  );
}
