import { PooledEmrError } from "../errors";
import { type Drive, pause, tell } from "./drive";
import { endJob } from "./endJob";
import { readEntry } from "./entries";
import { isTerminalStep } from "./judgeSteps";
import type { JobRecord } from "./records";
import type { StepView } from "./sharedViews";
import { stepProgress } from "./stepProgress";
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
  const clusterState = await clusterStateOf(drive, job, shown, watched);
  tell(drive, "step", stepProgress({ job, shown, now: pool.clock.now(), clusterState }));
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

/**
 * State of the cluster while a step has been PENDING for long: it may still be STARTING. From the shared listing,
 * which all jobs of the pool pay for together; a step that begins at once costs nothing.
 */
async function clusterStateOf(
  { pool }: Drive,
  job: JobRecord,
  shown: ReadonlyMap<string, StepView>,
  watched: number,
): Promise<string | undefined> {
  const begun = job.ids.some((id) => (shown.get(id)?.Status?.State ?? "PENDING") !== "PENDING");
  if (begun || watched < pool.constants.viewAge) return undefined;
  // Only words for a row: what AWS can't say now must not fail the job.
  const clusters = await pool.views.activeClusters().catch(() => []);
  return clusters.find((cluster) => cluster.Id === job.cluster)?.Status?.State;
}

/** The step before has completed. The slot is held for the whole job, so no new ticket is needed. */
async function addNextStep(drive: Drive, job: JobRecord): Promise<void> {
  const { pool } = drive;
  const at = job.at!;
  const { record: entry } = await readEntry(pool, at.poolId, at.entry);
  const level = { cluster: job.cluster, cap: entry?.cap ?? 1 };
  await heed(drive, at, await submitBatch(pool, at, level, [submittable(drive, at, job.ids.length)]));
}
