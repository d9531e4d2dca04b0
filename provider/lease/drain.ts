import { PooledEmrError } from "../errors";
import { readEntry, updateEntry } from "./entries";
import { type Pool, readPoolRecord } from "./pool";
import type { PoolRecord } from "./records";
import { finishDrain, sweepForRoom } from "./sweep";

/** What {@link drainEntry} left behind. */
export type DrainResult = "gone" | "ending" | "waitingForJobs";

/**
 * No new jobs for this cluster; once its slots are free it is ended (if this pool launched it) and leaves the pool.
 * Repeatable: a sweep goes on with it.
 *
 * @throws PooledEmrError NO_SUCH_ENTRY
 */
export async function drainEntry(entryId: string, pool: Pool): Promise<DrainResult> {
  const record = await poolWith(entryId, pool);
  const { record: entry } = await updateEntry(pool, record.poolId, entryId, (current) =>
    current && !current.closed ? { ...current, closed: true } : undefined,
  );
  if (entry !== undefined && entry.slots.length > 0) {
    // Of a job that nobody watches the end is noted by whoever passes, and here may be nobody else.
    await sweepForRoom(pool, record, [entryId]);
    const { record: after } = await readEntry(pool, record.poolId, entryId);
    if (after !== undefined && after.slots.length > 0) return "waitingForJobs";
  }
  return (await finishDrain(pool, record.poolId, entryId)) ? "gone" : "ending";
}

/**
 * Takes {@link drainEntry} back, as long as the cluster is not being ended.
 *
 * @throws PooledEmrError NO_SUCH_ENTRY
 */
export async function undrainEntry(entryId: string, pool: Pool): Promise<void> {
  const record = await poolWith(entryId, pool);
  const { record: entry } = await updateEntry(pool, record.poolId, entryId, (current) =>
    current?.st === "OPEN" && current.closed ? { ...current, closed: false } : undefined,
  );
  if (entry?.st === "DRAINING" || entry?.st === "DEAD") throw noSuchEntry(entryId, pool, "is already ending");
}

async function poolWith(entryId: string, pool: Pool): Promise<PoolRecord> {
  const { record } = await readPoolRecord(pool);
  if (!record?.entries.includes(entryId)) throw noSuchEntry(entryId, pool, "is not in the pool");
  return record;
}

function noSuchEntry(entryId: string, pool: Pool, problem: string): PooledEmrError {
  return new PooledEmrError("NO_SUCH_ENTRY", { subject: `Entry ${entryId} of pool ${pool.name}`, problem });
}
