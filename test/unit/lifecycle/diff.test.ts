import { describe, expect, test } from "vitest";
import type { JobState } from "../../../provider/args";
import { configure } from "../../../provider/lifecycle/configure";
import { diff } from "../../../provider/lifecycle/diff";
import { specHash } from "../../../provider/lifecycle/spec";
import { keptInputs, type ProviderInputs, type ProviderState } from "../../../provider/lifecycle/state";
import { unknownValue } from "../../../provider/lifecycle/unknowns";
import { type Inputs, inputsWith, validInputs } from "./inputs";

const key = "abcdefghijklmnopqrstuvwxyz";

/** State of a job submitted with the contract's example. */
function stateIn(state: JobState, moves = 0): ProviderState {
  const inputs = validInputs() as ProviderInputs;
  const kept = Object.fromEntries(keptInputs.map((name) => [name, inputs[name]]));
  const own = { __spec: specHash(inputs, key), __moves: moves, __region: "us-east-1" };
  return { ...kept, state, ...own } as unknown as ProviderState;
}

async function effect(state: JobState, changes: Inputs, moves = 0): Promise<string> {
  const result = await diff(`${key}.1`, stateIn(state, moves), inputsWith(changes) as ProviderInputs);
  expect(result.deleteBeforeReplace).toBe(true);
  if (result.replaces!.length > 0) return `replace ${result.replaces}`;
  return result.changes ? "update" : "same";
}

/** Every input, what its change does to a job that runs and to one that has completed. */
const table: [Inputs, string, string][] = [
  [{}, "same", "same"],
  [{ "steps[0].hadoopJarStep.args[1]": "s3://my-bucket/other.py" }, "replace steps", "replace steps"],
  [{ "steps[0].name": "recount" }, "replace steps", "replace steps"],
  [{ executionRoleArn: "arn:aws:iam::1:role/x" }, "replace executionRoleArn", "replace executionRoleArn"],
  [{ triggers: ["2026-11-20"] }, "replace triggers", "replace triggers"],
  [{ assets: [{ sha256: "0", uri: "s3://b/v1/assets/0/f" }] }, "replace steps", "replace steps"],
  [{ "pool.name": "adhoc" }, "replace pool", "same"],
  [{ "pool.store": "s3://other/pool" }, "replace pool", "same"],
  [{ region: "eu-west-1" }, "replace region", "same"],
  [{ region: unknownValue }, "replace region", "same"],
  // Where it runs already.
  [{ region: "us-east-1" }, "same", "same"],
  [{ scope: "team-a" }, "replace scope", "same"],
  [{ waitFor: "completed" }, "update", "same"],
  [{ completionTimeoutMinutes: 5 }, "update", "same"],
  [{ onDelete: "leave" }, "update", "same"],
  [{ resubmit: "failed" }, "update", "same"],
  [{ "pool.maxClusters": 9 }, "same", "same"],
  [{ "pool.waitMinutes": 9 }, "same", "same"],
  [{ "pool.timeoutMinutes": 9 }, "same", "same"],
  [{ "pool.maxConcurrentSteps": 9 }, "same", "same"],
  [{ "pool.joinStarting": true }, "same", "same"],
  [{ "pool.prefer": "best-fit" }, "same", "same"],
  [{ "pool.clusterId": "j-ABC" }, "same", "same"],
  [{ "pool.minAvailable": { memoryMB: 1 } }, "same", "same"],
  [{ parallelSteps: true }, "same", "same"],
  [{ "cluster.releaseLabel": "emr-7.6.0" }, "same", "same"],
  [{ "cluster.instances.instanceGroups[1].instanceCount": 9 }, "same", "same"],
  [{ placement: { action: "launch" } }, "same", "same"],
  [{ secretPaths: ["triggers", "steps[0].hadoopJarStep.args"] }, "same", "same"],
  [{ secretPaths: [], __urn: "urn:other", __organization: "o" }, "same", "same"],
];

describe("a changed input", () => {
  test.each(table)("%j", async (change, whileRunning, whenCompleted) => {
    expect([await effect("RUNNING", change), await effect("COMPLETED", change)]).toEqual([
      whileRunning,
      whenCompleted,
    ]);
  });

  test.each<[string | undefined, string | undefined, string]>([
    ["us-east-1", "us-east-1", "same"],
    ["us-east-1", "eu-west-1", "replace region"],
    // The stack's Region has changed; the job's is not asked for.
    [undefined, "eu-west-1", "same"],
  ])("region %s is left out, in a stack of %s: %s", async (region, stack, expected) => {
    configure({ config: { get: () => stack } } as never);
    const olds = { ...stateIn("RUNNING"), region };
    const { replaces } = await diff(`${key}.1`, olds, validInputs() as ProviderInputs);
    expect(replaces).toEqual(expected === "same" ? [] : ["region"]);
  });

  test("in another order of keys is none", async () => {
    const inputs = validInputs();
    inputs.steps = [{ hadoopJarStep: inputs.steps[0].hadoopJarStep, name: inputs.steps[0].name }];
    expect((await diff(`${key}.1`, stateIn("COMPLETED"), inputs as ProviderInputs)).changes).toBe(false);
  });

  test.each(["steps", "steps[0].hadoopJarStep.args", "triggers"])("%s unknown: may replace", async (path) => {
    expect(await effect("COMPLETED", { [path]: unknownValue })).toMatch(/^replace/);
  });
});

describe("a job that did not complete", () => {
  test.each<[JobState, Inputs, number, string]>([
    ["FAILED", {}, 0, "update"],
    ["LOST", {}, 0, "update"],
    ["CANCELLED", {}, 0, "update"],
    ["INTERRUPTED", {}, 0, "update"],
    ["NEVER_STARTED", {}, 0, "update"],
    ["FAILED", { "pool.name": "adhoc" }, 0, "update"],
    ["FAILED", { resubmit: "failed" }, 0, "replace resubmit"],
    ["LOST", { resubmit: "failed" }, 0, "replace resubmit"],
    ["NEVER_STARTED", { resubmit: "failed" }, 0, "update"],
    ["NEVER_STARTED", { resubmit: "failed" }, 3, "replace resubmit"],
    ["NEVER_STARTED", { "pool.name": "adhoc" }, 0, "replace pool"],
    ["NEVER_STARTED", { "pool.name": "adhoc" }, 3, "update"],
    ["NEVER_STARTED", { "pool.name": "adhoc", resubmit: "never" }, 0, "update"],
  ])("%s, %j, %i moves: %s", async (state, change, moves, expected) => {
    expect(await effect(state, change, moves)).toBe(expected);
  });
});

describe("a job that ended since the state was written", () => {
  test.each<[JobState, JobState, Inputs, string]>([
    ["PENDING", "COMPLETED", {}, "update"],
    ["RUNNING", "FAILED", {}, "update"],
    ["RUNNING", "FAILED", { resubmit: "failed" }, "replace resubmit"],
    ["RUNNING", "NEVER_STARTED", {}, "update"],
    // It is finished, so that a change of place concerns nothing any more.
    ["RUNNING", "COMPLETED", { "pool.name": "adhoc" }, "update"],
    ["COMPLETED", "COMPLETED", {}, "same"],
  ])("%s in state, %s now, %j: %s", async (state, observed, change, expected) => {
    expect(await effect(state, { ...change, __observed: observed })).toBe(expected);
  });
});
