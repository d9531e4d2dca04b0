import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { PooledEmrError } from "../errors";
import type { Candidate, DecisionContext, LiveFacts, PoolRequest } from "./candidate";
import { type DescribedCluster, describedTraits } from "./describedTraits";
import type { InstanceTypeTable } from "./instanceTypes";

const count = z.number().nonnegative();
const texts = z.record(z.string(), z.string()).nullish();
const sizes = z.record(
  z.string(),
  z.looseObject({ memoryGiB: z.number(), vcpus: z.number(), architecture: z.string().nullish() }),
);

/** Fields that start with a capital letter are EMR's: their form is EMR's matter and is not checked here. */
const clusterSchema = z.looseObject({
  Id: z.string(),
  Status: z.looseObject({ State: z.string() }),
  pool: z.string().nullish(),
  lock: z
    .looseObject({ owner: z.string().nullish(), expiresAt: z.union([z.string(), z.number()]).nullish() })
    .nullish(),
  stepCounts: z.record(z.string(), count).nullish(),
  additionalInfo: z.unknown().optional(),
  bootstrapFiles: texts,
  yarn: z.looseObject({ availableMB: z.number(), availableVirtualCores: z.number().nullish() }).nullish(),
  lastActivity: z.string().nullish(),
});

const caseSchema = z.looseObject({
  id: z.string(),
  now: z.string(),
  clusters: z.array(clusterSchema),
  request: z.looseObject({
    pool: z.looseObject({
      poolName: z.string(),
      maxConcurrentSteps: z.number().nullish(),
      minAvailableMb: z.number().nullish(),
      minAvailableVirtualCores: z.number().nullish(),
      clusterId: z.string().nullish(),
      prefer: z.enum(["most-powerful", "best-fit"]).nullish(),
    }),
    StepConcurrencyLevel: z.number().nullish(),
    stepsToAdd: count.nullish(),
    bootstrapFiles: texts,
  }),
  instanceTypes: sizes.nullish(),
});

const fileSchema = z.union([
  z.looseObject({ cases: z.array(caseSchema), instanceTypes: sizes.nullish() }),
  caseSchema,
]);

type CaseFile = z.infer<typeof fileSchema>;
type SnapshotCluster = z.infer<typeof clusterSchema>;

/** One question as data: a request, the clusters there are, and the time. */
export interface SnapshotCase {
  readonly id: string;
  readonly request: PoolRequest;
  readonly candidates: readonly Candidate[];
  readonly context: DecisionContext;
}

/**
 * Reads one case, or `{ "cases": [...] }`. A file brings its own table of instance types; without one `shipped`
 * is used.
 *
 * @throws PooledEmrError INVALID_ARGUMENT if the value has not this form
 */
export function readSnapshot(json: unknown, source: string, shipped: InstanceTypeTable): SnapshotCase[] {
  const file = fileSchema.safeParse(json);
  if (!file.success)
    throw new PooledEmrError("INVALID_ARGUMENT", {
      subject: source,
      problem: `is not a snapshot: ${z.prettifyError(pickBranch(json))}`,
      cause: file.error,
    });
  return casesOf(file.data).map((item) => toCase(item, file.data.instanceTypes, shipped));
}

/** The errors of the form the file is meant to have, instead of those of both forms. */
function pickBranch(json: unknown): z.ZodError {
  const many = typeof json === "object" && json !== null && "cases" in json;
  const schema = many ? z.looseObject({ cases: z.array(caseSchema) }) : caseSchema;
  return schema.safeParse(json).error ?? new z.ZodError([]);
}

function casesOf(file: CaseFile): z.infer<typeof caseSchema>[] {
  return "cases" in file
    ? (file.cases as z.infer<typeof caseSchema>[])
    : [file as z.infer<typeof caseSchema>];
}

function toCase(
  item: z.infer<typeof caseSchema>,
  fileTypes: z.infer<typeof sizes> | null | undefined,
  shipped: InstanceTypeTable,
): SnapshotCase {
  const { pool, stepsToAdd, bootstrapFiles, ...cluster } = item.request;
  const types = item.instanceTypes ?? fileTypes;
  return {
    id: item.id,
    request: {
      poolName: pool.poolName,
      cluster: cluster as unknown as RunJobFlowInput,
      maxConcurrentSteps: pool.maxConcurrentSteps ?? item.request.StepConcurrencyLevel ?? 1,
      stepsToAdd: stepsToAdd ?? 1,
      clusterId: pool.clusterId || undefined,
      prefer: pool.prefer ?? undefined,
      minAvailableMB: pool.minAvailableMb ?? 0,
      minAvailableVirtualCores: pool.minAvailableVirtualCores ?? 0,
      uploadedFiles: bootstrapFiles ?? {},
    },
    candidates: item.clusters.map(toCandidate),
    context: { now: new Date(item.now), instanceTypes: types ? toTable(types) : shipped },
  };
}

function toTable(types: z.infer<typeof sizes>): InstanceTypeTable {
  return new Map(
    Object.entries(types).map(([type, size]) => [
      type,
      { vCpu: size.vcpus, memoryGiB: size.memoryGiB, architecture: size.architecture ?? undefined },
    ]),
  );
}

function toCandidate(item: SnapshotCluster): Candidate {
  const { pool, lock, stepCounts, additionalInfo, bootstrapFiles, yarn, lastActivity, ...described } = item;
  const cluster = described as DescribedCluster;
  return {
    id: item.Id,
    pool: pool ?? null,
    ours: false,
    traits: describedTraits(cluster, { additionalInfo, uploadedFiles: bootstrapFiles ?? {} }),
    live: {
      state: item.Status.State,
      ...stepFacts(stepCounts ?? {}),
      lock: lockFacts(lock),
      yarn: yarn && { ...yarn, availableVirtualCores: yarn.availableVirtualCores ?? undefined },
      readyAt: milliseconds(cluster.Status?.Timeline?.ReadyDateTime),
      lastActivity: milliseconds(lastActivity),
    },
  };
}

const ended = new Set(["COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED"]);

/** Step facts from the number of steps per state. */
export function stepFacts(counts: Readonly<Record<string, number>>): Pick<LiveFacts, "steps" | "stepsTotal"> {
  let [unfinished, stepsTotal] = [0, 0];
  for (const [state, number] of Object.entries(counts)) {
    stepsTotal += number;
    if (!ended.has(state)) unfinished += number;
  }
  return {
    steps: { pending: counts.PENDING ?? 0, running: counts.RUNNING ?? 0, unfinished },
    stepsTotal,
  };
}

/** A lock whose time can't be read is no lock (R41); one without a time never expires. */
function lockFacts(lock: SnapshotCluster["lock"]): LiveFacts["lock"] {
  if (!lock) return undefined;
  const owner = lock.owner ?? "another job";
  if (lock.expiresAt === undefined || lock.expiresAt === null) return { owner };
  // A number is seconds since 1970, the form mrjob writes.
  const expiresAt =
    typeof lock.expiresAt === "number" ? lock.expiresAt * 1000 : new Date(lock.expiresAt).getTime();
  return Number.isNaN(expiresAt) ? undefined : { owner, expiresAt };
}

function milliseconds(time: Date | string | null | undefined): number | undefined {
  if (!time) return undefined;
  const value = new Date(time).getTime();
  return Number.isNaN(value) ? undefined : value;
}
