import { beforeEach, describe, expect, test } from "vitest";
import { drainEntry } from "../../../provider/lease/drain";
import { updateLaunch } from "../../../provider/lease/entries";
import { type KeptCluster, keepCluster } from "../../../provider/lease/keepCluster";
import { keys } from "../../../provider/lease/keys";
import { type Pool, readPool } from "../../../provider/lease/pool";
import { launchKind } from "../../../provider/lease/records";
import type { Emr } from "../../../provider/ports";
import {
  driveSimulated,
  SimulatedPool,
  simulatedJob,
  simulatedKey,
  simulatedLaunch,
} from "../../support/lease/simulatedPool";

let there: SimulatedPool;
let said: string[];
beforeEach(() => {
  there = new SimulatedPool();
  said = [];
});

function keep(pool: Pool, { release = "one", maxClusters = 9, minutes = 1 } = {}): Promise<KeptCluster> {
  const launch = simulatedLaunch(1, release);
  return keepCluster(
    { key: simulatedKey("kept"), who: "o/p/s kept", launch, maxClusters, timeoutMinutes: minutes },
    pool,
    { onProgress: ({ message }) => said.push(message) },
  );
}

/** What the cluster's entry says it was launched for, and what EMR was asked for. */
async function releases({ entryId, clusterId }: KeptCluster) {
  const pool = there.open("looker");
  const { poolId } = (await there.settle(readPool(pool)))!.pool;
  const { record } = await there.settle(
    pool.records.read(launchKind, keys.launch(pool.name, poolId, entryId)),
  );
  return {
    recorded: record?.record.request.ReleaseLabel,
    launched: there.emr.clusters.get(clusterId)?.release,
  };
}
const alive = () =>
  [...there.emr.clusters.values()].filter(({ state }) => !state.startsWith("TERMINAT")).map(({ id }) => id);

test("a run that is repeated finds the cluster of the first", async () => {
  const first = await there.settle(keep(there.open("one")));
  expect(await there.settle(keep(there.open("two")))).toEqual(first);
  expect(first.generation).toBe(0);
});

describe("a full pool", () => {
  test("of a cluster that is gone has room: who waits looks", async () => {
    await there.settle(driveSimulated(simulatedJob("job"), there.open("job")));
    for (const cluster of there.emr.clusters.values()) there.emr.terminate(cluster);
    await there.pass(5_000);
    const kept = await there.settle(keep(there.open("one"), { maxClusters: 1 }));
    expect(alive()).toEqual([kept.clusterId]);
  });

  test("of a drained cluster has room once its jobs have ended, also if nobody has noted their end", async () => {
    await there.settle(driveSimulated(simulatedJob("job"), there.open("job"), { until: "submitted" }));
    const pool = there.open("drainer");
    const [entry] = (await there.settle(readPool(pool)))!.entries;
    expect(await there.settle(drainEntry(entry!.entryId, pool))).toBe("waitingForJobs");
    const kept = await there.settle(keep(there.open("one"), { maxClusters: 1 }));
    expect(alive()).toEqual([kept.clusterId]);
  });

  test("stays full while its cluster lives", async () => {
    await there.settle(driveSimulated(simulatedJob("job"), there.open("job")));
    await expect(there.settle(keep(there.open("one"), { maxClusters: 1 }))).rejects.toThrow(
      /found no place within 1 minutes: the pool has 1 of at most 1 clusters.*POOL_TIMEOUT/,
    );
    expect(said.join()).toContain("Waiting for room in pool etl");
  });
});

describe("a throttled account", () => {
  const rate = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });

  test("is waited out, reads and launches", async () => {
    let [reads, launches] = [0, 0];
    const pool = there.open("one", {
      emr: (port) => ({
        runJobFlow: async (input, limit) =>
          launches++ === 0 ? { outcome: "unknown", cause: "" } : port.runJobFlow(input, limit),
        listClusters: async (input) => {
          if (reads++ < 2) throw rate;
          return port.listClusters(input);
        },
      }),
    });
    const kept = await there.settle(keep(pool));
    expect(alive()).toEqual([kept.clusterId]);
  });

  test.each<[string, Partial<Emr>]>([
    ["launches", { runJobFlow: async () => ({ outcome: "throttled" }) }],
    [
      "reads",
      {
        runJobFlow: async () => ({ outcome: "unknown", cause: "" }),
        listClusters: async () => {
          throw rate;
        },
      },
    ],
  ])("but not for ever: %s", async (_, change) => {
    await expect(there.settle(keep(there.open("one", { emr: () => change })))).rejects.toThrow(
      "POOL_TIMEOUT",
    );
  });
});

describe("two runs with different inputs", () => {
  /** A process that sleeps before one of its requests. */
  const slow = (name: string, method: "get" | "put", match: RegExp, milliseconds: number): Pool => {
    let slept = false;
    const pool: Pool = there.open(name, {
      store: (store) => ({
        [method]: async (key: string, ...rest: [string, never]) => {
          if (!slept && match.test(key)) {
            slept = true;
            await pool.clock.sleep(milliseconds);
          }
          return (store[method] as (key: string, ...rest: unknown[]) => Promise<never>)(key, ...rest);
        },
      }),
    });
    return pool;
  };

  test.each<[string, "get" | "put", RegExp]>([
    ["before it writes what it launches", "put", /\/launch\//],
    ["after it has written what it launches", "put", /\/c\/k/],
    ["before it asks for room", "put", /pool\.json/],
    ["when it looks at the entry", "get", /\/c\/k/],
  ])(
    "one is late %s: each has its own cluster, recorded as launched, and the last one's lives",
    async (_, method, match) => {
      const early = there.open("early");
      await there.settle(readPool(early));
      const [late, quick] = await there.settle(
        Promise.all([
          keep(slow("late", method, match, 20_000), { release: "late" }),
          early.clock.sleep(1_000).then(() => keep(early, { release: "quick" })),
        ]),
      );
      expect(await releases(late)).toEqual({ recorded: "late", launched: "late" });
      expect(await releases(quick)).toEqual({ recorded: "quick", launched: "quick" });
      await there.pass(5_000);
      expect(alive()).toEqual([late.clusterId]);
    },
  );

  test("a run that died before its entry was there is passed over, for good", async () => {
    const dead = slow("dead", "put", /\/c\/k/, 1_000_000);
    void keep(dead, { release: "dead", minutes: 100 });
    await there.pass(5_000);
    const kept = await there.settle(keep(there.open("one"), { release: "one" }));
    expect(kept.generation).toBe(1);
    expect(await releases(kept)).toEqual({ recorded: "one", launched: "one" });
    await there.pass(1_100_000);
    expect(alive()).toHaveLength(1);
  });
});

test("a cluster that was changed in place is still the one that is kept", async () => {
  const pool = there.open("one");
  const kept = await there.settle(keep(pool));
  const { poolId } = (await there.settle(readPool(pool)))!.pool;
  const changed = updateLaunch(pool, poolId, kept.entryId, (launch) => ({
    ...launch,
    request: { ...launch.request, AutoTerminationPolicy: { IdleTimeout: 60 } },
  }));
  await there.settle(changed);
  expect(await there.settle(keep(there.open("two")))).toEqual(kept);
});
