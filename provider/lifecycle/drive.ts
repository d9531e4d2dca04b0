import { PooledEmrError } from "../errors";
import { driveJob, type JobResult } from "../lease/driveJob";
import { endJob } from "../lease/endJob";
import { readJournal } from "../lease/journal";
import { stepStatus } from "../lease/judgeSteps";
import type { JobRecord } from "../lease/records";
import { parseClaimId } from "../lease/retire";
import { uploadAssets } from "../steps/assets";
import { onInterrupt } from "./interrupt";
import { jobOf, limitsOf } from "./jobOf";
import { type Observation, observeJob } from "./observe";
import { placementFor } from "./placement";
import type { PoolContext } from "./poolContext";
import { showProgress } from "./progress";
import type { ProviderInputs } from "./state";
import { unhealthy } from "./unhealthy";

/** What became of a job that was driven as far as `waitFor` says. */
export interface Driven extends JobResult {
  readonly observation: Observation;
}

/**
 * Drives the job as far as `waitFor` asks, from wherever its journal stands. The journal, not this process's memory,
 * decides what is done next, so a second call after a crash adopts what the first one did.
 *
 * @param claimId - of an update: drive this claim and no other
 * @throws JobUnhealthyError, by which the resource stays in state, as soon as steps may have been submitted;
 * PooledEmrError while nothing has happened
 */
export async function drive(inputs: ProviderInputs, context: PoolContext, claimId?: string): Promise<Driven> {
  const { pool } = context;
  const job = jobOf(inputs, claimId === undefined ? undefined : parseClaimId(claimId).key);
  const until = inputs.waitFor ?? "submitted";
  const interrupt = onInterrupt();
  try {
    context.plans.forget(job.key);
    await uploadAssets(inputs.assets ?? [], context.s3);
    await noteEnd(context, job.key);
    const { choose, launch } = await placementFor(inputs, context);
    const limits = limitsOf(inputs);
    const result = await driveJob(job, limits, choose, launch, pool, {
      until,
      claimId,
      signal: interrupt.signal,
      // "running" is a wait for a place to run in, too.
      completionTimeoutMilliseconds: minutes(
        until === "running" ? limits.timeoutMinutes : inputs.completionTimeoutMinutes,
      ),
      onProgress: (progress) => showProgress(inputs.__urn, progress),
    });
    const observation =
      until === "submitted" && result.record.ph === "SUBMITTED"
        ? justSubmitted(result.record, inputs)
        : await observeJob(pool, result.record, pool.clock.now());
    return { ...result, observation };
  } catch (error) {
    throw await keepingWhatHappened(error, job.key, inputs, context);
  } finally {
    interrupt.dispose();
  }
}

/** After `waitFor: "submitted"` nobody watches; whoever passes next writes the end (decisions.md 4). */
async function noteEnd({ pool }: PoolContext, key: string): Promise<void> {
  const { record, serverTime } = await readJournal(pool, key);
  if (record?.ph === "SUBMITTED") await endJob(pool, record, serverTime, 0);
}

/** EMR has just taken the steps: asking it how they are would tell nothing new. */
function justSubmitted(record: JobRecord, inputs: ProviderInputs): Observation {
  const steps = record.ids.map((id, index) =>
    stepStatus({ Id: id, Name: inputs.steps[index]?.name, Status: { State: "PENDING" } }),
  );
  return { state: "PENDING", steps };
}

/**
 * An error after steps may have been submitted must not lose the job: with an id Pulumi keeps the resource, so that
 * the next `up`, `refresh` or `destroy` knows of it.
 */
async function keepingWhatHappened(
  error: unknown,
  key: string,
  inputs: ProviderInputs,
  context: PoolContext,
): Promise<unknown> {
  const { record } = await readJournal(context.pool, key).catch(() => ({ record: undefined }));
  const mayRun = record?.ph === "SUBMITTING" || record?.ph === "SUBMITTED";
  if (record === undefined || !mayRun) return error;
  const observation = await observeJob(context.pool, record, context.pool.clock.now()).catch(
    (): Observation => ({ state: "PENDING", steps: [] }),
  );
  return unhealthy(inputs, context, { record, observation }, [reasonOf(error)]);
}

function reasonOf(error: unknown): string {
  if (error instanceof PooledEmrError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function minutes(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * 60_000;
}
