import { buryEntry, buryIfGone } from "./clusterLife";
import { poolFence } from "./constants";
import { endJob, judgeJob } from "./endJob";
import { readEntries, readEntry, updateEntry } from "./entries";
import { isOwnersToMend, readJournal, tellJournal } from "./journal";
import { isTerminalStep } from "./judgeSteps";
import { keys } from "./keys";
import { settleLaunch } from "./launch";
import { endOf, freeSlot } from "./ledger";
import { holdsTicket } from "./phases";
import { type Pool, readPoolRecord } from "./pool";
import { settleCall } from "./reconcile";
import {
  type EntryRecord,
  type JobRecord,
  type PoolRecord,
  type Slot,
  type ViewRecord,
  viewKind,
} from "./records";
import { retireOnce } from "./retire";

/** What a sweep did, one line each, for people. */
export interface SweepResult {
  /** Slots and entries that became free. */
  readonly freed: number;
  readonly done: readonly string[];
}

interface Sweep {
  readonly pool: Pool;
  readonly record: PoolRecord;
  /** Entries whose steps may be asked for. */
  readonly ask: (entryId: string) => boolean;
  /** Looks for silent calls as soon as their caller should have answered, and not only when the fence has passed. */
  readonly early: boolean;
  readonly done: string[];
  freed: number;
}

/**
 * Cleans the whole pool up: frees slots whose job has let go, ends jobs whose steps have ended, finishes deletes,
 * settles silent calls, buries clusters that are gone. Everything it does anyone may do at any time.
 */
export async function sweep(pool: Pool): Promise<SweepResult> {
  const { record } = await readPoolRecord(pool);
  if (!record) return { freed: 0, done: [] };
  return run({ pool, record, ask: () => true, early: true, done: [], freed: 0 });
}

/**
 * The part of a sweep that a placement without room does on its way. One process of all those that wait does it, and
 * no sooner than EMR's quota gives back the listings it costs: what it frees, the others see in the ledgers.
 * `worthWaitingFor`: only these entries' steps are asked for. Returns how many places became free.
 */
export async function sweepForRoom(
  pool: Pool,
  record: PoolRecord,
  worthWaitingFor: readonly string[],
): Promise<number> {
  const { viewAge, listingEvery } = pool.constants;
  const pause = Math.max(viewAge / 2, listingEvery * worthWaitingFor.length);
  const { changed } = await pool.records.update<ViewRecord>(
    viewKind,
    keys.sweepView(pool.name, record.poolId),
    (current, now) => {
      if (current?.refreshing && now.getTime() < Date.parse(current.refreshing.until)) return undefined;
      const until = new Date(now.getTime() + pause).toISOString();
      return { refreshing: { n: pool.random.id(16), since: now.toISOString(), until } };
    },
  );
  if (!changed) return 0;
  const worth = new Set(worthWaitingFor);
  return (await run({ pool, record, ask: (id) => worth.has(id), early: false, done: [], freed: 0 })).freed;
}

async function run(sweep: Sweep): Promise<SweepResult> {
  const { pool, record } = sweep;
  const entries = await readEntries(pool, record);
  for (const entryId of record.entries) {
    const entry = entries.get(entryId);
    // A ledger deleted by hand: its jobs go elsewhere or run to their end; the pool forgets the cluster.
    if (entry === undefined || entry.st === "DEAD") await bury(sweep, entryId, () => true, "was gone");
    else await sweepEntry(sweep, entryId, entry);
  }
  return { freed: sweep.freed, done: sweep.done };
}

async function sweepEntry(sweep: Sweep, entryId: string, entry: EntryRecord): Promise<void> {
  const { pool, record } = sweep;
  await Promise.all(
    entry.slots.map((slot) =>
      sweepSlot(sweep, entryId, entry, slot).catch((error) => leaveUnreadable(sweep, entryId, slot, error)),
    ),
  );
  const { record: after, serverTime } = await readEntry(pool, record.poolId, entryId);
  if (after?.st === "PLANNED" && after.slots.length === 0)
    await bury(
      sweep,
      entryId,
      (now) => now.st === "PLANNED" && now.slots.length === 0,
      "was planned by nobody alive",
    );
  else if (after?.st === "LAUNCHING" && isDue(sweep, after.call!.t0, serverTime)) {
    if (await settleLaunch(pool, record, entryId, after, serverTime))
      sweep.done.push(`entry ${entryId}: its launch is settled`);
  } else if (after?.cluster !== undefined)
    await sweepCluster(sweep, entryId, after, after.cluster, serverTime);
}

/** A cluster that EMR no longer lists as active is asked for by its id, and buried if it is gone. */
async function sweepCluster(
  sweep: Sweep,
  entryId: string,
  entry: EntryRecord,
  cluster: string,
  now: Date,
): Promise<void> {
  const { pool, record } = sweep;
  const drained = entry.closed && entry.slots.length === 0;
  if (entry.st === "DRAINING" || drained) {
    if (await finishDrain(pool, record.poolId, entryId)) {
      sweep.freed++;
      sweep.done.push(`entry ${entryId}: cluster ${cluster} is drained`);
    }
    return;
  }
  // A new cluster may not be listed yet.
  if (now.getTime() - Date.parse(entry.plannedAt) < pool.constants.visibility) return;
  const listed = (await pool.views.activeClusters()).find((summary) => summary.Id === cluster);
  if (listed !== undefined && listed.Status?.State !== "TERMINATING") return;
  if ((await buryIfGone(pool, record, entryId, cluster)) === "gone") {
    sweep.freed++;
    sweep.done.push(`entry ${entryId}: cluster ${cluster} is gone`);
  }
}

async function sweepSlot(sweep: Sweep, entryId: string, entry: EntryRecord, slot: Slot): Promise<void> {
  const { pool, record } = sweep;
  const { record: job, serverTime, lastModified } = await readJournal(pool, slot.k);
  const held = job !== undefined && holdsTicket(job, slot.r);
  if (held) {
    await advance(sweep, entryId, entry, job, slot.r, serverTime, lastModified!);
    const { record: after } = await readJournal(pool, slot.k);
    if (holdsTicket(after, slot.r)) return;
  }
  const ended = job?.inc === slot.inc ? endOf(job.outcome) : undefined;
  // The journal has let go of this ticket, for ever: no state of the entry makes the slot needed again.
  const { changed } = await updateEntry(pool, record.poolId, entryId, (current, now) =>
    current ? freeSlot(current, slot.r, ended ?? now) : undefined,
  );
  // Who ends a job frees its slot too: then it is free already, and free it is for whoever looks for room.
  if (!changed && !held) return;
  sweep.freed++;
  sweep.done.push(`entry ${entryId}: the slot of ${slot.k}.${slot.inc} is free`);
}

/** Of a journal that can't be judged nothing is concluded: the slot stays taken, and the pool goes on with the others. */
function leaveUnreadable(sweep: Sweep, entryId: string, slot: Slot, error: unknown): void {
  if (!isOwnersToMend(error)) throw error;
  sweep.done.push(`entry ${entryId}: the slot of ${slot.k}.${slot.inc} stays taken: ${error.message}`);
}

/** Does for a job what its own process would do next, as far as others may. */
async function advance(
  sweep: Sweep,
  entryId: string,
  entry: EntryRecord,
  job: JobRecord,
  r: string,
  now: Date,
  lastModified: Date,
): Promise<void> {
  const { pool, record } = sweep;
  if (job.left.some((item) => item.at.r === r)) return endLeft(sweep, entryId, job, r, now);
  switch (job.ph) {
    case "WANT":
      // A live driver touches its record; this one's run is dead or has forgotten it.
      if (now.getTime() - lastModified.getTime() > pool.constants.abandonedAfter)
        await tellJournal(pool, job.key, job.inc, { type: "ticketGivenUp", r });
      return;
    case "SUBMITTING":
      if (isDue(sweep, job.call!.t0, now)) await settleCall(pool, record, job, now);
      return;
    case "SUBMITTED":
      if (sweep.ask(entryId) && !(await isBusy(pool, entry))) await endJob(pool, job, now);
      return;
    case "RETIRING":
      if (job.call ? isDue(sweep, job.call.t0, now) : sweep.ask(entryId))
        await retireOnce(pool, job, now, new Set(), false);
      return;
  }
}

/** Steps that a delete left running: their ticket ends when they do. */
async function endLeft(sweep: Sweep, entryId: string, job: JobRecord, r: string, now: Date): Promise<void> {
  const left = job.left.find((item) => item.at.r === r);
  if (!left || !sweep.ask(entryId)) return;
  const { judgement, shown } = await judgeJob(
    sweep.pool,
    { ...job, ids: left.ids, steps: left.ids.length, cluster: left.cluster },
    now,
  );
  if (judgement.verdict === "ended" || left.ids.every((id) => isTerminalStep(shown.get(id))))
    await tellJournal(sweep.pool, job.key, job.inc, { type: "leftEnded", r });
}

/** A cluster with one slot that EMR shows RUNNING still runs it: its steps needn't be asked for. */
export async function isBusy(pool: Pool, entry: EntryRecord): Promise<boolean> {
  if (entry.cap > 1 || entry.cluster === undefined) return false;
  const listed = (await pool.views.activeClusters()).find((summary) => summary.Id === entry.cluster);
  return listed?.Status?.State === "RUNNING";
}

function isDue(sweep: Sweep, t0: string, now: Date): boolean {
  const { pool, record, early } = sweep;
  const wait = early ? pool.constants.answerWithin : poolFence(record.fence, pool.constants);
  return now.getTime() - Date.parse(t0) > wait;
}

async function bury(
  sweep: Sweep,
  entryId: string,
  mayDie: (entry: EntryRecord) => boolean,
  why: string,
): Promise<void> {
  if (!(await buryEntry(sweep.pool, sweep.record.poolId, entryId, mayDie))) return;
  sweep.freed++;
  sweep.done.push(`entry ${entryId} ${why}`);
}

/**
 * A closed entry without slots: ends its cluster if it is ours, and takes it off the list once EMR says it is gone.
 * DRAINING is written only while there are no slots, in the ledger itself, so no job can slip in. True: it is off.
 */
export async function finishDrain(pool: Pool, poolId: string, entryId: string): Promise<boolean> {
  const { record: entry } = await updateEntry(pool, poolId, entryId, (current) =>
    current?.st === "OPEN" && current.closed && current.slots.length === 0
      ? { ...current, st: "DRAINING" }
      : undefined,
  );
  if (entry?.st !== "DRAINING" || entry.cluster === undefined) return entry?.st === "DEAD";
  // A cluster from outside was lent to the pool: it is given back, not ended.
  if (entry.launch === undefined) return buryEntry(pool, poolId, entryId, (now) => now.st === "DRAINING");
  const life = await buryIfGone(pool, { poolId }, entryId, entry.cluster);
  if (life === "alive") await pool.emr.terminateCluster(entry.cluster);
  return life === "gone";
}
