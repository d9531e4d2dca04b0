import { poolFence } from "../lease/constants";
import { readEntries } from "../lease/entries";
import { readJob } from "../lease/journal";
import { keys } from "../lease/keys";
import { holdsTicket } from "../lease/phases";
import { type Pool, readPool } from "../lease/pool";
import { turnKind } from "../lease/records";

/** A slot of a cluster and the job that holds it. */
export interface Ticket {
  entryId: string;
  clusterId?: string;
  ticket: string;
  /** `<job key>.<incarnation>`. */
  claimId: string;
  /** Slots it takes. */
  weight: number;
  /** Phase of the job's journal; `none` when there is none any more. */
  phase: string;
  /** Organization, project, stack and resource. */
  who?: string;
  /** The job has let go: a sweep, or the next job that needs room, frees the slot. */
  stale: boolean;
  /** A call that may still be in flight is settled by this time at the latest. ISO 8601. */
  callSettledBy?: string;
}

/** Who submits to a cluster at the moment. Advisory: for pace, not for safety. */
export interface Turn {
  entryId: string;
  clusterId?: string;
  state: "HELD" | "FREE";
  epoch: number;
  holder: string;
  /** Since it was taken, renewed or freed. */
  ageSeconds: number;
}

/** Everything that is held in a pool. Reads only. */
export interface PoolLocks {
  tickets: Ticket[];
  turns: Turn[];
}

/** Tickets and turns of the pool as they stand. */
export async function poolLocks(pool: Pool): Promise<PoolLocks> {
  const reading = await readPool(pool);
  if (reading === undefined) return { tickets: [], turns: [] };
  const { poolId, fence } = reading.pool;
  const entries = await readEntries(pool, reading.pool);
  const tickets: Ticket[] = [];
  const turns: Turn[] = [];
  for (const [entryId, entry] of entries) {
    const clusterId = entry.cluster;
    for (const { r, k, inc, n } of entry.slots) {
      const job = await readJob(k, pool);
      const call = job?.ph === "SUBMITTING" ? job.call : undefined;
      const settled = call && new Date(Date.parse(call.t0) + poolFence(fence, pool.constants)).toISOString();
      tickets.push({
        entryId,
        clusterId,
        ticket: r,
        claimId: `${k}.${inc}`,
        weight: n,
        phase: job?.ph ?? "none",
        who: job?.who,
        stale: !holdsTicket(job, r),
        callSettledBy: settled,
      });
    }
    const { record, lastModified } = await pool.records.read(turnKind, keys.turn(pool.name, poolId, entryId));
    if (record === undefined) continue;
    const age = reading.now.getTime() - (lastModified ?? reading.now).getTime();
    turns.push({
      entryId,
      clusterId,
      state: record.st,
      epoch: record.epoch,
      holder: record.n,
      ageSeconds: Math.max(0, Math.round(age / 1000)),
    });
  }
  return { tickets, turns };
}
