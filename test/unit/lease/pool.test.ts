import { beforeEach, describe, expect, test } from "vitest";
import { adoptCluster } from "../../../provider/lease/adopt";
import { drainEntry, undrainEntry } from "../../../provider/lease/drain";
import { changeFence, type Pool, readPool } from "../../../provider/lease/pool";
import { sweep } from "../../../provider/lease/sweep";
import { Process } from "../../simulation/world";
import {
  driveSimulated,
  SimulatedPool,
  simulatedJob,
  simulatedLaunch,
} from "../../support/lease/simulatedPool";

let there: SimulatedPool;
let pool: Pool;

beforeEach(() => {
  there = new SimulatedPool();
  pool = there.open("one");
});

const settle = <T>(promise: Promise<T>) => there.settle(promise);
const drive = (until: "submitted" | "completed" = "completed") =>
  driveSimulated(simulatedJob("n"), pool, { until });

describe("clusters from outside, drained clusters, the fence", () => {
  async function outside(name = "by hand"): Promise<string> {
    const port = there.emr.portOf(new Process(there.world, "hand", 0, () => {}, false));
    there.oracle.launched = () => {};
    const answer = await settle(
      port.runJobFlow({ ...simulatedLaunch().request, Name: name }, new Date(there.world.now + 1_000)),
    );
    return answer.outcome === "accepted" ? answer.value.clusterId : "";
  }

  test("adopted once, counted, joined by pool.clusterId", async () => {
    const clusterId = await outside();
    const [one, two] = await settle(
      Promise.all([adoptCluster(clusterId, pool), adoptCluster(clusterId, there.open("two"))]),
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
    await settle(drive("submitted"));
    const { entryId } = (await settle(readPool(pool)))!.entries[0]!;
    expect(await settle(drainEntry(entryId, pool))).toBe("waitingForJobs");
    await settle(undrainEntry(entryId, pool));
    await settle(drive());
    expect(await settle(drainEntry(entryId, pool))).toBe("ending");
    await there.pass(5_000);
    await settle(sweep(pool));
    expect((await settle(readPool(pool)))?.entries).toEqual([]);
    expect([...there.emr.clusters.values()].map((cluster) => cluster.state)).toEqual(["TERMINATED"]);
    await expect(settle(drainEntry(entryId, pool))).rejects.toThrow("NO_SUCH_ENTRY");
  });

  test("drain notes the end of jobs that nobody watches", async () => {
    await settle(drive("submitted"));
    const { entryId } = (await settle(readPool(pool)))!.entries[0]!;
    expect(await settle(drainEntry(entryId, pool))).toBe("waitingForJobs");
    await there.pass(20_000);
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
