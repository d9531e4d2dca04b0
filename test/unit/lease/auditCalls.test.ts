import type { AddJobFlowStepsInput } from "@aws-sdk/client-emr";
import { beforeEach, describe, expect, test } from "vitest";
import { sweep } from "../../../provider/lease/sweep";
import type { Emr } from "../../../provider/ports";
import { driveSimulated, SimulatedPool, simulatedJob, simulatedKey } from "../../support/lease/simulatedPool";

/** EMR accepts a request that the fence had declared dead: it must not, and when it does, people are told. */
let there: SimulatedPool;
let said: string[];
beforeEach(() => {
  there = new SimulatedPool();
  // What the oracle calls a violation is what these tests make.
  there.oracle.accepted = () => {};
  there.oracle.cancelled = () => {};
  said = [];
});

/** The first call of steps is not answered; it takes effect just before the second one does. */
function lateCall(change: (port: Emr) => Partial<Emr> = () => ({}), busy = true) {
  let late: AddJobFlowStepsInput | undefined;
  let calls = 0;
  return (port: Emr): Partial<Emr> => ({
    ...change(port),
    addJobFlowSteps: async (input, limit) => {
      if (calls++ === 0) {
        late = input;
        return { outcome: "unknown", cause: "no answer" };
      }
      const anyTime = new Date(limit.getTime() + 1_000_000);
      if (calls === 2) {
        // Busy with something else: its steps wait.
        for (const cluster of there.emr.clusters.values()) if (busy) cluster.state = "STARTING_FOR_EVER";
        await port.addJobFlowSteps(late!, anyTime);
        // Long enough for listings to show it.
        await there.open("late").clock.sleep(2_500);
      }
      return port.addJobFlowSteps(input, anyTime);
    },
  });
}

const isMine = (step: { name: string }) => step.name.includes(simulatedKey("mine"));
const clustersOf = () =>
  [...there.emr.clusters.values()].filter(({ steps }) => steps.some(isMine)).map(({ id }) => id);

async function driveMine(change?: (port: Emr) => Partial<Emr>) {
  const pool = there.open("mine", { emr: lateCall(change) });
  return there.settle(
    driveSimulated(simulatedJob("mine"), pool, {
      until: "submitted",
      limits: { maxClusters: 2 },
      onMessage: (message) => said.push(message),
    }),
  );
}

/** While the first call is in doubt another job has a second cluster launched, which is free when the job is placed anew. */
function neighbour(): void {
  there.world.schedule(
    5_000,
    () =>
      void driveSimulated(simulatedJob("other"), there.open("other"), {
        limits: { maxClusters: 2 },
      }),
  );
}

const warning = () => said.find((line) => line.startsWith("WARNING"));
const duplicate = (cluster: string) =>
  there.emr.clusters.get(cluster)!.steps.find((step) => step.name.includes(".1.1.0"))!;

describe("a step of a call that was declared dead is found, cancelled and told of:", () => {
  test("on the job's own cluster", async () => {
    await driveMine();
    expect(clustersOf()).toEqual(["j-1"]);
    expect(warning()).toContain(`steps ${duplicate("j-1").id} of cluster j-1 repeat steps of o/p/s mine`);
    expect(duplicate("j-1").state).toBe("CANCELLED");
  });

  test("on the cluster of that call, when the job has gone to another", async () => {
    neighbour();
    const { record } = await driveMine();
    expect(clustersOf()).toHaveLength(2);
    const before = clustersOf().find((id) => id !== record.cluster)!;
    expect(record).toMatchObject({ fenced: 1, fencedOn: [before], ph: "SUBMITTED" });
    expect(warning()).toContain(`steps ${duplicate(before).id} of cluster ${before} repeat steps`);
    expect(duplicate(before).state).toBe("CANCELLED");
  });

  test("when the listing is throttled at first", async () => {
    neighbour();
    let listings = 0;
    await driveMine((port) => ({
      listSteps: async (cluster, filter) => {
        // Listings of a whole cluster are the audit's.
        if (filter?.newerThan?.getTime() === 0 && listings++ === 0)
          throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
        return port.listSteps(cluster, filter);
      },
    }));
    expect(warning()).toContain("repeat steps");
  });

  test("by the next run, when the one that should have looked died and a sweeper wrote the end", async () => {
    const dies = lateCall(
      (port) => ({
        listSteps: (cluster, filter) =>
          filter?.newerThan?.getTime() === 0 ? new Promise(() => {}) : port.listSteps(cluster, filter),
      }),
      false,
    );
    void driveSimulated(simulatedJob("mine"), there.open("dies", { emr: dies }));
    await there.pass(60_000);
    await there.settle(sweep(there.open("sweeper")));
    const next = driveSimulated(simulatedJob("mine"), there.open("next"), {
      onMessage: (message) => said.push(message),
    });
    expect((await there.settle(next)).record).toMatchObject({ ph: "ENDED", fenced: 1 });
    expect(warning()).toContain(`steps ${duplicate("j-1").id} of cluster j-1 repeat steps`);
  });

  test("when EMR no longer takes a cancel, because the cluster has ended", async () => {
    neighbour();
    const { record } = await driveMine(() => ({
      cancelSteps: async () => {
        throw Object.assign(new Error("A job flow that is terminated may not be modified."), {
          name: "ValidationException",
        });
      },
    }));
    expect(record.ph).toBe("SUBMITTED");
    expect(warning()).toContain("repeat steps");
  });
});

test("without a dead call nothing is listed for it", async () => {
  let listings = 0;
  const pool = there.open("mine", {
    emr: (port) => ({
      listSteps: async (cluster, filter) => {
        if (filter?.newerThan?.getTime() === 0) listings++;
        return port.listSteps(cluster, filter);
      },
    }),
  });
  await there.settle(driveSimulated(simulatedJob("mine"), pool));
  expect(listings).toBe(0);
});
