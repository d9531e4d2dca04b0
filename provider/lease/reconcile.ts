import type { StepSummary } from "@aws-sdk/client-emr";
import { PooledEmrError } from "../errors";
import { cancelSteps } from "./cancelSteps";
import { poolFence } from "./constants";
import { type Drive, pause, tell } from "./drive";
import { tellFenced } from "./fencedWait";
import { tellJournal } from "./journal";
import { isTerminalStep } from "./judgeSteps";
import { ensurePool, type Pool } from "./pool";
import type { JobRecord, PoolRecord } from "./records";
import { isUnknownCluster } from "./refusals";
import { parseStepName } from "./stepToken";

/** EMR shows only the last 1,000 steps of a cluster (https://github.com/Yelp/mrjob/issues/1462). */
const stepsShown = 1_000;

/** SUBMITTING: a call may be in flight, or its caller dead. Waits until EMR's listing tells. */
export async function reconcile(drive: Drive, job: JobRecord, now: Date): Promise<void> {
  const { pool } = drive;
  const { record } = await ensurePool(pool);
  const t0 = Date.parse(job.call!.t0);
  // On the first look of a run the caller is probably a dead run of the same job: look at once.
  if (drive.reconciles > 0 && now.getTime() - t0 < pool.constants.answerWithin)
    return pause(drive, pool.constants.journalPoll);
  drive.reconciles++;
  if (await settleCall(pool, record, job, now)) return;
  tellFenced(drive, new Date(t0 + poolFence(record.fence, pool.constants)), "adding its steps");
  await pause(drive, pool.constants.reconcilePoll);
}

/**
 * Looks for the steps of a call whose answer nobody has. `now` was read from S3 **before** the listing is begun: a
 * listing begun after `t0 + F` without the token proves that the call will never take effect. True: the journal has
 * moved on.
 *
 * @throws PooledEmrError EVIDENCE_LOST if the steps may have scrolled out of EMR's listing.
 */
export async function settleCall(
  pool: Pool,
  record: Pick<PoolRecord, "fence">,
  job: JobRecord,
  now: Date,
): Promise<boolean> {
  const call = job.call!;
  const t0 = Date.parse(call.t0);
  const listed = await stepsSince(pool, job.cluster!, new Date(t0 - 5 * 60_000));
  const found = stepsOfCall(listed, job);
  const late = now.getTime() > t0 + poolFence(record.fence, pool.constants);
  // Part of a call is no answer until the rest can't come any more.
  if (found.length === call.count || (found.length > 0 && late)) {
    await tellJournal(pool, job.key, job.inc, { type: "callAccepted", att: job.att, ids: found });
    return true;
  }
  if (listed.length >= stepsShown)
    throw new PooledEmrError("EVIDENCE_LOST", {
      subject: `Job ${job.who} on cluster ${job.cluster}`,
      problem: "may or may not have been submitted: EMR lists only the last 1,000 steps of the cluster",
    });
  if (!late) return false;
  await tellJournal(pool, job.key, job.inc, {
    type: "callVoid",
    att: job.att,
    keepTicket: false,
    fenced: true,
  });
  return true;
}

/** Step ids of the current call of `job`, in the order of its steps. */
function stepsOfCall(listed: readonly StepSummary[], job: JobRecord): string[] {
  return listed
    .map((step) => ({ id: step.Id!, token: parseStepName(step.Name) }))
    .filter(({ token }) => token?.key === job.key && token.inc === job.inc && token.att === job.att)
    .sort((a, b) => a.token!.index - b.token!.index)
    .map(({ id }) => id);
}

/** Steps created after `since`, newest first; none on a cluster that EMR no longer knows. */
async function stepsSince(pool: Pool, cluster: string, since: Date): Promise<StepSummary[]> {
  try {
    return await pool.emr.listSteps(cluster, { newerThan: since });
  } catch (error) {
    if (isUnknownCluster(error)) return [];
    throw error;
  }
}

/**
 * EMR refused a call that held several jobs, and nothing says that such a call is refused as a whole. After V the
 * listing shows whatever was accepted; the rest is sent again, each job alone.
 */
export async function settleRefusedBatch(
  pool: Pool,
  cluster: string,
  begun: readonly { readonly record: JobRecord }[],
): Promise<void> {
  await pool.clock.sleep((await ensurePool(pool)).record.fence.visibilitySeconds * 1_000);
  const oldest = Math.min(...begun.map(({ record }) => Date.parse(record.call!.t0)));
  const listed = await stepsSince(pool, cluster, new Date(oldest - 5 * 60_000));
  await Promise.all(
    begun.map(({ record }) => {
      const ids = stepsOfCall(listed, record);
      return tellJournal(
        pool,
        record.key,
        record.inc,
        ids.length > 0
          ? { type: "callAccepted", att: record.att, ids }
          : { type: "callVoid", att: record.att, keepTicket: true, alone: true },
      );
    }),
  );
}

/**
 * After a call was declared dead by the fence: looks once whether it took effect all the same, which the fence should
 * have made impossible, on the job's own cluster and on those of the dead calls. Keeps the recorded steps, cancels the
 * others, and says so.
 */
export async function auditCalls(drive: Drive, job: JobRecord): Promise<void> {
  if (drive.audited || job.fenced === 0 || job.cluster === undefined) return;
  for (const cluster of new Set([job.cluster, ...(job.fencedOn ?? [])])) await audit(drive, job, cluster);
  drive.audited = true;
}

async function audit(drive: Drive, job: JobRecord, cluster: string): Promise<void> {
  const { pool } = drive;
  const recorded = new Set(job.ids);
  const twice = (await stepsSince(pool, cluster, new Date(0))).filter((step) => {
    const token = parseStepName(step.Name);
    const same = token?.key === job.key && token.inc === job.inc && token.index < job.ids.length;
    return same && !recorded.has(step.Id!) && step.Status?.State !== "CANCELLED";
  });
  if (twice.length === 0) return;
  const idsOf = (steps: readonly StepSummary[]) => steps.map((step) => step.Id!);
  const active = twice.filter((step) => !isTerminalStep(step));
  if (active.length > 0) await cancelSteps(pool, cluster, idsOf(active), false);
  tell(
    drive,
    "step",
    `WARNING: steps ${idsOf(twice).join(", ")} of cluster ${cluster} repeat steps of ${job.who}; those that have not ` +
      "ended are being cancelled. EMR accepted an old request: raise the pool's fence with `emrpool fence`, and check " +
      "what they wrote",
  );
}
