import { createHash } from "node:crypto";
import { canonicalJson } from "../pool/canonicalJson";
import { buryEntry, buryIfGone, closeEntry } from "./clusterLife";
import {
  checkPlacementTimeout,
  type Drive,
  type DriveOptions,
  newDrive,
  pause,
  tell,
  waitOutThrottling,
} from "./drive";
import { readEntries, readEntry, updateEntry } from "./entries";
import { base32 } from "./jobKey";
import { keys } from "./keys";
import { launchEntry, reconcileLaunch } from "./launch";
import { admitEntry, launchDigest, plannedEntry } from "./plan";
import { ensurePool, type Pool } from "./pool";
import { type EntryRecord, launchKind, type PoolRecord, type Ticket } from "./records";
import { finishDrain, sweepForRoom } from "./sweep";
import type { LaunchRequest } from "./types";

/** A cluster that a resource keeps in the pool. */
export interface KeptCluster {
  readonly entryId: string;
  readonly clusterId: string;
  /** Which of the resource's clusters this is, from 0: earlier ones are gone or being drained. */
  readonly generation: number;
}

/** Who keeps a cluster, and how it may be launched. */
export interface Keeper {
  /** The resource's key for ever, as a job's (jobKey.ts). */
  readonly key: string;
  readonly who: string;
  readonly launch: LaunchRequest;
  readonly maxClusters?: number;
  /** Give up after this long without room in the pool. */
  readonly timeoutMinutes: number;
}

/**
 * Launches the one cluster that a resource keeps, or finds the one an earlier run launched. No journal is needed:
 * the entry's id follows from the resource's key and the cluster's number, so that every run looks at the same entry,
 * and the ledger's own states (PLANNED, LAUNCHING with a fenced call, OPEN) make the launch happen once.
 *
 * @throws PooledEmrError POOL_TIMEOUT if the pool stays full, LAUNCH_REFUSED, CALL_NOT_SENT, STORE_*
 */
export async function keepCluster(
  keeper: Keeper,
  pool: Pool,
  options: Pick<DriveOptions, "onProgress" | "signal">,
): Promise<KeptCluster> {
  const drive = driveOf(keeper, pool, options);
  let awaited = "";
  for (let generation = 0; ; ) {
    options.signal?.throwIfAborted();
    const { record } = await ensurePool(pool);
    const entryId = keptEntryId(keeper.key, generation);
    try {
      const outcome = await look(drive, record, entryId, awaited === entryId);
      if (outcome === "next") generation++;
      else if (outcome === "again") awaited = entryId;
      else return { entryId, clusterId: outcome, generation };
    } catch (error) {
      await waitOutThrottling(drive, error);
    }
  }
}

/** The entry of a resource's cluster by its number. */
export function keptEntryId(key: string, generation: number): string {
  const digest = createHash("sha256").update(`${key}:${generation}`, "utf8").digest();
  return `k${base32(digest).slice(0, 15)}`;
}

/**
 * One look at an entry, and the one thing it asks for. Answers the cluster's id once it is there: one that this run
 * has waited for (`isAwaited`) whatever became of it, so that a launch that fails is reported and not repeated for
 * ever; one that was there before only if it still lives. What was launched for other inputs is never answered.
 */
async function look(
  drive: Drive,
  record: PoolRecord,
  entryId: string,
  isAwaited: boolean,
): Promise<"again" | "next" | (string & {})> {
  const { pool } = drive;
  const { record: entry, serverTime } = await readEntry(pool, record.poolId, entryId);
  if (entry === undefined) {
    await plan(drive, record, entryId);
    return "again";
  }
  const isOurs = entry.launch === launchDigest(drive.launch!);
  switch (entry.st) {
    case "PLANNED":
      return isOurs ? launchPlanned(drive, record, entryId, entry, serverTime) : drop(drive, record, entryId);
    case "LAUNCHING":
      await reconcileLaunch(drive, record, ticket(record, pool, entryId), entry, serverTime);
      return "again";
    case "OPEN":
      if (!isOurs || (entry.closed && !isAwaited)) return drainOther(drive, record, entryId);
      if (isAwaited) return entry.cluster!;
      return (await buryIfGone(pool, record, entryId, entry.cluster!)) === "alive" ? entry.cluster! : "next";
    default:
      return "next";
  }
}

/**
 * As plan.ts does for a job: the launch record first, so that whoever sees the entry can match against it. It is
 * written once. If a run with other inputs was here first, what is launched for this entry is theirs to say: the
 * entry is made dead before either launches, and both look at the next one.
 */
async function plan(drive: Drive, record: PoolRecord, entryId: string): Promise<void> {
  const { pool } = drive;
  const launch = drive.launch!;
  const { record: stored } = await pool.records.update(
    launchKind,
    keys.launch(pool.name, record.poolId, entryId),
    (current) => (current === undefined ? { record: launch.record } : undefined),
  );
  const isOurs = canonicalJson(stored!.record) === canonicalJson(launch.record);
  await updateEntry(pool, record.poolId, entryId, (current, now) => {
    if (current !== undefined) return undefined;
    const planned = plannedEntry(launch, now);
    return isOurs ? planned : { ...planned, st: "DEAD", closed: true };
  });
}

async function launchPlanned(
  drive: Drive,
  record: PoolRecord,
  entryId: string,
  entry: EntryRecord,
  now: Date,
): Promise<"again"> {
  const { pool, limits } = drive;
  if (!(await admitEntry(drive, record.poolId, entryId))) {
    if (await makeRoom(pool, record)) return "again";
    const full = `the pool has ${record.entries.length} of at most ${limits.maxClusters} clusters`;
    checkPlacementTimeout(drive, full);
    tell(drive, "waiting", `Waiting for room in pool ${pool.name}: ${full}`);
    await pause(drive, pool.constants.ledgerPoll);
    return "again";
  }
  if (drive.throttles > 0) checkPlacementTimeout(drive, "EMR throttles the account's calls");
  await launchEntry(drive, ticket(record, pool, entryId), entry, now);
  return "again";
}

/** Only the end of a cluster makes room for another, so only the steps on those that are being drained are asked for. */
async function makeRoom(pool: Pool, record: PoolRecord): Promise<boolean> {
  const entries = await readEntries(pool, record);
  const ending = [...entries].filter(([, entry]) => entry.closed).map(([entryId]) => entryId);
  return (await sweepForRoom(pool, record, ending)) > 0;
}

/** Planned for other inputs by a run that was lost, and never launched. */
async function drop(drive: Drive, record: PoolRecord, entryId: string): Promise<"again" | "next"> {
  const buried = await buryEntry(drive.pool, record.poolId, entryId, (entry) => entry.st === "PLANNED");
  return buried ? "next" : "again";
}

/** The cluster of other inputs, whose run was lost, or one that people drain: it takes no new jobs. */
async function drainOther(drive: Drive, record: PoolRecord, entryId: string): Promise<"next"> {
  // Not by the pool's list, which may be older than the entry.
  await closeEntry(drive.pool, record.poolId, entryId);
  await finishDrain(drive.pool, record.poolId, entryId);
  return "next";
}

function ticket(record: PoolRecord, pool: Pool, entry: string): Ticket {
  return { pool: pool.name, poolId: record.poolId, entry, r: "keeper", weight: 1, planned: true };
}

/** What the launch functions need to know; the "job" is the resource itself, without steps or journal. */
function driveOf(
  { key, who, launch, maxClusters, timeoutMinutes }: Keeper,
  pool: Pool,
  options: Pick<DriveOptions, "onProgress" | "signal">,
): Drive {
  return newDrive({
    pool,
    job: {
      ...{ key, who, spec: "", steps: [], parallelSteps: false, holdsSecrets: true, resubmit: "never" },
    },
    limits: { maxClusters, waitMinutes: 0, timeoutMinutes },
    choose: async () => ({ ranked: [], refused: [], worthWaitingFor: [] }),
    launch,
    options: { ...options, until: "submitted" },
    inc: 0,
  });
}
