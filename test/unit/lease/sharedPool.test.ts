import { beforeEach, describe, expect, test } from "vitest";
import { driveJob } from "../../../provider/lease/driveJob";
import { foreseeRoom } from "../../../provider/lease/foresee";
import { jobKey } from "../../../provider/lease/jobKey";
import { keys } from "../../../provider/lease/keys";
import { openPool, type Pool, readPool } from "../../../provider/lease/pool";
import { sweep } from "../../../provider/lease/sweep";
import type { Choose, JobToPlace, LaunchRequest } from "../../../provider/lease/types";
import { Oracle } from "../../simulation/oracle";
import { simulatedConstants } from "../../simulation/scenario";
import { SimulatedEmr } from "../../simulation/simulatedEmr";
import { SimulatedStore } from "../../simulation/simulatedStore";
import { Process, World } from "../../simulation/world";

/** Deployments that share a pool: what one of them gets wrong must not hurt the others. */
let world: World;
let store: SimulatedStore;
let emr: SimulatedEmr;

beforeEach(() => {
  world = new World({ seed: 5, faultRate: 0, faultsUntil: 0 });
  const oracle = new Oracle(world, 9);
  store = new SimulatedStore(oracle);
  emr = new SimulatedEmr(world, oracle, simulatedConstants, {
    ...{ idleTimeout: 1_000_000, stepFails: 0, clusterEnds: 0, stepWindow: 1_000 },
  });
});

function open(name: string, region?: string, emrThere = emr): Pool {
  const process = new Process(world, name, 0, () => {}, false);
  const { clock, random } = process;
  return openPool({
    ...{ store: store.portOf(process), emr: emrThere.portOf(process), clock, random },
    ...{ poolName: "etl", storeUri: "s3://b", constants: simulatedConstants },
    region: region === undefined ? undefined : async () => region,
  });
}

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

const choose: Choose = async (entries) => ({
  ranked: entries.filter((entry) => entry.slotsTaken < entry.slots).map((entry) => entry.entryId),
  refused: [],
  worthWaitingFor: entries.map((entry) => entry.entryId),
});
const keyOf = (name: string) =>
  jobKey({ organization: "o", project: "p", stack: "s", parentTypes: [], type: "t", name });

function place(name: string, pool: Pool, until: "submitted" | "completed" = "completed", slots = 1) {
  const job: JobToPlace = {
    ...{ key: keyOf(name), spec: "spec", parallelSteps: false, holdsSecrets: false, who: name },
    steps: [{ Name: "count", ActionOnFailure: "CONTINUE", HadoopJarStep: { Jar: "command-runner.jar" } }],
    resubmit: "never-started",
  };
  const request = { Name: "", Instances: {}, StepConcurrencyLevel: slots };
  const launch: LaunchRequest = {
    ...{ name: "test", request, slots },
    record: { fingerprint: "0123456789abcdef", schema: 1, request, bootstrapDigests: {} },
  };
  return driveJob(job, { waitMinutes: 0, timeoutMinutes: 1, maxClusters: 1 }, choose, launch, pool, {
    until,
  });
}

describe("a pool has one Region", () => {
  const elsewhere = () => {
    const other = new SimulatedEmr(world, new Oracle(world, 9), simulatedConstants, {
      ...{ idleTimeout: 1_000_000, stepFails: 0, clusterEnds: 0, stepWindow: 1_000 },
    });
    return open("elsewhere", "us-east-1", other);
  };

  test.each<[string, (pool: Pool) => Promise<unknown>]>([
    ["a sweep", (pool) => sweep(pool)],
    ["a placement", (pool) => place("other", pool)],
    ["a preview", (pool) => readPool(pool)],
  ])("%s in another one is refused, and touches nothing", async (_, act) => {
    const home = open("home", "eu-west-1");
    await settle(place("mine", home, "submitted"));
    const before = await settle(readPool(home));
    await expect(settle(act(elsewhere()))).rejects.toThrow(
      /got "us-east-1"; allowed: eu-west-1.*POOL_OTHER_REGION/,
    );
    expect((await settle(readPool(home)))?.entries).toEqual(before?.entries);
    expect((await settle(place("mine", home))).record.outcome?.state).toBe("COMPLETED");
  });
});

test("a slot that is freed late: its cluster has been idle since the step ended, and a preview sees the same", async () => {
  const pool = open("one");
  await settle(place("unwatched", pool, "submitted"));
  await settle(new Process(world, "later", 0, () => {}, false).clock.sleep(60_000));
  const endedAt = [...emr.clusters.values()][0]!.steps[0]!.endedAt!;
  expect(world.now - endedAt).toBeGreaterThan(50_000);
  const reading = (await settle(readPool(pool)))!;
  const foreseen = await settle(
    foreseeRoom(pool, reading.pool, [reading.entries[0]!.entryId], new Date(world.now)),
  );
  expect(foreseen.entries[0]).toMatchObject({ slotsTaken: 0, lastActivity: new Date(endedAt) });
  await settle(sweep(pool));
  expect((await settle(readPool(pool)))!.entries[0]).toMatchObject({
    ...{ slotsTaken: 0, lastActivity: new Date(endedAt) },
  });
});

describe("a neighbour's journal that can't be read", () => {
  test.each([2, 4])("leaves its slot taken, and the others go on (concurrency %i)", async (slots) => {
    const pool = open("one");
    await settle(place("newer", pool, "submitted", slots));
    const key = keys.job(keyOf("newer"));
    const body = JSON.stringify({ ...JSON.parse(store.objects.get(key)!.body), v: 2 });
    store.objects.set(key, { ...store.objects.get(key)!, body, etag: '"by hand"' });
    const others = Promise.all(["a", "b", "c"].map((name) => place(name, open(name), "completed", slots)));
    expect((await settle(others)).map(({ record }) => record.outcome?.state)).toEqual(
      Array(3).fill("COMPLETED"),
    );
    const swept = await settle(sweep(open("sweeper")));
    expect(swept.done.join()).toMatch(/stays taken: .*newer version/);
    expect((await settle(readPool(pool)))?.entries[0]?.slotsTaken).toBe(1);
    await expect(settle(place("newer", open("two"), "completed", slots))).rejects.toThrow(
      /STORE_NEWER_SCHEMA/,
    );
  });
});
