import type { Cluster } from "@aws-sdk/client-emr";
import type { Diagnosis } from "../args";
import { diagnose } from "../diagnosis/diagnose";
import type { JobRecord } from "../lease/records";
import { valueAtPath } from "../secretPaths";
import type { PoolContext } from "./poolContext";
import type { ProviderInputs } from "./state";

/**
 * The cause of a job's failure, as far as it can be known now. Never fails: a job is not failed, nor a refresh,
 * because its logs or its cluster are gone.
 *
 * @param inputs - for the secret values that no excerpt may show; not known at a refresh
 */
export async function diagnoseJob(
  { pool, clusters, logs }: PoolContext,
  record: JobRecord,
  inputs?: ProviderInputs,
): Promise<Diagnosis | undefined> {
  if (record.cluster === undefined) return undefined;
  const cluster = await pool.emr.describeCluster(record.cluster).catch((): Cluster | undefined => undefined);
  const shown = await pool.views.stepsOf(record.cluster, record.ids).catch(() => new Map());
  return diagnose({
    clusterId: record.cluster,
    cluster,
    logUri: clusters.get(record.cluster).logUri,
    steps: record.ids.map((id) => shown.get(id)).filter((step) => step !== undefined),
    logs,
    now: pool.clock.now(),
    secrets: inputs && secretValues(inputs),
  });
}

function secretValues(inputs: ProviderInputs): string[] {
  return (inputs.secretPaths ?? [])
    .map((path) => valueAtPath(inputs, path))
    .filter((value): value is string => typeof value === "string" && value.length > 3);
}
