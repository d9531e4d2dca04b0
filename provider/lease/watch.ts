import { PooledEmrError } from "../errors";
import { type Drive, pause, tell } from "./drive";
import { endJob } from "./endJob";
import { readEntry } from "./entries";
import { isTerminalStep } from "./judgeSteps";
import type { JobRecord } from "./records";
import type { StepView } from "./sharedViews";
import { userStepName } from "./stepToken";
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
  const watched = pool.clock.monotonic() - drive.watchedSince;
  // A short job is seen to end soon, and a long one costs few listings of an account that has one in two seconds.
  const poll = Math.min(pool.constants.stepPoll, Math.max(1_000, watched / 4));
  const judgement = await endJob(pool, job, now, poll / 2);
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
  if (limit !== undefined && watched > limit) throw waitedInVain(drive, job, limit);
  const shown = await pool.views.stepsOf(job.cluster!, job.ids);
  tell(drive, "step", stepProgress(job, shown, pool.clock.now()));
  await pause(drive, [poll, poll * 1.2]);
  return false;
}

function waitedInVain({ job: { who }, options }: Drive, job: JobRecord, limit: number): PooledEmrError {
  const after = `after ${Math.round(limit / 6_000) / 10} minutes`;
  return options.until === "running"
    ? new PooledEmrError("COMPLETION_TIMEOUT", {
        subject: `Job ${who} on cluster ${job.cluster}`,
        problem: `has not begun ${after}; its steps stay where they are`,
        fix: "Run `pulumi up` again to go on waiting, or raise pool.timeoutMinutes",
      })
    : new PooledEmrError("COMPLETION_TIMEOUT", {
        subject: `Job ${who} on cluster ${job.cluster}`,
        problem: `is still running ${after}; its steps run on`,
      });
}

/** `step 2 of 5 RUNNING for 0:41 on j-…: name` */
function stepProgress(job: JobRecord, shown: ReadonlyMap<string, StepView>, now: Date): string {
  const steps = job.ids.map((id) => shown.get(id));
  const current = steps.findIndex((step) => !isTerminalStep(step));
  const step = steps[current];
  const { State = "PENDING", Timeline } = step?.Status ?? {};
  const since = Timeline?.StartDateTime ?? Timeline?.CreationDateTime;
  const time = since === undefined ? "" : ` for ${minutesAndSeconds(now.getTime() - since.getTime())}`;
  const name = userStepName(step?.Name ?? "");
  return `step ${current + 1} of ${job.steps} ${State}${time} on ${job.cluster}${name && `: ${name}`}`;
}

/** `2:05` */
export function minutesAndSeconds(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The step before has completed. The slot is held for the whole job, so no new ticket is needed. */
async function addNextStep(drive: Drive, job: JobRecord): Promise<void> {
  const { pool } = drive;
  const at = job.at!;
  const { record: entry } = await readEntry(pool, at.poolId, at.entry);
  const level = { cluster: job.cluster, cap: entry?.cap ?? 1 };
  await heed(drive, at, await submitBatch(pool, at, level, [submittable(drive, at, job.ids.length)]));
}
