import type { Cluster } from "@aws-sdk/client-emr";
import type { Diagnosis } from "../args";
import { diagnose, withoutQuotes } from "../diagnosis/diagnose";
import type { JobRecord } from "../lease/records";
import type { JobSecrets } from "./jobSecrets";
import type { PoolContext } from "./poolContext";

/**
 * The cause of a job's failure, as far as it can be known now. Never fails: a job is not failed, nor a refresh,
 * because its logs or its cluster are gone.
 */
export async function diagnoseJob(
  { pool, clusters, logs }: PoolContext,
  record: JobRecord,
  secretsOfJob: JobSecrets,
): Promise<Diagnosis | undefined> {
  if (record.cluster === undefined) return undefined;
  const cluster = await pool.emr.describeCluster(record.cluster).catch((): Cluster | undefined => undefined);
  const shown = await pool.views.stepsOf(record.cluster, record.ids).catch(() => new Map());
  const secrets = await secretsOfJob.values();
  const diagnosis = await diagnose({
    clusterId: record.cluster,
    cluster,
    logUri: clusters.get(record.cluster).logUri,
    steps: record.ids.map((id) => shown.get(id)).filter((step) => step !== undefined),
    logs,
    now: pool.clock.now(),
    secrets,
  });
  return diagnosis !== undefined && secrets === undefined
    ? withoutQuotes(
        diagnosis,
        "the job has secret inputs, which can't be told from other words of its logs now",
      )
    : diagnosis;
}
