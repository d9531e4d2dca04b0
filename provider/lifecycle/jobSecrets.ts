import { valueAtPath } from "../inputPaths";
import type { Pool } from "../lease/pool";
import type { JobRecord } from "../lease/records";
import type { ProviderInputs } from "./state";

/** What is known of a job: its inputs, or its state, in which `steps` are states and not what was submitted. */
export type KnownInputs = Pick<ProviderInputs, "secretPaths" | "cluster"> & {
  readonly steps: unknown;
  readonly executionRoleArn?: string;
  readonly triggers?: unknown;
};

/** The Pulumi secrets among the inputs of one job: what no text about it may show. */
export interface JobSecrets {
  /** Whether there are any. */
  readonly any: boolean;
  /** Their values; undefined if they can't be had. Works them out at the first call. */
  values(): Promise<readonly string[] | undefined>;
}

/**
 * The secrets of a job. Its journal says that it has some where the inputs can't: who reads another stack's job by its
 * id was given neither values nor paths.
 */
export function secretsOf(pool: Pool, record: JobRecord, known: KnownInputs): JobSecrets {
  const paths = known.secretPaths ?? [];
  let values: Promise<readonly string[] | undefined> | undefined;
  return {
    any: paths.length > 0 || record.hasSecretInputs === true,
    values: () => {
      values ??= paths.length > 0 ? valuesAt(paths, pool, record, known) : noValues(record);
      return values;
    },
  };
}

async function noValues(record: JobRecord): Promise<string[] | undefined> {
  return record.hasSecretInputs ? undefined : [];
}

/** Outputs have no steps, so that at a refresh secret arguments come from EMR, which got them in plain. */
async function valuesAt(
  paths: readonly string[],
  pool: Pool,
  record: JobRecord,
  known: KnownInputs,
): Promise<string[] | undefined> {
  const inSteps = paths.some((path) => path.startsWith("steps"));
  const steps = !inSteps || isSubmitted(known.steps) ? known.steps : await stepsOfEmr(pool, record);
  if (inSteps && steps === undefined) return undefined;
  const values = paths
    // EMR answers a map where it took a list of properties: any of them may be the one.
    .map((path) => path.replace(/(hadoopJarStep\.properties)\[.*$/, "$1"))
    .flatMap((path) => texts(valueAtPath({ ...known, steps }, path)));
  return values.filter((value) => value.length > 3);
}

/** Inputs have steps as they were submitted; in the state `steps` are their states. */
function isSubmitted(steps: unknown): boolean {
  return Array.isArray(steps) && steps.every((step) => step?.hadoopJarStep !== undefined);
}

async function stepsOfEmr(pool: Pool, record: JobRecord): Promise<object[] | undefined> {
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
      properties: Object.values(step!.Config!.Properties ?? {}).map((value) => ({ value })),
    },
  }));
}

/**
 * Fields that are no secret for standing in a step, or a list of steps, that is one as a whole: EMR and the outputs
 * show a step's name to everybody, and the others are words of EMR.
 */
const plainFields = new Set(["name", "actionOnFailure", "jar", "classification", "key"]);

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([field, item]) => (plainFields.has(field) ? [] : texts(item)));
}
