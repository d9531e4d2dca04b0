import { type Drive, tell } from "./drive";
import { readEntry } from "./entries";
import { isOwnersToMend, readJournal } from "./journal";
import { keys } from "./keys";
import type { Pool } from "./pool";
import { type EntryRecord, type Slot, stepsKind, type Ticket } from "./records";
import { type BatchResult, heed, type Submittable, submitBatch, submittable } from "./submit";
import { releaseTurn, renewTurn, type Turn, takeTurn } from "./turn";

/**
 * Submits this job, together with every other job that waits for the same cluster, or lets another process do so:
 * EMR takes 30 calls a minute for the whole account, but hundreds of steps in a call. "wait": look at the journal
 * again later; "look": at once.
 */
export async function submitOrWait(drive: Drive, at: Ticket, entry: EntryRecord): Promise<"look" | "wait"> {
  const { pool } = drive;
  const own = submittable(drive, at, 0);
  // Alone on the cluster there is nobody to wait for.
  if (entry.slots.length === 1) return heed(drive, at, await submitBatch(pool, at, entry, [own]));
  const under = pool.turns.get(at.entry);
  if (under !== undefined) {
    await under;
    return "look";
  }
  const turn = holdTurn(drive, at, own);
  pool.turns.set(
    at.entry,
    turn.catch(() => {}).finally(() => pool.turns.delete(at.entry)),
  );
  return turn;
}

async function holdTurn(drive: Drive, at: Ticket, own: Submittable): Promise<"look" | "wait"> {
  const { pool } = drive;
  const turn = await takeTurn(pool, at.poolId, at.entry);
  if (turn === undefined) return "wait";
  try {
    return await submitBatches(drive, at, own, turn);
  } finally {
    await releaseTurn(pool, at.poolId, at.entry, turn);
  }
}

async function submitBatches(
  drive: Drive,
  at: Ticket,
  own: Submittable,
  turn: Turn,
): Promise<"look" | "wait"> {
  const { pool } = drive;
  let next: "look" | "wait" = "look";
  for (let batch = 0; batch < pool.constants.turnBatches; batch++) {
    if (batch > 0 && !(await renewTurn(pool, at.poolId, at.entry, turn))) break;
    const { record: entry, serverTime } = await readEntry(pool, at.poolId, at.entry);
    if (entry?.st !== "OPEN") break;
    const jobs = await collect(pool, entry, own, serverTime);
    if (jobs.length === 0) break;
    if (jobs.length > 1)
      tell(drive, "submitting", `Adding the steps of ${jobs.length} jobs to ${entry.cluster}`);
    const result: BatchResult = await submitBatch(pool, at, entry, jobs);
    next = await heed(drive, at, result);
    if (result.result !== "accepted" && result.result !== "throttled" && result.result !== "again") break;
  }
  return next;
}

/** The jobs that wait for this cluster and may be sent in one call: one execution role, one call's worth. */
async function collect(pool: Pool, entry: EntryRecord, own: Submittable, now: Date): Promise<Submittable[]> {
  const waiting = await Promise.all(
    entry.slots.map((slot) =>
      waitingJob(pool, slot, now).catch((error) => {
        if (slot.k !== own.key && isOwnersToMend(error)) return undefined;
        throw error;
      }),
    ),
  );
  const found = waiting.filter((item) => item !== undefined);
  const mine = found.find((item) => item.job.r === own.r);
  if (mine?.alone) return [mine.job];
  const together = found.filter((item) => !item.alone).map((item) => item.job);
  const role = mine ? own.executionRoleArn : together[0]?.executionRoleArn;
  return together
    .filter((job) => job.executionRoleArn === role)
    .sort((a, b) => Number(b.r === own.r) - Number(a.r === own.r))
    .slice(0, pool.constants.jobsPerCall);
}

/** A slot's job, if it is in WANT at this ticket, its driver is alive, and its steps are known here. */
async function waitingJob(
  pool: Pool,
  slot: Slot,
  now: Date,
): Promise<{ job: Submittable; alone: boolean } | undefined> {
  const { record: job, lastModified } = await readJournal(pool, slot.k);
  if (job?.ph !== "WANT" || job.at?.r !== slot.r) return undefined;
  const base = { key: job.key, inc: job.inc, r: slot.r, accepted: 0 };
  const alone = job.alone === true;
  const here = pool.driven.get(job.key);
  if (here?.spec === job.spec) {
    const { steps, parallelSteps, executionRoleArn } = here;
    return { job: { ...base, steps, parallelSteps, executionRoleArn }, alone };
  }
  // Its Pulumi run may be dead: what nobody waits for is not started by others.
  if (now.getTime() - lastModified!.getTime() > pool.constants.freshFor) return undefined;
  const { record: stored } = await pool.records.read(stepsKind, keys.steps(job.key, job.spec));
  if (!stored) return undefined;
  const { steps, parallelSteps, executionRoleArn } = stored;
  return { job: { ...base, steps, parallelSteps, executionRoleArn }, alone };
}
