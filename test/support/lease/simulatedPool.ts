import { expect } from "vitest";
import { driveJob, type JobResult } from "../../../provider/lease/driveJob";
import { jobKey } from "../../../provider/lease/jobKey";
import { openPool, type Pool } from "../../../provider/lease/pool";
import type { Choose, JobToPlace, LaunchRequest, PlacementLimits } from "../../../provider/lease/types";
import type { Emr, ObjectStore } from "../../../provider/ports";
import { Oracle } from "../../simulation/oracle";
import { simulatedConstants } from "../../simulation/scenario";
import { SimulatedEmr } from "../../simulation/simulatedEmr";
import { SimulatedStore } from "../../simulation/simulatedStore";
import { Process, World } from "../../simulation/world";

/** What a process's ports do otherwise. */
export interface PortChanges {
  readonly emr?: (emr: Emr) => Partial<Emr>;
  readonly store?: (store: ObjectStore) => Partial<ObjectStore>;
  readonly region?: string;
}

/** A pool in the simulated world, without faults but those that a test makes, and with virtual time. */
export class SimulatedPool {
  readonly world = new World({ seed: 5, faultRate: 0, faultsUntil: 0 });
  readonly oracle: Oracle;
  readonly store: SimulatedStore;
  readonly emr: SimulatedEmr;

  constructor({ stepFails = 0, idleTimeout = 1_000_000, maxClusters = 9 } = {}) {
    this.oracle = new Oracle(this.world, maxClusters);
    this.store = new SimulatedStore(this.oracle);
    this.emr = new SimulatedEmr(this.world, this.oracle, simulatedConstants, {
      ...{ idleTimeout, stepFails, clusterEnds: 0, stepWindow: 1_000 },
    });
  }

  /** A process's own hold on the pool. */
  open(name: string, changes: PortChanges = {}): Pool {
    const process = new Process(this.world, name, 0, () => {}, false);
    const { clock, random } = process;
    const [emr, store] = [this.emr.portOf(process), this.store.portOf(process)];
    return openPool({
      ...{ store: { ...store, ...changes.store?.(store) }, emr: { ...emr, ...changes.emr?.(emr) } },
      ...{ clock, random, poolName: "etl", storeUri: "s3://b", constants: simulatedConstants },
      region: changes.region === undefined ? undefined : async () => changes.region!,
    });
  }

  /** Lets virtual time pass until the promise is settled. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const finish = () => {
      done = true;
    };
    promise.then(finish, finish);
    await this.world.run(() => done, this.world.now + 10_000_000);
    expect(this.world.violations).toEqual([]);
    return promise;
  }

  async pass(milliseconds: number): Promise<void> {
    await this.settle(
      new Process(this.world, `wait ${this.world.now}`, 0, () => {}, false).clock.sleep(milliseconds),
    );
  }

  /** Every step that EMR has accepted. */
  get steps() {
    return [...this.emr.clusters.values()].flatMap((cluster) => cluster.steps);
  }
}

export const simulatedKey = (name: string) =>
  jobKey({ organization: "o", project: "p", stack: "s", parentTypes: [], type: "t", name });

/** A job of one step. */
export function simulatedJob(name: string, change: Partial<JobToPlace> = {}): JobToPlace {
  return {
    key: simulatedKey(name),
    spec: "spec",
    steps: [{ Name: "count", ActionOnFailure: "CONTINUE", HadoopJarStep: { Jar: "command-runner.jar" } }],
    parallelSteps: false,
    holdsSecrets: false,
    who: `o/p/s ${name}`,
    resubmit: "never-started",
    ...change,
  };
}

/** A launch of a cluster; another release is another cluster. */
export function simulatedLaunch(slots = 1, release = "emr-7.5.0"): LaunchRequest {
  const request = {
    Name: "",
    ReleaseLabel: release,
    Instances: { KeepJobFlowAliveWhenNoSteps: true },
    StepConcurrencyLevel: slots,
  };
  return {
    name: "test",
    record: { fingerprint: "0123456789abcdef", schema: 1, request, bootstrapDigests: {} },
    request,
    slots,
  };
}

/** Takes any cluster with room. */
export const chooseAny: Choose = async (entries) => ({
  ranked: entries.filter((entry) => entry.slotsTaken < entry.slots).map((entry) => entry.entryId),
  refused: [{ clusterId: "j-9", rule: "R9", reason: "another release" }],
  worthWaitingFor: entries.map((entry) => entry.entryId),
});

export const simulatedLimits: PlacementLimits = { waitMinutes: 0, timeoutMinutes: 1, maxClusters: 1 };

/** Drives a job to its end in the pool, which may have one cluster. */
export function driveSimulated(
  job: JobToPlace,
  pool: Pool,
  change: {
    readonly until?: "submitted" | "completed";
    readonly signal?: AbortSignal;
    readonly slots?: number;
    readonly limits?: Partial<PlacementLimits>;
    readonly onMessage?: (message: string) => void;
  } = {},
): Promise<JobResult> {
  return driveJob(
    job,
    { ...simulatedLimits, ...change.limits },
    chooseAny,
    simulatedLaunch(change.slots),
    pool,
    {
      until: change.until ?? "completed",
      signal: change.signal,
      onProgress: ({ message }) => change.onMessage?.(message),
    },
  );
}
