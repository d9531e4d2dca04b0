import { beforeEach, describe, expect, test } from "vitest";
import { adoptCluster } from "../../../provider/lease/adopt";
import { drainEntry, undrainEntry } from "../../../provider/lease/drain";
import type { DriveOptions } from "../../../provider/lease/drive";
import { driveJob } from "../../../provider/lease/driveJob";
import { jobKey } from "../../../provider/lease/jobKey";
import { readJob } from "../../../provider/lease/journal";
import { changeFence, openPool, type Pool, readPool } from "../../../provider/lease/pool";
import { retireJob } from "../../../provider/lease/retire";
import { sweep } from "../../../provider/lease/sweep";
import type { Choose, JobToPlace, LaunchRequest, PlacementLimits } from "../../../provider/lease/types";
import type { Emr } from "../../../provider/ports";
import { Oracle } from "../../simulation/oracle";
import { simulatedConstants } from "../../simulation/scenario";
import { SimulatedEmr } from "../../simulation/simulatedEmr";
import { SimulatedStore } from "../../simulation/simulatedStore";
import { Process, World } from "../../simulation/world";

const key = jobKey({ organization: "o", project: "p", stack: "s", parentTypes: [], type: "t", name: "n" });
const job: JobToPlace = {
  key,
  spec: "spec",
  steps: [{ Name: "count", ActionOnFailure: "CONTINUE", HadoopJarStep: { Jar: "command-runner.jar" } }],
  parallelSteps: false,
  holdsSecrets: false,
  who: "o/p/s n",
  resubmit: "never-started",
};
const limits: PlacementLimits = { waitMinutes: 0, timeoutMinutes: 1, maxClusters: 1 };
const request = { Name: "", Instances: { KeepJobFlowAliveWhenNoSteps: true }, StepConcurrencyLevel: 1 };
const launch: LaunchRequest = {
  name: "test",
  record: { fingerprint: "0123456789abcdef", schema: 1, request, bootstrapDigests: {} },
  request,
  slots: 1,
};
const choose: Choose = async (entries) => ({
  ranked: entries.filter((entry) => entry.slotsTaken < entry.slots).map((entry) => entry.entryId),
  refused: [{ clusterId: "j-9", rule: "R9", reason: "another release" }],
  worthWaitingFor: entries.map((entry) => entry.entryId),
});

let world: World;
let store: SimulatedStore;
let emr: SimulatedEmr;
let oracle: Oracle;
let pool: Pool;
let said: string[];

beforeEach(() => setUp());

function setUp({ stepFails = 0, idleTimeout = 1_000_000 } = {}): void {
  world = new World({ seed: 5, faultRate: 0, faultsUntil: 0 });
  oracle = new Oracle(world, 9);
  store = new SimulatedStore(oracle);
  emr = new SimulatedEmr(world, oracle, simulatedConstants, {
    idleTimeout,
    stepFails,
    clusterEnds: 0,
    stepWindow: 1_000,
  });
  pool = open("one");
  said = [];
}

function open(name: string, change: (emr: Emr) => Partial<Emr> = () => ({})): Pool {
  const process = new Process(world, name, 0, () => {}, false);
  const port = emr.portOf(process);
  const { clock, random } = process;
  const ports = { store: store.portOf(process), emr: { ...port, ...change(port) }, clock, random };
  return openPool({ ...ports, poolName: "etl", storeUri: "s3://b", constants: simulatedConstants });
}

/** Lets virtual time pass until the promise is settled. */
async function settle<T>(promise: Promise<T>): Promise<T> {
  let done = false;
  const finish = () => {
    done = true;
  };
  promise.then(finish, finish);
  await world.run(() => done, world.now + 10_000_000);
  expect(world.violations).toEqual([]);
  return promise;
}

async function pass(milliseconds: number): Promise<void> {
  await settle(new Process(world, `wait ${world.now}`, 0, () => {}, false).clock.sleep(milliseconds));
}

function drive(change: Partial<JobToPlace> = {}, options: Partial<DriveOptions> = {}, on = pool) {
  const all: DriveOptions = {
    until: "completed",
    onProgress: ({ message }) => said.push(message),
    ...options,
  };
  return driveJob({ ...job, ...change }, limits, choose, launch, on, all);
}

const steps = () => [...emr.clusters.values()].flatMap((cluster) => cluster.steps);

describe("a create given the journal", () => {
  test("none: launches, submits, ends; again: adopts and runs nothing", async () => {
    const first = await settle(drive());
    expect(first).toMatchObject({
      claimId: `${key}.1`,
      joined: false,
      record: { outcome: { state: "COMPLETED" } },
    });
    expect(await settle(drive({}, {}, open("two")))).toEqual(first);
    expect(steps()).toHaveLength(1);
  });

  test("live: two runs at once submit once", async () => {
    const [one, two] = await settle(Promise.all([drive(), drive({}, {}, open("two"))]));
    expect(one).toEqual(two);
    expect(steps()).toHaveLength(1);
  });

  test("deleted: the next incarnation", async () => {
    const { claimId } = await settle(drive());
    await settle(retireJob(claimId, { cancel: true, timeLimitSeconds: 60 }, pool));
    expect((await settle(drive())).claimId).toBe(`${key}.2`);
    expect(steps()).toHaveLength(2);
  });

  test.each(["never-started", "never", "failed"] as const)("failed, resubmit %s", async (resubmit) => {
    setUp({ stepFails: 1 });
    const first = await settle(drive({ resubmit }));
    expect(first.record.outcome?.state).toBe("FAILED");
    const second = await settle(drive({ resubmit }));
    expect(second.claimId).toBe(`${key}.${resubmit === "failed" ? 2 : 1}`);
    expect(steps()).toHaveLength(resubmit === "failed" ? 2 : 1);
  });

  test("other work that is running: cancelled first, then replaced", async () => {
    await settle(drive({}, { until: "submitted" }));
    oracle.createAsked(key, "other");
    const second = await settle(drive({ spec: "other" }));
    expect(second).toMatchObject({ claimId: `${key}.2`, record: { outcome: { state: "COMPLETED" } } });
  });

  test("of an update: this claim only", async () => {
    const { claimId } = await settle(drive({}, { until: "submitted" }));
    expect((await settle(drive({}, { claimId }))).record.outcome?.state).toBe("COMPLETED");
    await settle(retireJob(claimId, { cancel: true, timeLimitSeconds: 60 }, pool));
    await expect(settle(drive({}, { claimId }))).rejects.toThrow("JOB_RETIRED");
  });
});

describe("the cluster goes away", () => {
  test("before any step began: placed anew; after three moves the job says so", async () => {
    const running = drive();
    let ended = 0;
    const kill = () => {
      for (const cluster of emr.clusters.values())
        if (cluster.state === "STARTING" && cluster.steps.length > 0) {
          ended++;
          emr.terminate(cluster);
        }
      world.schedule(20, kill);
    };
    kill();
    const { record } = await settle(running);
    expect(record).toMatchObject({ moves: 3, outcome: { state: "NEVER_STARTED" } });
    expect(ended).toBe(4);
  });

  test("resubmit never: not placed anew", async () => {
    const kill = () => {
      for (const cluster of emr.clusters.values()) if (cluster.steps.length > 0) emr.terminate(cluster);
      world.schedule(20, kill);
    };
    kill();
    const { record } = await settle(drive({ resubmit: "never" }));
    expect(record).toMatchObject({ moves: 0, outcome: { state: "NEVER_STARTED" } });
  });
});

describe("what the user is told", () => {
  test("no place in time: what it waited for", async () => {
    const blocker = {
      key: jobKey({
        ...{ organization: "o", project: "p", stack: "s", parentTypes: [], type: "t" },
        name: "b",
      }),
    };
    await settle(drive(blocker, { until: "submitted" }));
    for (const cluster of emr.clusters.values()) cluster.state = "STARTING_FOR_EVER";
    await expect(settle(drive())).rejects.toThrow(
      /found no place within 1 minutes: the one matching cluster has no free slot; the nearest miss is j-9 \(another release\); the pool has 1 of at most 1 clusters.*\[POOL_TIMEOUT\]/,
    );
    expect((await settle(readJob(key, pool)))?.ph).toBe("NEW");
  });

  test("a silent attempt: until when it waits, and why", async () => {
    const dead = open("dead", () => ({
      addJobFlowSteps: async () => ({ outcome: "unknown", cause: "no answer" }),
    }));
    const stopped = new AbortController();
    const first = drive({}, { signal: stopped.signal }, dead);
    world.schedule(3_000, () => stopped.abort(new Error("stopped")));
    await expect(settle(first)).rejects.toThrow("stopped");
    const { record } = await settle(drive());
    expect(record).toMatchObject({ fenced: 1, outcome: { state: "COMPLETED" } });
    expect(said.find((line) => line.includes("in flight"))).toMatch(
      /^A previous attempt may still be in flight: waiting until \d\d:\d\d:\d\d \(UTC\) before trying again, because EMR may yet accept/,
    );
    expect(steps()).toHaveLength(1);
  });

  test.each([
    [
      "LAUNCH_REFUSED",
      { runJobFlow: async () => ({ outcome: "refused", code: "ValidationException", message: "no" }) },
    ],
    [
      "SUBMIT_DENIED",
      { addJobFlowSteps: async () => ({ outcome: "refused", code: "AccessDeniedException", message: "no" }) },
    ],
    [
      "CALL_NOT_SENT",
      { addJobFlowSteps: async () => ({ outcome: "notSent", reason: "the clock is 2 h off" }) },
    ],
  ] as [string, Partial<Emr>][])("%s, and the next run finds nothing in its way", async (code, broken) => {
    await expect(
      settle(
        drive(
          {},
          {},
          open("denied", () => broken),
        ),
      ),
    ).rejects.toThrow(code);
    expect((await settle(drive())).record.outcome?.state).toBe("COMPLETED");
  });

  test("steps that EMR refuses end the job", async () => {
    const refused = { outcome: "refused", code: "ValidationException", message: "Jar is empty" } as const;
    const { record } = await settle(
      drive(
        {},
        {},
        open("bad", () => ({ addJobFlowSteps: async () => refused })),
      ),
    );
    expect(record.outcome).toMatchObject({
      state: "FAILED",
      message: "EMR refused the job's steps: Jar is empty",
    });
  });
});

test("previews and refreshes write nothing (I10)", async () => {
  await settle(drive());
  const before = new Map(store.objects);
  const callsWrite = () => {
    throw new Error("a write of EMR");
  };
  const reading = open("reader", () => ({
    runJobFlow: callsWrite,
    addJobFlowSteps: callsWrite,
    cancelSteps: callsWrite,
  }));
  await settle(Promise.all([readPool(reading), readJob(key, reading), reading.views.activeClusters()]));
  expect(store.objects).toEqual(before);
});

describe("deletes", () => {
  test("cancel: the step ends, the slot is free; again and for a claim nobody knows: nothing to do", async () => {
    const { claimId } = await settle(drive({}, { until: "submitted" }));
    oracle.deleteAsked(claimId);
    const retire = () => settle(retireJob(claimId, { cancel: true, timeLimitSeconds: 60 }, pool));
    expect(await retire()).toEqual({ finished: true });
    expect(await retire()).toEqual({ finished: true });
    expect((await settle(readPool(pool)))?.entries[0]?.slotsTaken).toBe(0);
    const unknown = `${"z".repeat(26)}.1`;
    expect(await settle(retireJob(unknown, { cancel: true, timeLimitSeconds: 1 }, pool))).toEqual({
      finished: true,
    });
    await expect(retireJob("../x.1", { cancel: true, timeLimitSeconds: 1 }, pool)).rejects.toThrow(
      "INVALID_INPUT",
    );
  });

  test("leave: at once; the slot is free when the steps have ended", async () => {
    const { claimId } = await settle(drive({}, { until: "submitted" }));
    expect(await settle(retireJob(claimId, { cancel: false, timeLimitSeconds: 60 }, pool))).toEqual({
      finished: true,
    });
    expect((await settle(readPool(pool)))?.entries[0]?.slotsTaken).toBe(1);
    await pass(20_000);
    expect(steps()[0]?.state).toBe("COMPLETED");
    expect((await settle(sweep(pool))).freed).toBe(1);
    expect((await settle(readPool(pool)))?.entries[0]?.slotsTaken).toBe(0);
  });

  test("a cancel that does not work: a warning that says who goes on", async () => {
    const deaf = open("deaf", () => ({ cancelSteps: async () => [] }));
    const { claimId } = await settle(drive({}, { until: "submitted" }));
    for (const cluster of emr.clusters.values()) cluster.state = "STARTING_FOR_EVER";
    const result = await settle(retireJob(claimId, { cancel: true, timeLimitSeconds: 5 }, deaf));
    expect(result).toMatchObject({ finished: false, warning: expect.stringContaining("emrpool sweep") });
  });
});

describe("clusters from outside, drained clusters, the fence", () => {
  async function outside(name = "by hand"): Promise<string> {
    const port = emr.portOf(new Process(world, "hand", 0, () => {}, false));
    oracle.launched = () => {};
    const answer = await settle(port.runJobFlow({ ...request, Name: name }, new Date(world.now + 1_000)));
    return answer.outcome === "accepted" ? answer.value.clusterId : "";
  }

  test("adopted once, counted, joined by pool.clusterId", async () => {
    const clusterId = await outside();
    const [one, two] = await settle(
      Promise.all([adoptCluster(clusterId, pool), adoptCluster(clusterId, open("two"))]),
    );
    expect(one).toBe(two);
    expect((await settle(readPool(pool)))?.entries).toMatchObject([{ entryId: one, clusterId, slots: 1 }]);
    await expect(settle(adoptCluster("j-404", pool))).rejects.toThrow(/not known to EMR.*\[ADOPT_REFUSED\]/);
  });

  test("adopting beyond maxClusters, or another pool's cluster, is refused", async () => {
    await settle(drive());
    await expect(settle(adoptCluster(await outside(), pool, { maxClusters: 1 }))).rejects.toThrow(
      "already has its 1 clusters",
    );
    const foreign = await outside("x #pe.other.1.0123456789abcdef.otherpool1.entry1.1");
    await expect(settle(adoptCluster(foreign, pool))).rejects.toThrow("launched by another pool (other)");
  });

  test("drain waits for jobs, then ends the cluster; undrain takes it back before", async () => {
    await settle(drive({}, { until: "submitted" }));
    const { entryId } = (await settle(readPool(pool)))!.entries[0]!;
    expect(await settle(drainEntry(entryId, pool))).toBe("waitingForJobs");
    await settle(undrainEntry(entryId, pool));
    await settle(drive());
    expect(await settle(drainEntry(entryId, pool))).toBe("ending");
    await pass(5_000);
    await settle(sweep(pool));
    expect((await settle(readPool(pool)))?.entries).toEqual([]);
    expect([...emr.clusters.values()].map((cluster) => cluster.state)).toEqual(["TERMINATED"]);
    await expect(settle(drainEntry(entryId, pool))).rejects.toThrow("NO_SUCH_ENTRY");
  });

  test("drain notes the end of jobs that nobody watches", async () => {
    await settle(drive({}, { until: "submitted" }));
    const { entryId } = (await settle(readPool(pool)))!.entries[0]!;
    expect(await settle(drainEntry(entryId, pool))).toBe("waitingForJobs");
    await pass(20_000);
    expect(await settle(drainEntry(entryId, pool))).toBe("ending");
  });

  test("the fence is raised freely and lowered only when measured", async () => {
    expect(await settle(changeFence(pool, { visibilitySeconds: 300 }, false))).toMatchObject({
      visibilitySeconds: 300,
    });
    await expect(settle(changeFence(pool, { visibilitySeconds: 10 }, false))).rejects.toThrow(
      "FENCE_NOT_MEASURED",
    );
    expect(await settle(changeFence(pool, { visibilitySeconds: 10 }, true))).toMatchObject({
      visibilitySeconds: 10,
    });
    await expect(settle(changeFence(pool, { signatureAgeSeconds: 0 }, true))).rejects.toThrow(
      "INVALID_INPUT",
    );
  });
});
