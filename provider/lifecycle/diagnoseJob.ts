import type { Cluster } from "@aws-sdk/client-emr";
import type { Diagnosis, StepConfig } from "../args";
import { diagnose } from "../diagnosis/diagnose";
import type { Pool } from "../lease/pool";
import type { JobRecord } from "../lease/records";
import { valueAtPath } from "../secretPaths";
import type { PoolContext } from "./poolContext";
import type { ProviderInputs } from "./state";

/**
 * The cause of a job's failure, as far as it can be known now. Never fails: a job is not failed, nor a refresh,
 * because its logs or its cluster are gone.
 *
 * @param known - inputs, or at a refresh the state, which has no steps: for the secret values that no excerpt may show
 */
export async function diagnoseJob(
  { pool, clusters, logs }: PoolContext,
  record: JobRecord,
  known: KnownSecrets,
): Promise<Diagnosis | undefined> {
  if (record.cluster === undefined) return undefined;
  const cluster = await pool.emr.describeCluster(record.cluster).catch((): Cluster | undefined => undefined);
  const shown = await pool.views.stepsOf(record.cluster, record.ids).catch(() => new Map());
  const secrets = await secretValues(pool, record, known);
  const diagnosis = await diagnose({
    clusterId: record.cluster,
    cluster,
    logUri: clusters.get(record.cluster).logUri,
    steps: record.ids.map((id) => shown.get(id)).filter((step) => step !== undefined),
    logs,
    now: pool.clock.now(),
    secrets,
  });
  return diagnosis !== undefined && secrets === undefined ? withoutQuotes(diagnosis) : diagnosis;
}

type KnownSecrets = Pick<ProviderInputs, "secretPaths" | "cluster"> & { readonly steps: unknown };

/**
 * The values that are Pulumi secrets. Outputs have no steps, so that at a refresh their secret arguments come from EMR,
 * which got them in plain. Undefined: they can't be had.
 */
async function secretValues(
  pool: Pool,
  record: JobRecord,
  known: KnownSecrets,
): Promise<string[] | undefined> {
  const paths = known.secretPaths ?? [];
  const inSteps = paths.some((path) => path.startsWith("steps"));
  const steps = !inSteps || isSubmitted(known.steps) ? known.steps : await stepsOfEmr(pool, record);
  if (inSteps && steps === undefined) return undefined;
  const values = paths
    // EMR answers a map where it took a list of properties: any of them may be the one.
    .map((path) => path.replace(/(properties)\[.*$/, "$1"))
    .flatMap((path) => texts(valueAtPath({ ...known, steps }, path)));
  return values.filter((value) => value.length > 3);
}

/** Inputs have steps as they were submitted; in the state `steps` are their states. */
function isSubmitted(steps: unknown): boolean {
  return Array.isArray(steps) && steps.every((step) => step?.hadoopJarStep !== undefined);
}

async function stepsOfEmr(pool: Pool, record: JobRecord): Promise<StepConfig[] | undefined> {
  const found = await pool.emr
    .listSteps(record.cluster!, { stepIds: record.ids.slice(0, 10) })
    .catch(() => []);
  const steps = record.ids.map((id) => found.find((step) => step.Id === id));
  if (steps.some((step) => step?.Config === undefined)) return undefined;
  return steps.map((step) => ({
    name: step!.Name!,
    hadoopJarStep: {
      jar: step!.Config!.Jar,
      mainClass: step!.Config!.MainClass,
      args: step!.Config!.Args,
      properties: Object.entries(step!.Config!.Properties ?? {}).map(([key, value]) => ({ key, value })),
    },
  }));
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(texts) : [];
}

/** What a log says may hold a secret that nobody here knows: only the kind and the advice can be told. */
function withoutQuotes({ kind, advice, logUri }: Diagnosis): Diagnosis {
  const message = "the job has secret inputs, which can't be told from other words of its logs now";
  return { kind, message, advice, logUri };
}
