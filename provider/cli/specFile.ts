import type { ClusterSpec, PoolSpec, StepConfig } from "../args";
import { PooledEmrError } from "../errors";
import type { Problem } from "../lifecycle/validation/problem";
import { shapeProblems } from "../lifecycle/validation/validate";
import { readJsonFile } from "./jsonFile";

/** What a command reads of a job or cluster spec. */
export interface JobSpecFile {
  readonly cluster: ClusterSpec;
  readonly pool: Partial<PoolSpec>;
  readonly steps: readonly StepConfig[];
  readonly parallelSteps?: boolean;
  readonly region?: string;
}

/** What a resource needs and a command does not: stands in for the check where the spec leaves it out. */
const needless = {
  pool: { name: "pool", store: "s3://bucket" },
  steps: [{ name: "step", hadoopJarStep: { jar: "command-runner.jar" } }],
};

/**
 * Reads the inputs of a `PooledEmrJob` (`{ pool, cluster, steps }`), or only its `cluster`, from a JSON file. Fields
 * and types are checked as the resource's are; `pool`, its fields and `steps` may be left out.
 *
 * @throws PooledEmrError INVALID_ARGUMENT
 */
export async function readSpecFile(file: string): Promise<JobSpecFile> {
  const json = await readJsonFile(file);
  const subject = file === "-" ? "stdin" : `file ${file}`;
  const inputs = isObject(json) && "instances" in json ? { cluster: json } : json;
  if (!isObject(inputs) || inputs.cluster === undefined)
    throw new PooledEmrError("INVALID_ARGUMENT", {
      subject,
      problem: "is no job or cluster spec: it has neither `cluster` nor `instances`",
      allowed:
        'the inputs of a PooledEmrJob ({ "pool", "cluster", "steps" }) or its "cluster", field names as in the program',
      fix: "Correct the file and try again",
    });
  const { pool = {}, steps = [] } = inputs;
  const problems = shapeProblems({
    ...inputs,
    pool: isObject(pool) ? { ...needless.pool, ...pool } : pool,
    steps: Array.isArray(steps) && steps.length === 0 ? needless.steps : steps,
  });
  const spec = { ...inputs, pool, steps } as unknown as JobSpecFile;
  if (problems.length === 0 && !spec.cluster.instances && spec.pool.clusterId === undefined)
    problems.push({
      property: "cluster.instances",
      problem: "is missing",
      allowed: "instanceGroups or instanceFleets",
    });
  if (problems.length > 0) throw invalid(subject, problems);
  return spec;
}

/** A file says of no value that it is secret; these may be. */
const mayBeSecret = /kerberosAttributes|\.properties|\.args\b/;

function invalid(subject: string, problems: readonly Problem[]): PooledEmrError {
  const { property, got, ...details } = problems[0]!;
  const first = problems.length > 1 ? ` (1 of ${problems.length} problems)` : "";
  return new PooledEmrError("INVALID_ARGUMENT", {
    fix: "Correct the file and try again",
    ...details,
    got: mayBeSecret.test(property) ? undefined : got,
    subject: `${subject}${first}: ${property}`,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
