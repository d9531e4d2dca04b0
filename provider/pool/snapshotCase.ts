import { z } from "zod";
import { PooledEmrError } from "../errors";
import type { Candidate, DecisionContext, LiveFacts, PoolRequest } from "./candidate";
import { type DescribedCluster, describedTraits } from "./describedTraits";
import type { InstanceTypeTable } from "./instanceTypes";
import { matchableForm } from "./requestForm";
import {
  caseForm,
  casesForm,
  type SnapshotCaseForm,
  type SnapshotCluster,
  type SnapshotSizes,
} from "./snapshotForm";

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
 * @param source of the value, for errors: the file's name
 * @throws PooledEmrError INVALID_ARGUMENT, with the case, if the value has not this form
 */
export function readSnapshot(json: unknown, source: string, shipped: InstanceTypeTable): SnapshotCase[] {
  const isOne = typeof json !== "object" || json === null || !("cases" in json);
  if (isOne) return [toCase(parsed(caseForm, json, source), undefined, shipped)];
  const { cases, instanceTypes } = parsed(casesForm, json, source);
  return cases.map((item, index) => {
    const id = (item as { id?: unknown } | null)?.id;
    const name = typeof id === "string" ? id : `number ${index + 1}`;
    return toCase(parsed(caseForm, item, `${source}: case ${name}`), instanceTypes, shipped);
  });
}

function parsed<Form extends z.ZodType>(form: Form, value: unknown, subject: string): z.infer<Form> {
  const result = form.safeParse(value);
  // The value itself: a copy would lack properties named `__proto__`.
  if (result.success) return value as z.infer<Form>;
  throw new PooledEmrError("INVALID_ARGUMENT", {
    subject,
    problem: `is not a snapshot: ${z.prettifyError(result.error)}`,
    fix: "Correct the file and try again",
    cause: result.error,
  });
}

function toCase(
  item: SnapshotCaseForm,
  fileTypes: SnapshotSizes | null | undefined,
  shipped: InstanceTypeTable,
): SnapshotCase {
  const { pool, stepsToAdd, bootstrapFiles, ...cluster } = item.request;
  const types = item.instanceTypes ?? fileTypes;
  return {
    id: item.id,
    request: {
      poolName: pool.poolName,
      cluster: matchableForm(cluster),
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

function toTable(types: SnapshotSizes): InstanceTypeTable {
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

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const latestTime = 8.64e15;

/** A lock whose time can't be read is no lock (R41); one without a time never expires. */
function lockFacts(lock: SnapshotCluster["lock"]): LiveFacts["lock"] {
  if (!lock) return undefined;
  const owner = lock.owner ?? "another job";
  if (lock.expiresAt === undefined || lock.expiresAt === null) return { owner };
  // A number is seconds since 1970, the form mrjob writes.
  const isNumber = typeof lock.expiresAt === "number" || /^\d+(\.\d+)?$/.test(lock.expiresAt);
  const expiresAt = isNumber ? Number(lock.expiresAt) * 1000 : new Date(lock.expiresAt).getTime();
  if (Number.isNaN(expiresAt)) return undefined;
  // Beyond the last time there is, a lock ends as little as one without a time.
  return expiresAt > latestTime ? { owner } : { owner, expiresAt };
}

function milliseconds(time: Date | string | null | undefined): number | undefined {
  if (!time) return undefined;
  const value = new Date(time).getTime();
  return Number.isNaN(value) ? undefined : value;
}
