import { PooledEmrError } from "../errors";
import { cancelSteps } from "./cancelSteps";
import { poolFence } from "./constants";
import { judgeJob } from "./endJob";
import { freeTicket, readJournal, tellJournal } from "./journal";
import { isTerminalStep } from "./judgeSteps";
import { keys } from "./keys";
import type { Pool } from "./pool";
import { settleCall } from "./reconcile";
import { type JobRecord, poolKind } from "./records";
import type { Progress } from "./types";

/** What a delete does and how long it may take. */
export interface RetireRequest {
  /** Cancel the job's own unfinished steps (`onDelete: "cancel"`), or leave them (`"leave"`). */
  readonly cancel: boolean;
  readonly timeLimitSeconds: number;
}

export interface RetireOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** `finished: false`: the time limit came first; the next create or the sweeper finishes what is left. */
export interface RetireResult {
  readonly finished: boolean;
  readonly warning?: string;
}

/** `<job key>.<incarnation>`, the resource's id. */
export function parseClaimId(claimId: string): { key: string; inc: number } {
  const match = /^([a-z2-7]{26})\.([1-9]\d*)$/.exec(claimId);
  if (!match)
    throw new PooledEmrError("INVALID_INPUT", {
      subject: "The resource's id",
      problem: "is not the claim of a pooled job",
      got: claimId,
      allowed: "26 base32 characters, a dot and a number",
    });
  return { key: match[1]!, inc: Number(match[2]) };
}

/**
 * Releases a job: takes back what is unfinished, then frees its place. Acts on this incarnation only, may be
 * repeated, and works when cluster, steps or objects are gone.
 *
 * The ticket stays until every step is terminal: an active step without a slot would let another job onto a full
 * cluster.
 */
export async function retireJob(
  claimId: string,
  request: RetireRequest,
  pool: Pool,
  options: RetireOptions = {},
): Promise<RetireResult> {
  const { key, inc } = parseClaimId(claimId);
  const asked = await tellJournal(pool, key, inc, { type: "deleteAsked", cancel: request.cancel });
  // Gone by hand, or a later incarnation lives: then this one was retired before.
  if (asked.record?.inc !== inc) return { finished: true };
  return finishRetiring(pool, key, inc, request.timeLimitSeconds * 1_000, options);
}

/** Brings a RETIRING incarnation to RETIRED, from whatever the journal says. */
export async function finishRetiring(
  pool: Pool,
  key: string,
  inc: number,
  timeLimit: number,
  options: RetireOptions = {},
): Promise<RetireResult> {
  const startedAt = pool.clock.monotonic();
  const cancelled = new Set<string>();
  for (;;) {
    options.signal?.throwIfAborted();
    const { record: job, serverTime } = await readJournal(pool, key);
    if (job?.inc !== inc) return { finished: true };
    if (job.ph === "RETIRED") {
      if (job.at && !job.left.some((item) => item.at.r === job.at?.r)) await freeTicket(pool, job.at);
      return { finished: true };
    }
    const elapsed = pool.clock.monotonic() - startedAt;
    const waiting = await retireOnce(pool, job, serverTime, cancelled, elapsed > timeLimit / 2);
    if (waiting === undefined) continue;
    if (elapsed > timeLimit)
      return {
        finished: false,
        warning:
          `Job ${job.who} is released, but ${waiting}. The next \`up\` of this job, any placement that needs room ` +
          "or `emrpool sweep` finishes it; until then its place on the cluster stays taken.",
      };
    options.onProgress?.({ kind: "retiring", message: `Releasing ${job.who}: ${waiting}` });
    const [from, to] = job.call ? pool.constants.reconcilePoll : pool.constants.journalPoll;
    await pool.clock.sleep(from + pool.random.next() * (to - from), options.signal);
  }
}

/** One look at a RETIRING job. Undefined: the journal has moved on; otherwise what is waited for. */
export async function retireOnce(
  pool: Pool,
  job: JobRecord,
  now: Date,
  cancelled: Set<string>,
  force: boolean,
): Promise<string | undefined> {
  if (job.call) return settlePending(pool, job, now);
  if (job.ids.length === 0 || job.cluster === undefined) {
    await tellJournal(pool, job.key, job.inc, { type: "retired", ids: job.ids });
    return undefined;
  }
  if (job.cancel === false) {
    await tellJournal(pool, job.key, job.inc, { type: "left", ids: job.ids });
    return undefined;
  }
  const { judgement, shown } = await judgeJob(
    pool,
    job,
    now,
    cancelled.size > 0 ? pool.constants.journalPoll[0] : 0,
  );
  const active = job.ids.filter((id) => !isTerminalStep(shown.get(id)));
  // "ended" with active steps: the cluster is gone, and EMR does not show them any more.
  if (active.length === 0 || judgement.verdict === "ended") {
    await tellJournal(pool, job.key, job.inc, { type: "retired", ids: job.ids });
    return undefined;
  }
  const how = force ? "force" : "ask";
  const toCancel = active.filter((id) => !cancelled.has(`${how} ${id}`));
  if (toCancel.length > 0) {
    for (const id of toCancel) cancelled.add(`${how} ${id}`);
    await cancelSteps(pool, job.cluster, toCancel, force);
  }
  return `${active.length} of its steps on cluster ${job.cluster} have not ended yet (cancelling is asked for)`;
}

/** A call was in flight when the delete came: until it is known what became of it, nothing can be cancelled. */
async function settlePending(pool: Pool, job: JobRecord, now: Date): Promise<string | undefined> {
  // The fence is that of the pool the job was placed in, which need not be the one that is open here.
  const { record } = await pool.records.read(poolKind, keys.pool(job.at?.pool ?? pool.name));
  const fence = record?.fence ?? {
    signatureAgeSeconds: pool.constants.signatureAge / 1_000,
    visibilitySeconds: pool.constants.visibility / 1_000,
  };
  if (await settleCall(pool, { fence }, job, now)) return undefined;
  const until = new Date(Date.parse(job.call!.t0) + poolFence(fence, pool.constants));
  return (
    "a previous attempt to add its steps may still be in flight: waiting until " +
    `${until.toISOString().slice(11, 19)} (UTC), because EMR may yet accept it`
  );
}
