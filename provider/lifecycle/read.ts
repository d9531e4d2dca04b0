import type { dynamic } from "@pulumi/pulumi";
import type { Diagnosis } from "../args";
import { needsDiagnosis } from "../diagnosis/diagnose";
import { PooledEmrError } from "../errors";
import { readJournal } from "../lease/journal";
import type { JobRecord } from "../lease/records";
import { parseClaimId } from "../lease/retire";
import { bucketGoneWarning, isBucketGone } from "./bucketGone";
import { diagnoseJob } from "./diagnoseJob";
import { logToEngine } from "./engineLog";
import { JobUnhealthyError } from "./initError";
import { type JobSecrets, secretsOf } from "./jobSecrets";
import { isRed } from "./jobState";
import { learnCluster } from "./knownClusters";
import { type Observation, observeJob } from "./observe";
import { outputsOf, refreshedOutputs } from "./outputs";
import { type PoolContext, poolContext } from "./poolContext";
import type { ProviderInputs, ProviderState } from "./state";
import { failureReasons } from "./unhealthy";

/**
 * `pulumi refresh`, and `PooledEmrJob.get(id)`: brings states, times and the cause of a failure into the state.
 * Writes nothing to S3 or EMR. Inputs stay as they are, so that nothing drifts but the job itself; a job that did not
 * complete is shown as unhealthy, which is the one thing a plain refresh displays.
 *
 * A job that the store no longer knows was deleted by hand, or by another state: it is gone from this one too. One
 * whose bucket is gone stays as it was, for nothing is known of it.
 */
export async function read(id: string, props: ProviderState): Promise<dynamic.ReadResult<ProviderState>> {
  const context = poolContext(props);
  const { key, inc } = parseClaimId(id);
  const reading = await readJournal(context.pool, key).catch((error) => {
    if (isBucketGone(error) && props.schemaVersion !== undefined) return undefined;
    throw error;
  });
  if (reading === undefined) {
    logToEngine(props.__urn, "warning", bucketGoneWarning(`Job ${id} is left as it was`, props));
    return shown(id, props);
  }
  const { record, serverTime } = reading;
  if (record?.inc !== inc || record.ph === "RETIRED") return gone(id, props, record);
  const secrets = secretsOf(context.pool, record, props);
  const observation = await observeJob(context.pool, record, serverTime, secrets);
  return shown(id, await refreshed(props, context, record, observation, secrets), observation.message);
}

/** @param message - why the job ended as it did, where that isn't a step's own failure */
function shown(id: string, state: ProviderState, message?: string): dynamic.ReadResult<ProviderState> {
  // Who only reads a job by its id must not fail because the job did: its `state` says so.
  if (!isRed(state.state) || state.__readOnly) return { id, props: state };
  const unhealthy = new JobUnhealthyError(id, state, failureReasons(state, message));
  const error = unhealthy.asGrpcError();
  if (error) throw error;
  logToEngine(state.__urn, "warning", unhealthy.reasons.join("; "));
  return { id, props: state };
}

async function refreshed(
  props: ProviderState,
  context: PoolContext,
  record: JobRecord,
  observation: Observation,
  secrets: JobSecrets,
): Promise<ProviderState> {
  const wasKnown = props.schemaVersion !== undefined;
  context.clusters.rememberState(props);
  await learnCluster(context.clusters, context.pool, record, true);
  const diagnosis = isRed(observation.state)
    ? await diagnosed(props, context, record, observation, secrets)
    : undefined;
  const cluster = context.clusters.get(record.cluster);
  const findings = { record, observation, cluster, diagnosis };
  if (wasKnown) return refreshedOutputs(props, findings);
  // `.get`: there are no outputs yet, only the inputs that were given.
  const inputs = props as unknown as ProviderInputs;
  const placement = {
    action: "join" as const,
    clusterId: record.cluster,
    reason: "read by its id",
    refused: [],
  };
  const outputs = outputsOf(inputs, { ...findings, region: await context.region(), placement }, record.spec);
  return { ...outputs, __readOnly: true };
}

async function diagnosed(
  props: ProviderState,
  context: PoolContext,
  record: JobRecord,
  { steps }: Observation,
  secrets: JobSecrets,
): Promise<Diagnosis | undefined> {
  const ends = steps.flatMap(({ endedAt }) => (endedAt === undefined ? [] : [Date.parse(endedAt)]));
  const endedAt = ends.length > 0 ? new Date(Math.max(...ends)) : undefined;
  if (!needsDiagnosis(props.diagnosis, endedAt, context.pool.clock.now())) return props.diagnosis;
  return diagnoseJob(context, record, secrets);
}

/** Pulumi drops a resource whose id comes back empty. */
function gone(
  id: string,
  props: ProviderState,
  record: JobRecord | undefined,
): dynamic.ReadResult<ProviderState> {
  if (props.schemaVersion === undefined)
    throw new PooledEmrError("NO_SUCH_JOB", {
      subject: `Job ${id}`,
      problem: record
        ? `is not the current claim, which is ${record.key}.${record.inc}`
        : "is not in the pool's store",
      got: props.pool?.store,
    });
  logToEngine(
    props.__urn,
    "warning",
    `Job ${id} ${record ? "was released or replaced by others" : "is no longer"} in the pool's store ${props.pool.store}: dropped from state`,
  );
  return { id: "", props };
}
