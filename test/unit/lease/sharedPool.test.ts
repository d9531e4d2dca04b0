import { beforeEach, describe, expect, test } from "vitest";
import { foreseeRoom } from "../../../provider/lease/foresee";
import { keys } from "../../../provider/lease/keys";
import { type Pool, readPool } from "../../../provider/lease/pool";
import { sweep } from "../../../provider/lease/sweep";
import { driveSimulated, SimulatedPool, simulatedJob, simulatedKey } from "../../support/lease/simulatedPool";

/** Deployments that share a pool: what one of them gets wrong must not hurt the others. */
let there: SimulatedPool;
beforeEach(() => {
  there = new SimulatedPool();
});
const settle = <T>(promise: Promise<T>): Promise<T> => there.settle(promise);

const place = (name: string, pool: Pool, until: "submitted" | "completed" = "completed", slots = 1) =>
  driveSimulated(simulatedJob(name), pool, { until, slots });

describe("a pool has one Region", () => {
  /** EMR of another Region answers as if no cluster had ever been. */
  const unknown = Object.assign(new Error("Cluster id 'j-1' is not valid."), {
    name: "InvalidRequestException",
  });
  const elsewhere = () =>
    there.open("elsewhere", {
      region: "us-east-1",
      emr: () => ({ listClusters: async () => [], describeCluster: () => Promise.reject(unknown) }),
    });

  test.each<[string, (pool: Pool) => Promise<unknown>]>([
    ["a sweep", (pool) => sweep(pool)],
    ["a placement", (pool) => place("other", pool)],
    ["a preview", (pool) => readPool(pool)],
  ])("%s in another one is refused, and touches nothing", async (_, act) => {
    const home = there.open("home", { region: "eu-west-1" });
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
  const pool = there.open("one");
  await settle(place("unwatched", pool, "submitted"));
  await there.pass(60_000);
  const endedAt = there.steps[0]!.endedAt!;
  expect(there.world.now - endedAt).toBeGreaterThan(50_000);
  const reading = (await settle(readPool(pool)))!;
  const foreseen = await settle(
    foreseeRoom(pool, reading.pool, [reading.entries[0]!.entryId], new Date(there.world.now)),
  );
  expect(foreseen.entries[0]).toMatchObject({ slotsTaken: 0, lastActivity: new Date(endedAt) });
  await settle(sweep(pool));
  expect((await settle(readPool(pool)))!.entries[0]).toMatchObject({
    ...{ slotsTaken: 0, lastActivity: new Date(endedAt) },
  });
});

describe("a neighbour's journal that can't be read", () => {
  test.each([2, 4])("leaves its slot taken, and the others go on (concurrency %i)", async (slots) => {
    const pool = there.open("one");
    await settle(place("newer", pool, "submitted", slots));
    const key = keys.job(simulatedKey("newer"));
    const body = JSON.stringify({ ...JSON.parse(there.store.objects.get(key)!.body), v: 2 });
    there.store.objects.set(key, { ...there.store.objects.get(key)!, body, etag: '"by hand"' });
    const others = Promise.all(
      ["a", "b", "c"].map((name) => place(name, there.open(name), "completed", slots)),
    );
    expect((await settle(others)).map(({ record }) => record.outcome?.state)).toEqual(
      Array(3).fill("COMPLETED"),
    );
    const swept = await settle(sweep(there.open("sweeper")));
    expect(swept.done.join()).toMatch(/stays taken: .*newer version/);
    expect((await settle(readPool(pool)))?.entries[0]?.slotsTaken).toBe(1);
    await expect(settle(place("newer", there.open("two"), "completed", slots))).rejects.toThrow(
      /STORE_NEWER_SCHEMA/,
    );
  });
});
