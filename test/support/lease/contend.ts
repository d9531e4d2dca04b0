import { performance } from "node:perf_hooks";
import { adoptCluster } from "../../../provider/lease/adopt";
import { parseStepName } from "../../../provider/lease/stepToken";
import type { LeaseWorld } from "./leaseWorld";
import { runProgram } from "./programs";
import { openForRun, type ProgramLine, type ProgramRequest, runJobs } from "./runJobs";

/** Many jobs for few clusters, all at once. */
export interface ContentionRequest {
  /** Processes; 0: the jobs run in this one. */
  readonly processes: number;
  readonly jobsPerProcess: number;
  /** Step concurrency of each cluster. */
  readonly slots: number;
  readonly maxClusters: number;
  /** Clusters that wait, free, before the jobs come. */
  readonly warm: number;
  readonly constants?: ProgramRequest["constants"];
  readonly timeoutMinutes?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly storeUri?: string;
}

/** What it took. Times in seconds; a job's time to a place is its own process's, start-up not counted. */
export interface Contention {
  readonly jobs: number;
  readonly placed: number;
  readonly failures: readonly Extract<ProgramLine, { code: string }>[];
  readonly seconds: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly emrCalls: number;
  readonly emrCallsByOperation: Readonly<Record<string, number>>;
  readonly s3Calls: number;
  readonly throttles: number;
  readonly clusters: number;
  /** Most steps that were at once on one cluster, waiting ones too, by EMR's times. */
  readonly mostStepsAtOnce: number;
}

let unused = 0;

/** Runs the jobs and counts. */
export async function contend(world: LeaseWorld, request: ContentionRequest): Promise<Contention> {
  const poolName = `contention${++unused}`;
  const base: ProgramRequest = {
    operation: "create",
    storeUri: request.storeUri ?? world.storeUri(poolName),
    endpoint: request.environment ? undefined : world.server.url,
    poolName,
    constants: request.constants ?? {},
    slots: request.slots,
    maxClusters: request.maxClusters,
    timeoutMinutes: request.timeoutMinutes ?? 30,
    jobs: [],
  };
  await warmUp(world, base, request);
  const before = (await world.calls()).at(-1)?.number ?? 0;
  const startedAt = performance.now();
  const lines = await place(world, base, request);
  const seconds = (performance.now() - startedAt) / 1_000;
  const calls = await world.calls(before);
  const emr = calls.filter((call) => call.service === "emr");
  const placed = lines.filter((line) => "claimId" in line);
  const times = placed.map((line) => line.milliseconds / 1_000).sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    jobs: lines.length,
    placed: placed.length,
    failures: lines.filter((line) => "code" in line),
    seconds,
    p50: at(0.5),
    p95: at(0.95),
    max: at(1),
    emrCalls: emr.length,
    emrCallsByOperation: countBy(emr.map((call) => call.operation)),
    s3Calls: calls.length - emr.length,
    throttles: emr.filter((call) => call.code === "ThrottlingException").length,
    clusters: (await world.clusters(poolName)).length + request.warm,
    mostStepsAtOnce: await mostStepsAtOnce(world),
  };
}

async function warmUp(world: LeaseWorld, base: ProgramRequest, request: ContentionRequest): Promise<void> {
  if (request.warm === 0) return;
  const input = {
    Name: "warm",
    ReleaseLabel: "emr-7.5.0",
    ServiceRole: "EMR_DefaultRole",
    JobFlowRole: "EMR_EC2_DefaultRole",
    StepConcurrencyLevel: request.slots,
    Instances: { InstanceGroups: [{ InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 1 }] },
  };
  const seeds = Array.from({ length: request.warm }, () => ({ input }));
  const { clusterIds } = await world.admin<{ clusterIds: string[] }>("emr/clusters", "POST", seeds);
  const pool = openForRun({ ...base, endpoint: world.server.url });
  for (const clusterId of clusterIds) await adoptCluster(clusterId, pool);
}

async function place(
  world: LeaseWorld,
  base: ProgramRequest,
  { processes, jobsPerProcess, environment }: ContentionRequest,
): Promise<ProgramLine[]> {
  const jobsOf = (index: number) =>
    Array.from({ length: jobsPerProcess }, (_, job) => ({ name: `job${index}.${job}` }));
  if (processes === 0) return (await runJobs({ ...base, jobs: jobsOf(0) })).lines;
  const ends = await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      runProgram({ ...world.environment, ...environment }, { ...base, jobs: jobsOf(index) }),
    ),
  );
  for (const { lines, errors } of ends)
    if (lines.length < jobsPerProcess) throw new Error(`a process died: ${errors}`);
  return ends.flatMap(({ lines }) => lines);
}

/** By the times EMR keeps of each step, so that nothing is missed between two looks. */
async function mostStepsAtOnce(world: LeaseWorld): Promise<number> {
  let most = 0;
  for (const steps of await world.stepsByCluster()) {
    const events = steps
      .filter((step) => parseStepName(step.Name) !== undefined)
      .flatMap(({ Status }) => [
        { at: Status!.Timeline!.CreationDateTime!.getTime(), change: 1 },
        { at: Status!.Timeline!.EndDateTime?.getTime() ?? Number.POSITIVE_INFINITY, change: -1 },
      ])
      .sort((a, b) => a.at - b.at || a.change - b.change);
    let now = 0;
    for (const { change } of events) {
      now += change;
      most = Math.max(most, now);
    }
  }
  return most;
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
