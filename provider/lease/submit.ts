import type { StepConfig } from "@aws-sdk/client-emr";
import { redact } from "../diagnosis/redact";
import { PooledEmrError } from "../errors";
import { buryIfGone, closeEntry } from "./clusterLife";
import { avoid, backOff, type Drive } from "./drive";
import { updateEntry } from "./entries";
import { tellJournal } from "./journal";
import { notSent, signBefore } from "./launch";
import type { JobEvent } from "./phases";
import type { Pool } from "./pool";
import { settleRefusedBatch } from "./reconcile";
import type { EntryRecord, JobRecord, Ticket } from "./records";
import { classifyRefusal } from "./refusals";
import { formatStepName } from "./stepToken";

/** A job whose steps may be sent now, and what is sent. */
export interface Submittable {
  readonly key: string;
  readonly inc: number;
  readonly r: string;
  /** Steps EMR has accepted before. */
  readonly accepted: number;
  readonly steps: readonly StepConfig[];
  readonly parallelSteps: boolean;
  readonly executionRoleArn?: string;
}

/** A job that won the right to be in the next call. */
interface Begun {
  readonly job: Submittable;
  readonly record: JobRecord;
}

/** What became of a call, for the driver that made it. */
export type BatchResult =
  | { readonly result: "nothingToDo" | "accepted" | "clusterEnding" | "unknown" | "again" }
  | { readonly result: "throttled" }
  | { readonly result: "tooManySteps" }
  | { readonly result: "notSent"; readonly reason: string }
  | { readonly result: "denied" | "invalid"; readonly code: string; readonly message: string };

/**
 * Adds the steps of the jobs to the entry's cluster in one call. For each job, winning the write to SUBMITTING is
 * the right to be in this call; whoever does not win it is left out. The call is made once: its answer, or later the
 * token in a step's name, says what became of it, never a second call.
 */
export async function submitBatch(
  pool: Pool,
  at: Pick<Ticket, "poolId" | "entry">,
  entry: Pick<EntryRecord, "cluster" | "cap">,
  jobs: readonly Submittable[],
): Promise<BatchResult> {
  const cluster = entry.cluster!;
  const begun = (await Promise.all(jobs.map((job) => begin(pool, job, cluster, entry.cap)))).filter(
    (item) => item !== undefined,
  );
  const first = begun[0];
  if (first === undefined) return { result: "nothingToDo" };
  const oldest = begun.map((item) => item.record.call!.t0).sort()[0]!;
  const answer = await pool.emr.addJobFlowSteps(
    {
      JobFlowId: cluster,
      Steps: begun.flatMap((item) => stepsToSend(item, entry.cap)),
      ExecutionRoleArn: first.job.executionRoleArn,
    },
    signBefore(pool, oldest),
  );
  switch (answer.outcome) {
    case "accepted":
      return accept(pool, begun, answer.value.stepIds);
    case "throttled":
      await voidAll(pool, begun, true);
      return { result: "throttled" };
    case "notSent":
      await voidAll(pool, begun, true);
      return { result: "notSent", reason: answer.reason };
    case "unknown":
      return { result: "unknown" };
    case "refused":
      return refused(pool, at, cluster, begun, answer);
  }
}

function begin(pool: Pool, job: Submittable, cluster: string, cap: number): Promise<Begun | undefined> {
  const n = pool.random.id(16);
  const event = (now: Date): JobEvent => ({
    type: "callBegun",
    r: job.r,
    n,
    t0: now.toISOString(),
    cluster,
    from: job.accepted,
    count: cap === 1 || job.parallelSteps ? job.steps.length - job.accepted : 1,
  });
  return tellJournal(pool, job.key, job.inc, event).then(({ changed, record }) =>
    changed ? { job, record: record! } : undefined,
  );
}

/**
 * With concurrency 1 the job has its cluster alone, so CANCEL_AND_WAIT cancels only its own later steps, unless the
 * user wants them to go on; above 1 EMR refuses it, and it would cancel the steps of others.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-concurrent-steps.html
 */
function stepsToSend({ job, record }: Begun, cap: number): StepConfig[] {
  const from = record.ids.length;
  return job.steps.slice(from, from + record.call!.count).map((step, offset) => ({
    ...step,
    Name: formatStepName(step.Name ?? "", {
      key: job.key,
      inc: job.inc,
      att: record.att,
      index: from + offset,
    }),
    ActionOnFailure: cap === 1 && step.ActionOnFailure !== "CONTINUE" ? "CANCEL_AND_WAIT" : "CONTINUE",
  }));
}

async function accept(pool: Pool, begun: Begun[], stepIds: string[]): Promise<BatchResult> {
  // StepIds come in the order of the request. Any other number is no answer: the listing will tell.
  if (stepIds.length !== begun.reduce((sum, { record }) => sum + record.call!.count, 0))
    return { result: "unknown" };
  let start = 0;
  await Promise.all(
    begun.map(({ job, record }) => {
      const ids = stepIds.slice(start, start + record.call!.count);
      start += record.call!.count;
      return tellJournal(pool, job.key, job.inc, { type: "callAccepted", att: record.att, ids });
    }),
  );
  return { result: "accepted" };
}

function voidAll(pool: Pool, begun: Begun[], keepTicket: boolean): Promise<unknown> {
  return Promise.all(
    begun.map(({ job, record }) =>
      tellJournal(pool, job.key, job.inc, { type: "callVoid", att: record.att, keepTicket }),
    ),
  );
}

async function refused(
  pool: Pool,
  at: Pick<Ticket, "poolId" | "entry">,
  cluster: string,
  begun: Begun[],
  answer: { code: string; message: string },
): Promise<BatchResult> {
  switch (classifyRefusal(answer)) {
    case "clusterEnding":
      await closeEntry(pool, at.poolId, at.entry);
      await voidAll(pool, begun, false);
      await buryIfGone(pool, at, at.entry, cluster);
      return { result: "clusterEnding" };
    case "tooManySteps":
      await voidAll(pool, begun, false);
      return { result: "tooManySteps" };
    case "concurrency":
      await refreshConcurrency(pool, at, cluster);
      await voidAll(pool, begun, true);
      return { result: "again" };
    case "denied":
      await voidAll(pool, begun, false);
      return { result: "denied", code: answer.code, message: withoutArguments(answer.message, begun) };
    case "invalid": {
      const [only] = begun;
      if (begun.length > 1) {
        await settleRefusedBatch(pool, cluster, begun);
        return { result: "again" };
      }
      const message = withoutArguments(answer.message, begun);
      const outcome = {
        state: "FAILED" as const,
        message: `EMR refused the job's steps: ${message}`.slice(0, 1_000),
        steps: [],
        at: only!.record.call!.t0,
      };
      await tellJournal(pool, only!.job.key, only!.job.inc, {
        type: "callRejected",
        att: only!.record.att,
        outcome,
      });
      return { result: "invalid", code: answer.code, message };
    }
  }
}

/** EMR may quote what it refuses. Here nobody knows which of a job's values are its secrets, so that all are hidden. */
function withoutArguments(message: string, begun: readonly Begun[]): string {
  const values = begun
    .filter(({ record }) => record.hasSecretInputs)
    .flatMap(({ job }) => [
      job.executionRoleArn,
      ...job.steps.flatMap(({ HadoopJarStep }) => [
        HadoopJarStep?.Jar,
        HadoopJarStep?.MainClass,
        ...(HadoopJarStep?.Args ?? []),
        ...(HadoopJarStep?.Properties ?? []).map(({ Value }) => Value),
      ]),
    ])
    .filter((value) => value !== undefined);
  return redact(
    message,
    values.filter((value) => value.length > 3),
  );
}

/** Somebody changed the cluster's step concurrency: the action on failure follows the actual level. */
async function refreshConcurrency(
  pool: Pool,
  at: Pick<Ticket, "poolId" | "entry">,
  cluster: string,
): Promise<void> {
  const level = (await pool.emr.describeCluster(cluster)).StepConcurrencyLevel ?? 1;
  await updateEntry(pool, at.poolId, at.entry, (entry) =>
    entry && entry.cap !== level ? { ...entry, cap: level } : undefined,
  );
}

/** The driver's own job as {@link submitBatch} takes it. */
export function submittable(drive: Drive, at: Ticket, accepted: number): Submittable {
  const { job } = drive;
  return {
    key: job.key,
    inc: drive.inc,
    r: at.r,
    accepted,
    steps: job.steps,
    parallelSteps: job.parallelSteps,
    executionRoleArn: job.executionRoleArn,
  };
}

/** What the driver does about the answer to a call it made. */
export async function heed(drive: Drive, at: Ticket, batch: BatchResult): Promise<"look" | "wait"> {
  switch (batch.result) {
    case "throttled":
      await backOff(drive);
      return "look";
    case "notSent":
      await notSent(drive, batch.reason);
      return "look";
    case "tooManySteps":
    case "clusterEnding":
      avoid(drive, at.entry);
      return "look";
    case "denied":
      throw new PooledEmrError("SUBMIT_DENIED", {
        subject: `The steps of job ${drive.job.who}`,
        problem: `were refused by EMR: ${batch.message}`,
        got: batch.code,
      });
    default:
      return "look";
  }
}
