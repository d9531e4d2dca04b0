import { PooledEmrError } from "../errors";
import { driveJob, type JobResult } from "../lease/driveJob";
import { endJob } from "../lease/endJob";
import { readJournal } from "../lease/journal";
import { stepStatus } from "../lease/judgeSteps";
import type { JobRecord } from "../lease/records";
import { parseClaimId } from "../lease/retire";
import { uploadAssets } from "../steps/assets";
import { onInterrupt } from "./interrupt";
import { jobOf, keyOf, limitsOf } from "./jobOf";
import { secretsOf } from "./jobSecrets";
import { learnCluster } from "./knownClusters";
import { type Observation, observeJob } from "./observe";
import { placementFor } from "./placement";
import type { PoolContext } from "./poolContext";
import { showProgress } from "./progress";
import { isSameWork } from "./spec";
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
  const key = claimId === undefined ? (inputs.__key ?? keyOf(inputs)) : parseClaimId(claimId).key;
  const until = inputs.waitFor ?? "submitted";
  const interrupt = onInterrupt();
  try {
    context.plans.forget(key);
    await uploadAssets(inputs.assets ?? [], context.s3);
    const before = await lookUp(context, key);
    const job = jobOf(inputs, key, sameSpec(inputs, before));
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
    const { record } = result;
    const placedEarlier = record.inc === before?.inc && record.att === before.att;
    const observation =
      until === "submitted" && record.ph === "SUBMITTED" && !placedEarlier
        ? justSubmitted(record, inputs)
        : await observeJob(pool, record, pool.clock.now(), secretsOf(pool, record, inputs));
    await learnCluster(context.clusters, pool, record, placedEarlier);
    return { ...result, observation };
  } catch (error) {
    throw await keepingWhatHappened(error, key, inputs, context);
  } finally {
    interrupt.dispose();
  }
}

/**
 * What an earlier run left. After `waitFor: "submitted"` nobody watches; whoever passes next writes the end
 * (decisions.md 4).
 */
async function lookUp({ pool }: PoolContext, key: string): Promise<JobRecord | undefined> {
  const { record, serverTime } = await readJournal(pool, key);
  if (record?.ph === "SUBMITTED") await endJob(pool, record, serverTime, 0);
  return record;
}

/** The hash as the journal has it, if it is of this work: written in another form it would be taken for other work. */
function sameSpec(inputs: ProviderInputs, before: JobRecord | undefined): string | undefined {
  if (before === undefined || before.ph === "RETIRED") return undefined;
  return isSameWork(inputs, before.key, before.spec, inputs.pool.store) ? before.spec : undefined;
}

/** EMR has just taken the steps: asking it how they are would tell nothing new. */
function justSubmitted(record: JobRecord, inputs: ProviderInputs): Observation {
  const steps = record.ids.map((id, index) =>
    stepStatus({ Id: id, Name: inputs.steps[index]?.name, Status: { State: "PENDING" } }),
  );
  return { state: "PENDING", steps };
}

/**
 * An error after steps may have been submitted, or while others still may submit them (WANT: the run could not let go
 * of its place in time), must not lose the job: with an id Pulumi keeps the resource, so that the next `up`, `refresh`
 * or `destroy` knows of it.
 */
async function keepingWhatHappened(
  error: unknown,
  key: string,
  inputs: ProviderInputs,
  context: PoolContext,
): Promise<unknown> {
  const { record } = await readJournal(context.pool, key).catch(() => ({ record: undefined }));
  if (record === undefined || !["WANT", "SUBMITTING", "SUBMITTED"].includes(record.ph)) return error;
  const secrets = secretsOf(context.pool, record, inputs);
  const observation = await observeJob(context.pool, record, context.pool.clock.now(), secrets).catch(
    (): Observation => ({ state: "PENDING", steps: [] }),
  );
  await learnCluster(context.clusters, context.pool, record, false);
  return unhealthy(inputs, context, { record, observation }, [reasonOf(error)]);
}

function reasonOf(error: unknown): string {
  if (error instanceof PooledEmrError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function minutes(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * 60_000;
}
