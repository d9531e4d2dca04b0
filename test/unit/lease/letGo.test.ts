import { beforeEach, describe, expect, test } from "vitest";
import { readJob } from "../../../provider/lease/journal";
import { readPool } from "../../../provider/lease/pool";
import type { Emr } from "../../../provider/ports";
import {
  driveSimulated,
  type PortChanges,
  SimulatedPool,
  simulatedJob,
  simulatedKey,
} from "../../support/lease/simulatedPool";

/** A create that fails returns no id: nobody else may start what Pulumi does not know of. */
let there: SimulatedPool;
beforeEach(() => {
  there = new SimulatedPool();
});

const emr = (change: Partial<Emr>): PortChanges => ({ emr: () => change });
const notSent = { outcome: "notSent", reason: "the clock is 2 h off" } as const;
const throttled = async () => {
  throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
};
/** The store refuses what matches: once, or from then on everything. */
const storeFails = (match: RegExp, forGood = false): PortChanges => {
  let failed = false;
  return {
    store: (store) => ({
      put: async (key, body, condition) => {
        const fails = failed ? forGood : match.test(body);
        if (!fails) return store.put(key, body, condition);
        failed = true;
        throw new Error("the store is gone");
      },
    }),
  };
};

async function outcomeOf(changes: PortChanges, abortAfter?: number): Promise<string> {
  const stopped = new AbortController();
  const failing = driveSimulated(simulatedJob("mine"), there.open("mine", changes), {
    slots: 2,
    signal: stopped.signal,
  });
  if (abortAfter !== undefined)
    there.world.schedule(abortAfter, () => stopped.abort(new Error("interrupted")));
  return there.settle(failing).then(
    () => "placed",
    (error) => error.message,
  );
}

/** What is left of the failed create, and whether a neighbour who submits for the cluster takes it along. */
async function leftBehind() {
  const pool = there.open("other");
  const job = await there.settle(readJob(simulatedKey("mine"), pool));
  const slots = ((await there.settle(readPool(pool)))?.entries ?? []).flatMap(({ claims }) => claims ?? []);
  const others = Promise.all(
    ["b", "c"].map((name) => driveSimulated(simulatedJob(name), there.open(name), { slots: 2 })),
  );
  expect((await there.settle(others)).map(({ record }) => record.outcome?.state)).toEqual([
    "COMPLETED",
    "COMPLETED",
  ]);
  return { phase: job?.ph, slots: slots.length, steps: there.steps.filter(isMine).length };
}
const isMine = (step: { name: string }) => step.name.includes(simulatedKey("mine"));

describe("a create that fails leaves nothing for others to submit:", () => {
  test.each<[string, string, PortChanges, number?]>([
    ["the launch is never sent", "CALL_NOT_SENT", emr({ runJobFlow: async () => notSent })],
    ["the steps are never sent", "CALL_NOT_SENT", emr({ addJobFlowSteps: async () => notSent })],
    [
      "EMR throttles for ever",
      "POOL_TIMEOUT",
      emr({ runJobFlow: async () => ({ outcome: "unknown", cause: "" }), listClusters: throttled }),
    ],
    [
      "interrupted before the steps are sent",
      "interrupted",
      emr({ addJobFlowSteps: async () => ({ outcome: "throttled" }) }),
      8_000,
    ],
    ["the ledger can't be written", "the store is gone", storeFails(/"st":"OPEN"/)],
  ])("%s", async (_, error, changes, abortAfter) => {
    expect(await outcomeOf(changes, abortAfter)).toContain(error);
    expect(await leftBehind()).toEqual({ phase: "NEW", slots: 0, steps: 0 });
  });
});

test("the first error is told, also when nothing can be let go", async () => {
  const startedAt = there.world.now;
  expect(await outcomeOf(storeFails(/"st":"OPEN"/, true))).toBe("the store is gone");
  expect(there.world.now - startedAt).toBeLessThan(10_000);
});

test("a store that no longer answers keeps a failed create for seconds, not for ever", async () => {
  const never = new Promise<never>(() => {});
  const hangs: PortChanges = {
    ...emr({ runJobFlow: async () => ({ outcome: "refused", code: "ValidationException", message: "no" }) }),
    store: (store) => ({
      put: (key, body, condition) =>
        /"rev":[2-9].*"ph":"NEW"/.test(body) ? never : store.put(key, body, condition),
    }),
  };
  expect(await outcomeOf(hangs)).toContain("LAUNCH_REFUSED");
});

test("a call in flight stays in the journal: the steps may come to be", async () => {
  const silent = emr({ addJobFlowSteps: async () => ({ outcome: "unknown", cause: "no answer" }) });
  expect(await outcomeOf(silent, 8_000)).toBe("interrupted");
  const job = await there.settle(readJob(simulatedKey("mine"), there.open("other")));
  expect(job).toMatchObject({ ph: "SUBMITTING", call: { count: 1 } });
});
