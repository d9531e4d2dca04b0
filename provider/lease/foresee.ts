import { clusterLife } from "./clusterLife";
import { judgeJob } from "./endJob";
import { describeEntries, readEntries } from "./entries";
import { readJournal } from "./journal";
import { isTerminalStep } from "./judgeSteps";
import { endOf, freeSlot } from "./ledger";
import { holdsTicket } from "./phases";
import type { Pool } from "./pool";
import type { EntryRecord, JobRecord, PoolRecord, Slot } from "./records";
import { isBusy } from "./sweep";
import type { PoolEntry } from "./types";

/** The pool as a placement that finds no room will leave it, after it has looked for what is free by now. */
export interface Foreseen {
  readonly entries: PoolEntry[];
  /** Clusters that will still count for `maxClusters`. */
  readonly clusters: number;
}

/**
 * What `sweepForRoom` (sweep.ts) would leave, found by reading only: a preview that did not look would announce a
 * launch where `up` joins a cluster whose job has ended unseen.
 *
 * @param worthWaitingFor - entries that fit but for room: only their steps are asked for, as by the sweep
 */
export async function foreseeRoom(
  pool: Pool,
  record: PoolRecord,
  worthWaitingFor: readonly string[],
  now: Date,
): Promise<Foreseen> {
  const found = await readEntries(pool, record);
  const left = new Map<string, EntryRecord>();
  let clusters = 0;
  await Promise.all(
    record.entries.map(async (entryId) => {
      const entry = found.get(entryId);
      if (entry === undefined || entry.st === "DEAD") return;
      const after = await foreseeEntry(pool, entry, worthWaitingFor.includes(entryId), now);
      if (after === undefined) return;
      clusters++;
      left.set(entryId, after);
    }),
  );
  return { entries: await describeEntries(pool, record.poolId, left), clusters };
}

/** The entry without slots that are free by now; undefined if it will be off the list. */
async function foreseeEntry(
  pool: Pool,
  entry: EntryRecord,
  ask: boolean,
  now: Date,
): Promise<EntryRecord | undefined> {
  const free = await Promise.all(entry.slots.map((slot) => freeSince(pool, entry, slot, ask, now)));
  const after = entry.slots.reduce((current, slot, index) => {
    const since = free[index];
    return (since && freeSlot(current, slot.r, since)) ?? current;
  }, entry);
  if (after.st === "PLANNED" && after.slots.length === 0) return undefined;
  if (after.cluster === undefined) return after;
  const drained = after.st === "DRAINING" || (after.closed && after.slots.length === 0);
  // A drained cluster from outside is given back at once; one of the pool's own counts until it has ended.
  if (drained && after.launch === undefined) return undefined;
  const isNew = now.getTime() - Date.parse(after.plannedAt) < pool.constants.visibility;
  if (isNew && !drained) return after;
  const listed = (await pool.views.activeClusters()).find((summary) => summary.Id === after.cluster);
  if (listed !== undefined && listed.Status?.State !== "TERMINATING") return after;
  return (await clusterLife(pool, after.cluster)) === "gone" ? undefined : after;
}

/** Since when a slot is not needed that a sweep would free, as far as that can be read. */
async function freeSince(
  pool: Pool,
  entry: EntryRecord,
  slot: Slot,
  ask: boolean,
  now: Date,
): Promise<Date | undefined> {
  const { record: job, serverTime, lastModified } = await readJournal(pool, slot.k);
  if (!holdsTicket(job, slot.r)) return (job?.inc === slot.inc ? endOf(job.outcome) : undefined) ?? now;
  const holder = job!;
  const freeNow = (isFree: boolean) => (isFree ? now : undefined);
  const left = holder.left.find((item) => item.at.r === slot.r);
  if (left)
    return freeNow(ask && (await hasEnded(pool, { ...holder, ...left, steps: left.ids.length }, serverTime)));
  switch (holder.ph) {
    case "WANT":
      return freeNow(serverTime.getTime() - lastModified!.getTime() > pool.constants.abandonedAfter);
    case "SUBMITTED":
      return ask && !(await isBusy(pool, entry)) ? ended(pool, holder, serverTime) : undefined;
    case "RETIRING":
      return freeNow(ask && holder.call === undefined && (await hasEnded(pool, holder, serverTime)));
    default:
      return undefined;
  }
}

async function ended(pool: Pool, job: JobRecord, now: Date): Promise<Date | undefined> {
  if (job.cluster === undefined || job.ids.length === 0) return undefined;
  const { judgement } = await judgeJob(pool, job, now);
  return judgement.verdict === "ended" ? (endOf(judgement.outcome) ?? now) : undefined;
}

async function hasEnded(pool: Pool, job: JobRecord, now: Date): Promise<boolean> {
  if (job.cluster === undefined || job.ids.length === 0) return job.ph === "RETIRING";
  const { judgement, shown } = await judgeJob(pool, job, now);
  return judgement.verdict === "ended" || job.ids.every((id) => isTerminalStep(shown.get(id)));
}
