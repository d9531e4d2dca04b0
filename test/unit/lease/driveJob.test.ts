import { beforeEach, describe, expect, test } from "vitest";
import type { DriveOptions } from "../../../provider/lease/drive";
import { driveJob } from "../../../provider/lease/driveJob";
import { readJob } from "../../../provider/lease/journal";
import { type Pool, readPool } from "../../../provider/lease/pool";
import { retireJob } from "../../../provider/lease/retire";
import { sweep } from "../../../provider/lease/sweep";
import type { JobToPlace } from "../../../provider/lease/types";
import type { Emr } from "../../../provider/ports";
import {
  chooseAny,
  type PortChanges,
  SimulatedPool,
  simulatedJob,
  simulatedKey,
  simulatedLaunch,
  simulatedLimits,
} from "../../support/lease/simulatedPool";

const key = simulatedKey("n");
const job = simulatedJob("n");

let there: SimulatedPool;
let pool: Pool;
let said: string[];

beforeEach(() => setUp());

function setUp(options: { stepFails?: number } = {}): void {
  there = new SimulatedPool(options);
  pool = there.open("one");
  said = [];
}

const open = (name: string, emr?: PortChanges["emr"]) => there.open(name, { emr });
const settle = <T>(promise: Promise<T>) => there.settle(promise);

function drive(change: Partial<JobToPlace> = {}, options: Partial<DriveOptions> = {}, on = pool) {
  const all: DriveOptions = {
    until: "completed",
    onProgress: ({ message }) => said.push(message),
    ...options,
  };
  return driveJob({ ...job, ...change }, simulatedLimits, chooseAny, simulatedLaunch(), on, all);
}

const steps = () => there.steps;

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
    there.oracle.createAsked(key, "other");
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
      for (const cluster of there.emr.clusters.values())
        if (cluster.state === "STARTING" && cluster.steps.length > 0) {
          ended++;
          there.emr.terminate(cluster);
        }
      there.world.schedule(20, kill);
    };
    kill();
    const { record } = await settle(running);
    expect(record).toMatchObject({ moves: 3, outcome: { state: "NEVER_STARTED" } });
    expect(ended).toBe(4);
  });

  test("resubmit never: not placed anew", async () => {
    const kill = () => {
      for (const cluster of there.emr.clusters.values())
        if (cluster.steps.length > 0) there.emr.terminate(cluster);
      there.world.schedule(20, kill);
    };
    kill();
    const { record } = await settle(drive({ resubmit: "never" }));
    expect(record).toMatchObject({ moves: 0, outcome: { state: "NEVER_STARTED" } });
  });
});

describe("what the user is told", () => {
  test("no place in time: what it waited for", async () => {
    const blocker = { key: simulatedKey("b") };
    await settle(drive(blocker, { until: "submitted" }));
    for (const cluster of there.emr.clusters.values()) cluster.state = "STARTING_FOR_EVER";
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
    there.world.schedule(3_000, () => stopped.abort(new Error("stopped")));
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
  const before = new Map(there.store.objects);
  const callsWrite = () => {
    throw new Error("a write of EMR");
  };
  const reading = open("reader", () => ({
    runJobFlow: callsWrite,
    addJobFlowSteps: callsWrite,
    cancelSteps: callsWrite,
  }));
  await settle(Promise.all([readPool(reading), readJob(key, reading), reading.views.activeClusters()]));
  expect(there.store.objects).toEqual(before);
});

describe("deletes", () => {
  test("cancel: the step ends, the slot is free; again and for a claim nobody knows: nothing to do", async () => {
    const { claimId } = await settle(drive({}, { until: "submitted" }));
    there.oracle.deleteAsked(claimId);
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
    await there.pass(20_000);
    expect(steps()[0]?.state).toBe("COMPLETED");
    expect((await settle(sweep(pool))).freed).toBe(1);
    expect((await settle(readPool(pool)))?.entries[0]?.slotsTaken).toBe(0);
  });

  test("a cancel that does not work: a warning that says who goes on", async () => {
    const deaf = open("deaf", () => ({ cancelSteps: async () => [] }));
    const { claimId } = await settle(drive({}, { until: "submitted" }));
    for (const cluster of there.emr.clusters.values()) cluster.state = "STARTING_FOR_EVER";
    const result = await settle(retireJob(claimId, { cancel: true, timeLimitSeconds: 5 }, deaf));
    expect(result).toMatchObject({ finished: false, warning: expect.stringContaining("emrpool sweep") });
  });
});
