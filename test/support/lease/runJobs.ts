import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { openEmr } from "../../../provider/emr/emrClient";
import { createEmrReader } from "../../../provider/emr/emrReader";
import type { ProtocolConstants } from "../../../provider/lease/constants";
import { driveJob } from "../../../provider/lease/driveJob";
import { base32, jobKey } from "../../../provider/lease/jobKey";
import { openPool, type Pool } from "../../../provider/lease/pool";
import { retireJob } from "../../../provider/lease/retire";
import { openS3ObjectStore } from "../../../provider/lease/s3ObjectStore";
import { sweep } from "../../../provider/lease/sweep";
import type { Choose, LaunchRequest } from "../../../provider/lease/types";
import type { Clock, Emr, ObjectStore, Random } from "../../../provider/ports";

/** What a program is told to do. */
export interface ProgramRequest {
  readonly operation: "create" | "update" | "delete" | "sweep";
  readonly storeUri: string;
  /** Of EMR and S3. Default: what the environment says. */
  readonly endpoint?: string;
  readonly poolName: string;
  readonly constants: Partial<ProtocolConstants>;
  /** Names of the jobs, all driven at once; for update and delete their claims. */
  readonly jobs: readonly { readonly name: string; readonly steps?: number; readonly claimId?: string }[];
  readonly slots: number;
  readonly maxClusters?: number;
  readonly timeoutMinutes?: number;
  readonly until?: "submitted" | "completed";
}

/** One line of output for each job. */
export type ProgramLine =
  | {
      readonly name: string;
      readonly claimId: string;
      readonly cluster?: string;
      readonly ids: string[];
      readonly state?: string;
      readonly milliseconds: number;
    }
  | { readonly name: string; readonly code: string; readonly message: string };

/** Told of each request before it is sent and after its answer has come. */
export type OnRequest = (number: number, when: "before" | "after", method: string) => void;

const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};
const random: Random = {
  next: Math.random,
  id: (length) => base32(randomBytes(length)).slice(0, length),
};

/** Counts the requests of a port. */
function counted<Port extends object>(port: Port, count: { requests: number }, onRequest: OnRequest): Port {
  return new Proxy(port, {
    get(target, name) {
      const method = target[name as keyof Port];
      if (typeof method !== "function") return method;
      return async (...inputs: unknown[]) => {
        const number = ++count.requests;
        onRequest(number, "before", String(name));
        const answer = await method.apply(target, inputs);
        onRequest(number, "after", String(name));
        return answer;
      };
    },
  });
}

/** The pool over real adapters. */
export function openForRun(
  request: ProgramRequest,
  count = { requests: 0 },
  onRequest: OnRequest = () => {},
): Pool {
  // `undefined`: the program's environment says where EMR and S3 are, as in life.
  const client = {
    region: "us-east-1",
    ...(request.endpoint === undefined
      ? {}
      : { endpoint: request.endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } }),
  };
  const s3 = openS3ObjectStore({ uri: request.storeUri, config: { ...client, forcePathStyle: true } });
  const emr: Emr = openEmr(client, createEmrReader({ client }), () => s3.clockOffset());
  return openPool({
    store: counted<ObjectStore>({ get: s3.get, put: s3.put, list: s3.list }, count, onRequest),
    emr: counted(emr, count, onRequest),
    clock,
    random,
    poolName: request.poolName,
    storeUri: request.storeUri,
    constants: request.constants,
  });
}

function launchOf(request: ProgramRequest): LaunchRequest {
  const cluster = {
    Name: "test",
    ReleaseLabel: "emr-7.5.0",
    ServiceRole: "EMR_DefaultRole",
    JobFlowRole: "EMR_EC2_DefaultRole",
    StepConcurrencyLevel: request.slots,
    AutoTerminationPolicy: { IdleTimeout: 3_600 },
    Instances: {
      KeepJobFlowAliveWhenNoSteps: true,
      InstanceGroups: [{ InstanceRole: "MASTER" as const, InstanceType: "m5.xlarge", InstanceCount: 1 }],
    },
  };
  return {
    name: "test",
    record: { fingerprint: "0123456789abcdef", schema: 1, request: cluster, bootstrapDigests: {} },
    request: cluster,
    slots: request.slots,
  };
}

/** A matcher that takes any live cluster with room: one look at EMR, shared by all processes of the pool. */
function chooseLive(pool: Pool): Choose {
  return async (entries) => {
    const states = new Map(
      (await pool.views.activeClusters()).map((summary) => [summary.Id, summary.Status?.State]),
    );
    const alive = entries.filter(
      (entry) => entry.clusterId === undefined || states.get(entry.clusterId) !== "TERMINATING",
    );
    const free = alive.filter((entry) => entry.slotsTaken < entry.slots);
    return {
      ranked: free.sort((a, b) => b.slotsTaken - a.slotsTaken).map((entry) => entry.entryId),
      refused: [],
      worthWaitingFor: alive.map((entry) => entry.entryId),
    };
  };
}

async function runJob(
  request: ProgramRequest,
  pool: Pool,
  job: ProgramRequest["jobs"][number],
): Promise<ProgramLine> {
  const { name } = job;
  const startedAt = performance.now();
  if (request.operation === "delete") {
    const { finished, warning } = await retireJob(job.claimId!, { cancel: true, timeLimitSeconds: 60 }, pool);
    if (!finished) throw new Error(warning);
    return { name, claimId: job.claimId!, ids: [], milliseconds: performance.now() - startedAt };
  }
  const steps = Array.from({ length: job.steps ?? 1 }, (_, index) => ({
    Name: `step ${index}`,
    ActionOnFailure: "CONTINUE" as const,
    HadoopJarStep: { Jar: "command-runner.jar", Args: ["true"] },
  }));
  const { claimId, record } = await driveJob(
    {
      key: jobKey({ organization: "o", project: "p", stack: "s", parentTypes: [], type: "t", name }),
      spec: "spec",
      steps,
      parallelSteps: false,
      holdsSecrets: false,
      who: name,
      resubmit: "never-started",
    },
    { maxClusters: request.maxClusters, waitMinutes: 0, timeoutMinutes: request.timeoutMinutes ?? 5 },
    chooseLive(pool),
    launchOf(request),
    pool,
    { until: request.until ?? "submitted", claimId: job.claimId },
  );
  const milliseconds = performance.now() - startedAt;
  return {
    name,
    claimId,
    cluster: record.cluster,
    ids: record.ids,
    state: record.outcome?.state,
    milliseconds,
  };
}

/** Does what the request says; `onLine` gets one line for each job as it ends. Returns the number of requests sent. */
export async function runJobs(
  request: ProgramRequest,
  onRequest: OnRequest = () => {},
  onLine: (line: ProgramLine) => void = () => {},
): Promise<{ requests: number; lines: ProgramLine[] }> {
  const count = { requests: 0 };
  const pool = openForRun(request, count, onRequest);
  if (request.operation === "sweep") await sweep(pool);
  const lines = await Promise.all(
    request.jobs.map(async (job) => {
      const line = await runJob(request, pool, job).catch(
        (error): ProgramLine => ({ name: job.name, code: error.code ?? error.name, message: error.message }),
      );
      onLine(line);
      return line;
    }),
  );
  return { requests: count.requests, lines };
}
