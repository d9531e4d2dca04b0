import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ensurePool, openPool } from "../../provider/lease/pool";
import { openS3ObjectStore } from "../../provider/lease/s3ObjectStore";
import { type Contention, contend } from "../support/lease/contend";
import { storeConfig, storeEnvironment, withStore } from "../support/lease/foreignStore";
import { LeaseWorld } from "../support/lease/leaseWorld";
import { openForRun } from "../support/lease/runJobs";
import { startCheckThenActStore } from "../support/tools/checkThenActStore";
import { startMinistack, startNegativeControl, startVersitygw } from "../support/tools/servers";
import type { ToolServer } from "../support/tools/toolServer";

/** Jobs at once in a process of their own each; EMR's default quotas are enforced. */
const long = process.env.POOLED_EMR_LONG_TESTS !== undefined;
const processes = long ? 64 : 16;
/** Pace for a machine without AWS's latency; the listing of clusters stays within its quota. */
const constants = { ledgerPoll: [300, 1_000], journalPoll: [200, 1_000], viewAge: 3_000 } as const;

let world: LeaseWorld;

beforeEach(async () => {
  world = await LeaseWorld.start({ throttling: true, stepExecution: 300, signatureMaxAgeSeconds: 300 });
});
afterEach(() => world.close());

/** The limits hold, by EMR's own account, and every job has a place. */
function expectWithinLimits(result: Contention, slots: number): void {
  expect(result.failures).toEqual([]);
  expect(result.placed).toBe(result.jobs);
  expect(result.clusters).toBeLessThanOrEqual(8);
  expect(result.mostStepsAtOnce).toBeLessThanOrEqual(slots);
}

describe("many processes, few clusters", { timeout: 300_000 }, () => {
  test.each(long ? [1, 8] : [1])(
    `${processes} processes, at most 8 clusters of concurrency %i`,
    async (slots) => {
      const result = await contend(world, {
        processes,
        jobsPerProcess: 1,
        slots,
        maxClusters: 8,
        warm: 0,
        constants,
      });
      expectWithinLimits(result, slots);
      // Backed off after each refusal, and not hammering: mrjob needs 30 calls a job here.
      expect(result.emrCalls / result.jobs).toBeLessThan(8);
    },
  );

  test("no place in time: an error that says what stood in the way, and nothing left behind", async () => {
    await world.admin("emr/settings", "POST", { stepExecution: "manual" });
    const request = {
      processes: 0,
      jobsPerProcess: 3,
      slots: 1,
      maxClusters: 1,
      warm: 0,
      timeoutMinutes: 0.05,
    };
    const result = await contend(world, { ...request, constants });
    expect(result.placed).toBe(1);
    expect(result.failures.map(({ code }) => code)).toEqual(["POOL_TIMEOUT", "POOL_TIMEOUT"]);
    expect(result.failures[0]?.message).toMatch(/1 of at most 1 clusters/);
  });
});

describe("calls of EMR", { timeout: 120_000 }, () => {
  test("joining a warm pool costs two", async () => {
    const result = await contend(world, {
      processes: 0,
      jobsPerProcess: 1,
      slots: 1,
      maxClusters: 8,
      warm: 8,
    });
    expect(result.emrCallsByOperation).toEqual({ ListClusters: 1, AddJobFlowSteps: 1 });
  });

  test("100 jobs of one process cost less than one for two", async () => {
    const result = await contend(world, {
      processes: 0,
      jobsPerProcess: 100,
      slots: 32,
      maxClusters: 8,
      warm: 8,
    });
    expectWithinLimits(result, 32);
    expect(result.emrCalls).toBeLessThan(50);
  });
});

describe("other stores", { timeout: 300_000 }, () => {
  const stores = [["versitygw", startVersitygw] as const, ["ministack", startMinistack] as const];
  test.each(long ? stores : [])("8 processes over %s", async (_, start) => {
    await withStore(start, async (server) => {
      const environment = storeEnvironment(server, world.server.url);
      // In this process the store's own address and keys; EMR stays the local one.
      const result = await contend(world, {
        processes: 8,
        jobsPerProcess: 2,
        slots: 4,
        maxClusters: 3,
        warm: 0,
        constants,
        environment,
        storeUri: "s3://pool-store/foreign",
      });
      expect(result.failures).toEqual([]);
      expect(result.clusters).toBeLessThanOrEqual(3);
      expect(result.mostStepsAtOnce).toBeLessThanOrEqual(4);
    });
  });

  test("the probe refuses a store that ignores conditions", async () => {
    await withStore(startNegativeControl, async (server) => {
      await expect(probe(server.url, server.env)).rejects.toThrow(/STORE_IGNORES_CONDITIONS/);
    });
  });

  test("the probe refuses a store that looks first and writes afterwards", async () => {
    await withStore(startNegativeControl, async (server) => {
      const racy = await startCheckThenActStore(server.url);
      try {
        await expect(probe(racy.url, server.env)).rejects.toThrow(/simultaneous writers with one ETag won/);
      } finally {
        await racy.stop();
      }
    });
  });
});

/** Opens a pool in the store, as the first placement does. */
function probe(url: string, env: ToolServer["env"]): Promise<unknown> {
  const store = openS3ObjectStore({ uri: "s3://pool-store/probe", config: storeConfig(url, env) });
  const { emr, clock, random } = openForRun({
    operation: "create",
    storeUri: "s3://pool-store/probe",
    endpoint: url,
    poolName: "probe",
    constants: {},
    jobs: [],
    slots: 1,
  });
  return ensurePool(
    openPool({ store, emr, clock, random, poolName: "probe", storeUri: "s3://pool-store/probe" }),
  );
}
