import { PooledEmrError } from "../errors";
import { adoptCluster } from "./adopt";
import { checkPlacementTimeout, type Drive, isAvoided, pause, searched, tell } from "./drive";
import { describeEntries, readEntries, readEntry } from "./entries";
import { tellJournal } from "./journal";
import { keys } from "./keys";
import { hasRoom, jobWeight, needsWatching } from "./ledger";
import { planEntry } from "./plan";
import { ensurePool } from "./pool";
import { type EntryRecord, type PoolRecord, stepsKind } from "./records";
import { minutesAndSeconds } from "./stepProgress";
import { sweepForRoom } from "./sweep";
import type { Choice } from "./types";

/**
 * NEW: finds a place and asks for it, by writing a ticket into the journal. The ledger comes second (want.ts).
 *
 * @throws PooledEmrError POOL_TIMEOUT, POOL_CANNOT_LAUNCH
 */
export async function place(drive: Drive): Promise<void> {
  const { pool, job } = drive;
  const { record, now } = await ensurePool(pool);
  const entries = await readEntries(pool, record);
  const choice = await chooseAmong(drive, record, entries, now);
  const free = choice.ranked.filter((entryId) => isFree(drive, entries.get(entryId), entryId));
  const chosen = drive.lostRace ? free[Math.floor(pool.random.next() * Math.min(3, free.length))] : free[0];
  if (chosen !== undefined) {
    const at = {
      pool: pool.name,
      poolId: record.poolId,
      entry: chosen,
      r: pool.random.id(16),
      weight: jobWeight(job, entries.get(chosen)!.cap),
      planned: false,
    };
    await storeSteps(drive);
    await tellJournal(pool, job.key, drive.inc, { type: "ticketTaken", at });
    return;
  }
  // Ours may be free although its holder has gone: look before asking for more money or more patience.
  if (record.entries.length > 0 && (await sweepForRoom(pool, record, choice.worthWaitingFor)) > 0) return;
  if (await mayLaunch(drive, record, choice)) {
    await storeSteps(drive);
    await planEntry(drive, record);
    return;
  }
  const inTheWay = whatStandsInTheWay(drive, record, choice);
  checkPlacementTimeout(drive, inTheWay);
  tell(drive, "waiting", `Waiting for a place in pool ${pool.name}, ${patience(drive, choice)}: ${inTheWay}`);
  await pause(drive, pool.constants.ledgerPoll);
}

async function chooseAmong(
  drive: Drive,
  record: PoolRecord,
  entries: Map<string, EntryRecord>,
  now: Date,
): Promise<Choice> {
  const { pool, limits } = drive;
  if (limits.clusterId !== undefined) {
    const entryId = await adoptCluster(limits.clusterId, pool, { maxClusters: limits.maxClusters });
    const { record: entry } = await readEntry(pool, record.poolId, entryId);
    if (entry) entries.set(entryId, entry);
    return { ranked: [entryId], refused: [], worthWaitingFor: [entryId] };
  }
  const open = new Map([...entries].filter(([, entry]) => !entry.closed));
  // A pool without clusters has nothing to choose from: no call of EMR is spent on it.
  if (open.size === 0) return { ranked: [], refused: [], worthWaitingFor: [] };
  const described = await describeEntries(pool, record.poolId, open);
  return drive.choose(described, now);
}

function isFree(drive: Drive, entry: EntryRecord | undefined, entryId: string): boolean {
  if (entry === undefined || isAvoided(drive, entryId)) return false;
  const { job } = drive;
  if (needsWatching(job, entry.cap) && drive.options.until !== "completed") return false;
  return hasRoom(entry, jobWeight(job, entry.cap), job.steps.length, drive.pool.constants);
}

async function mayLaunch(drive: Drive, record: PoolRecord, choice: Choice): Promise<boolean> {
  const { launch, limits, job } = drive;
  if (launch === undefined || limits.clusterId !== undefined) return false;
  if (jobWeight(job, launch.slots) > launch.slots)
    throw new PooledEmrError("POOL_CANNOT_LAUNCH", {
      subject: `Job ${job.who}`,
      problem: "has more parallel steps than the cluster it asks for may run at once",
      got: job.steps.length,
      allowed: `pool.maxConcurrentSteps ${launch.slots}`,
      fix: "Raise pool.maxConcurrentSteps or leave out parallelSteps.",
    });
  // Nothing is waited for that can never match: all that could are full or not ready, or there are none.
  if (worthWaiting(choice) && searched(drive) < limits.waitMinutes * 60_000) return false;
  return limits.maxClusters === undefined || record.entries.length < limits.maxClusters;
}

/** `2:30 of 10:00`: until it launches, or else until it gives up. */
function patience(drive: Drive, choice: Choice): string {
  const { waitMinutes, timeoutMinutes } = drive.limits;
  const launchesLater =
    drive.launch !== undefined && worthWaiting(choice) && searched(drive) < waitMinutes * 60_000;
  const minutes = launchesLater ? Math.min(waitMinutes, timeoutMinutes) : timeoutMinutes;
  return `${minutesAndSeconds(searched(drive))} of ${minutesAndSeconds(minutes * 60_000)}`;
}

function worthWaiting(choice: Choice): boolean {
  return choice.worthWaitingFor.length > 0 || choice.ranked.length > 0;
}

function whatStandsInTheWay(drive: Drive, record: PoolRecord, choice: Choice): string {
  const { limits, launch } = drive;
  if (limits.clusterId !== undefined) return `cluster ${limits.clusterId} has no free slot`;
  const reasons: string[] = [];
  if (choice.worthWaitingFor.length > 0)
    reasons.push(
      choice.worthWaitingFor.length === 1
        ? "the one matching cluster has no free slot"
        : `the ${choice.worthWaitingFor.length} matching clusters have no free slot`,
    );
  const nearest = choice.refused[0];
  if (nearest) reasons.push(`the nearest miss is ${nearest.clusterId} (${nearest.reason})`);
  if (launch === undefined) reasons.push("this job launches no cluster");
  else if (limits.maxClusters !== undefined && record.entries.length >= limits.maxClusters)
    reasons.push(`the pool has ${record.entries.length} of at most ${limits.maxClusters} clusters`);
  else if (searched(drive) < limits.waitMinutes * 60_000)
    reasons.push(`pool.waitMinutes (${limits.waitMinutes}) has not passed`);
  return reasons.join("; ") || "no cluster is ready yet";
}

/**
 * What another process needs to submit this job in a batch. Before the ticket, so that whoever sees the ticket finds
 * them; not at all when they hold secrets: then only this process can submit it.
 */
async function storeSteps(drive: Drive): Promise<void> {
  const { pool, job } = drive;
  if (job.holdsSecrets) return;
  await pool.records.update(stepsKind, keys.steps(job.key, job.spec), (current) =>
    current === undefined
      ? { steps: [...job.steps], executionRoleArn: job.executionRoleArn, parallelSteps: job.parallelSteps }
      : undefined,
  );
}
