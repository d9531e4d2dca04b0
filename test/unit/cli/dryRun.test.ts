import fc from "fast-check";
import { expect, test } from "vitest";
import { dryRunEmr, dryRunStore } from "../../../provider/cli/dryRun";
import { defaultConstants } from "../../../provider/lease/constants";
import { probeStore } from "../../../provider/lease/probe";
import type { Emr, ObjectStore } from "../../../provider/ports";
import { systemClock, systemRandom } from "../../../provider/systemPorts";
import { emptyStore, memoryStore } from "./emptyStore";

const time = new Date("2026-11-20T10:00:00Z");

/** A store with one object, `old`. */
const oneObject: ObjectStore = {
  ...emptyStore(time),
  get: async (key) =>
    key === "old"
      ? { found: true, body: "first", etag: '"1"', lastModified: time, serverTime: time }
      : { found: false, serverTime: time },
  list: async (prefix) => ["old"].filter((key) => key.startsWith(prefix)),
};

test("what is below shows through, and is written over only here", async () => {
  const store = dryRunStore(oneObject);
  const before = await store.get("old");
  expect(before).toMatchObject({ found: true, body: "first" });
  expect(await store.put("old", "second", { etag: '"1"' })).toMatchObject({ outcome: "written" });
  expect(await store.get("old")).toMatchObject({ found: true, body: "second", serverTime: time });
  expect(await oneObject.get("old")).toMatchObject({ body: "first" });
  await store.put("new", "x", { absent: true });
  expect(await store.list("")).toEqual(["new", "old"]);
});

test("conditions hold as in the store itself: a model of versions agrees", async () => {
  const command = fc.record({
    key: fc.constantFrom("a", "b", "old"),
    body: fc.string(),
    condition: fc.constantFrom("absent", "current", "stale"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 12 }), async (commands) => {
      const store = dryRunStore(oneObject);
      const model = new Map([["old", "first"]]);
      for (const { key, body, condition } of commands) {
        const current = await store.get(key);
        const etag = current.found ? current.etag : '"none"';
        const given =
          condition === "absent"
            ? { absent: true as const }
            : { etag: condition === "current" ? etag : '"stale"' };
        const allowed = condition === "absent" ? !model.has(key) : condition === "current" && model.has(key);
        const { outcome } = await store.put(key, body, given);
        expect(outcome).toBe(allowed ? "written" : "refused");
        if (allowed) model.set(key, body);
        const after = await store.get(key);
        expect(after.found ? after.body : undefined).toBe(model.get(key));
      }
    }),
  );
});

test("of writers at once one wins, so that the probe of the store passes", async () => {
  const context = {
    store: memoryStore(time),
    random: systemRandom,
    clock: systemClock,
    constants: defaultConstants,
  };
  await expect(probeStore(context, "s3://b")).resolves.toBeUndefined();
});

test("EMR is told nothing, people are", async () => {
  const told: string[] = [];
  const untouchable = new Proxy({} as Emr, {
    get: () => () => Promise.reject(new Error("EMR was called")),
    ownKeys: () => [],
  });
  const emr = dryRunEmr(untouchable, (line) => told.push(line));
  expect(await emr.runJobFlow({ Name: "c", Instances: {} }, time)).toMatchObject({ outcome: "notSent" });
  expect(await emr.addJobFlowSteps({ JobFlowId: "j-1", Steps: [] }, time)).toMatchObject({
    outcome: "notSent",
  });
  expect(await emr.cancelSteps("j-1", ["s-1", "s-2"], false)).toHaveLength(2);
  await emr.terminateCluster("j-1");
  expect(told).toEqual([
    "launch cluster c",
    "add 0 steps to cluster j-1",
    "cancel steps s-1, s-2 of cluster j-1",
    "terminate cluster j-1",
  ]);
});
