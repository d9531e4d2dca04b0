import { PooledEmrError } from "../errors";
import { type Drive, pause, tell } from "./drive";
import { endJob } from "./endJob";
import { readEntry } from "./entries";
import { isTerminalStep } from "./judgeSteps";
import type { JobRecord } from "./records";
import { heed, submitBatch, submittable } from "./submit";

/**
 * SUBMITTED, and the caller wants to wait: follows the steps, adds the next one where they go one by one, and writes
 * the end. True: what the caller waits for has come.
 *
 * @throws PooledEmrError COMPLETION_TIMEOUT; the steps run on.
 */
export async function watch(drive: Drive, job: JobRecord, now: Date): Promise<boolean> {
  const { pool, options } = drive;
  drive.watchedSince ??= pool.clock.monotonic();
  const judgement = await endJob(pool, job, now);
  if (judgement.verdict === "ended") return false;
  if (judgement.verdict === "nextStep") {
    await addNextStep(drive, job);
    return false;
  }
  if (options.until === "running") {
    const first = (await pool.views.stepsOf(job.cluster!, job.ids)).get(job.ids[0]!);
    if (first?.Status?.State === "RUNNING" || isTerminalStep(first)) return true;
  }
  const limit = options.completionTimeoutMilliseconds;
  if (limit !== undefined && pool.clock.monotonic() - drive.watchedSince > limit)
    throw new PooledEmrError("COMPLETION_TIMEOUT", {
      subject: `Job ${drive.job.who} on cluster ${job.cluster}`,
      problem: `is still running after ${Math.round(limit / 60_000)} minutes; its steps run on`,
    });
  tell(drive, "step", `Waiting for the steps of ${drive.job.who} on cluster ${job.cluster}`);
  const { stepPoll } = pool.constants;
  await pause(drive, [stepPoll, stepPoll * 1.2]);
  return false;
}

/** The step before has completed. The slot is held for the whole job, so no new ticket is needed. */
async function addNextStep(drive: Drive, job: JobRecord): Promise<void> {
  const { pool } = drive;
  const at = job.at!;
  const { record: entry } = await readEntry(pool, at.poolId, at.entry);
  const level = { cluster: job.cluster, cap: entry?.cap ?? 1 };
  await heed(drive, at, await submitBatch(pool, at, level, [submittable(drive, at, job.ids.length)]));
}
