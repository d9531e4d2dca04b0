import { PooledEmrError } from "../errors";
import { type Drive, type DriveOptions, newDrive, waitOutThrottling } from "./drive";
import { freeTicket, tellJournal } from "./journal";
import { withoutTexts } from "./judgeSteps";
import { keys } from "./keys";
import { letGo } from "./letGo";
import { applyEvent, type JobOpening, newJob } from "./phases";
import { place } from "./place";
import type { Pool } from "./pool";
import { auditCalls, reconcile } from "./reconcile";
import { type JobRecord, jobKind } from "./records";
import { finishRetiring, parseClaimId } from "./retire";
import type { Choose, JobToPlace, LaunchRequest, PlacementLimits } from "./types";
import { want } from "./want";
import { watch } from "./watch";

/** What {@link driveJob} returns; anyone can rebuild it from the journal ({@link jobResult}). */
export interface JobResult {
  /** `<job key>.<incarnation>`: the resource's id. */
  readonly claimId: string;
  readonly record: JobRecord;
  /** False if this job's own placement launched the cluster. */
  readonly joined: boolean;
}

export function jobResult(record: JobRecord): JobResult {
  return { claimId: `${record.key}.${record.inc}`, record, joined: record.at?.planned !== true };
}

/**
 * Places a job and submits its steps, once; or resumes, or adopts, what an earlier run of the same job did. It reads
 * the journal, does the one thing that the phase asks for, and reads it again: whatever died, paused or was done by
 * others in between, the journal says what is next. A job that ended without success is returned, not thrown: its
 * outcome is in the record. A run that fails before a call is begun leaves nothing that others could submit.
 *
 * @throws PooledEmrError POOL_TIMEOUT, LAUNCH_REFUSED, SUBMIT_DENIED, COMPLETION_TIMEOUT, JOB_RETIRED, CALL_NOT_SENT,
 * EVIDENCE_LOST, STORE_*
 */
export async function driveJob(
  job: JobToPlace,
  limits: PlacementLimits,
  choose: Choose,
  launch: LaunchRequest | undefined,
  pool: Pool,
  options: DriveOptions,
): Promise<JobResult> {
  pool.driven.set(job.key, job);
  try {
    const inc = await openIncarnation(job, pool, options);
    const drive = newDrive({ pool, job, limits, choose, launch, options, inc });
    try {
      return jobResult(await run(drive));
    } catch (error) {
      await letGo(drive);
      throw error;
    }
  } finally {
    pool.driven.delete(job.key);
  }
}

async function run(drive: Drive): Promise<JobRecord> {
  const { pool, job, inc, options } = drive;
  for (;;) {
    options.signal?.throwIfAborted();
    const { record, serverTime, lastModified } = await pool.records.readOwn(jobKind, keys.job(job.key));
    if (record?.inc !== inc || record.ph === "RETIRING" || record.ph === "RETIRED")
      throw new PooledEmrError("JOB_RETIRED", {
        subject: `Job ${job.who}`,
        problem: "was deleted or replaced by another deployment while this one placed it",
      });
    try {
      if (await advance(drive, record, serverTime, lastModified)) return record;
    } catch (error) {
      await waitOutThrottling(drive, error, record.ph === "NEW" || record.ph === "WANT");
    }
  }
}

/** Does the one thing that the phase asks for. True: what the caller waits for has come. */
async function advance(
  drive: Drive,
  record: JobRecord,
  serverTime: Date,
  lastModified: Date | undefined,
): Promise<boolean> {
  const { pool, job, options } = drive;
  switch (record.ph) {
    case "NEW":
      await place(drive);
      return false;
    case "WANT":
      await want(drive, record, serverTime, lastModified!);
      return false;
    case "SUBMITTING":
      await reconcile(drive, record, serverTime);
      return false;
    case "SUBMITTED":
      await auditCalls(drive, record);
      if (options.until === "submitted" && record.ids.length === record.steps) return true;
      return watch(drive, record, serverTime);
    case "ENDED":
      await auditCalls(drive, record);
      if (record.at) await freeTicket(pool, record.at, record.outcome);
      if (!mayMove(job, record, pool)) return true;
      await tellJournal(pool, job.key, drive.inc, { type: "moved" });
  }
  return false;
}

/** The cluster went away before any step began: placed anew, a few times (decisions.md 1). */
function mayMove(job: JobToPlace, record: JobRecord, pool: Pool): boolean {
  const allowed = job.resubmit !== "never" && record.moves < pool.constants.moves;
  return allowed && record.outcome?.state === "NEVER_STARTED";
}

/** The incarnation to drive: a new one, or the one that an earlier run left. (locking.md "create, given the journal") */
async function openIncarnation(job: JobToPlace, pool: Pool, options: DriveOptions): Promise<number> {
  if (options.claimId !== undefined) return parseClaimId(options.claimId).inc;
  for (;;) {
    const { record } = await pool.records.update(jobKind, keys.job(job.key), (current) =>
      current === undefined
        ? newJob(job.key, opening(job))
        : (openOver(job, current, pool) ?? closeToTexts(job, current)),
    );
    if (record!.ph !== "RETIRING") return record!.inc;
    // A delete was begun and not finished: its steps must be out of the way first.
    await finishRetiring(pool, job.key, record!.inc, Number.POSITIVE_INFINITY, options);
  }
}

/** A journal that an older version opened does not say yet that it must keep no text about the job. */
function closeToTexts(job: JobToPlace, current: JobRecord): JobRecord | undefined {
  const { hasSecretInputs } = opening(job);
  if (!hasSecretInputs || current.hasSecretInputs) return undefined;
  return { ...current, hasSecretInputs, outcome: current.outcome && withoutTexts(current.outcome) };
}

function opening({ spec, steps, who, holdsSecrets, hasSecretInputs }: JobToPlace): JobOpening {
  return { spec, steps: steps.length, who, hasSecretInputs: holdsSecrets || hasSecretInputs || undefined };
}

/** What an explicit create makes of the journal it finds; undefined: resume or adopt it as it is. */
function openOver(job: JobToPlace, current: JobRecord, pool: Pool): JobRecord | undefined {
  const reopen = () => applyEvent(current, { type: "reopened", ...opening(job) });
  if (current.ph === "RETIRED") return reopen();
  if (current.spec !== job.spec)
    // A create of older inputs whose run was lost: a real replacement would have deleted it first.
    return current.ph === "ENDED" ? reopen() : applyEvent(current, { type: "deleteAsked", cancel: true });
  if (current.ph !== "ENDED" || current.outcome?.state === "COMPLETED") return undefined;
  // Never started: moved in the same incarnation while moves are left.
  if (mayMove(job, current, pool)) return undefined;
  return job.resubmit === "failed" ? reopen() : undefined;
}
