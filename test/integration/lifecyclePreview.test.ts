import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProviderInputs } from "../../provider/lifecycle/state";
import { unknownValue } from "../../provider/lifecycle/unknowns";
import { localFile } from "../../provider/steps/localFile";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { EmrWorld, writes } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { JobProvider } from "../support/lifecycle/jobProvider";
import { StackedJob } from "../support/lifecycle/stack";
import type { ProjectCopy } from "../support/pulumi/runner";

let world: EmrWorld;
let project: ProjectCopy;
let provider: JobProvider;
/** A job that has completed, as its state stands after a refresh. */
const completed = new StackedJob();
const file = localFile(__filename);
const inputs = jobInputs("completed", {
  waitFor: "completed",
  steps: [{ name: "count", hadoopJarStep: { jar: "command-runner.jar", args: ["true", file] } }],
});

beforeAll(async () => {
  project = await projectWithPackage(join(__dirname, "..", "support", "lifecycle", "program"));
  world = await EmrWorld.start({ stepExecution: 0 });
  const earlier = await JobProvider.start(project, world.environment);
  await completed.up(earlier, inputs);
  await completed.refresh(earlier);
  await earlier.close();
  provider = await JobProvider.start(project, world.environment);
});
afterAll(async () => {
  await provider.close();
  await world.close();
  project.remove();
});

async function preview(wanted: ProviderInputs, olds?: ProviderInputs) {
  const before = await world.lastCall();
  const { placement } = await provider.check(wanted, olds);
  expect(writes(await world.calls(before))).toEqual([]);
  return placement;
}

describe("several jobs in one preview", () => {
  test("that need the same slot: the second plans after the first", async () => {
    const job = (name: string) => jobInputs(name, { pool: { name: "queue", maxClusters: 1 } });
    expect(await preview(job("first"))).toMatchObject({ action: "launch" });
    const second = await preview(job("second"));
    expect(second).toMatchObject({ action: "wait" });
    expect(second.reason).toContain("1 of at most 1 clusters");
    // Asked again, a job does not stand in its own way.
    expect(await preview(job("first"))).toMatchObject({ action: "launch" });
  });

  test("that fit on one cluster: the second joins what the first launches, and is told whose it is", async () => {
    const job = (name: string) => jobInputs(name, { pool: { name: "pair", maxConcurrentSteps: 2 } });
    const { launchId } = await preview(job("one"));
    const other = await preview(job("two"));
    expect(other).toMatchObject({ action: "join", launchId });
    expect(other.reason).toContain("launched for one");
    expect(await preview(job("three"))).toMatchObject({ action: "launch" });
  });
});

describe("unknown inputs", () => {
  test.each<[string, Partial<ProviderInputs>, string]>([
    ["steps", { steps: unknownValue as never }, "steps"],
    [
      "an argument",
      { steps: [{ name: "x", hadoopJarStep: { jar: "command-runner.jar", args: [unknownValue] } }] },
      "steps",
    ],
    ["the cluster", { cluster: unknownValue as never }, "cluster"],
    ["triggers", { triggers: [unknownValue] }, "triggers"],
  ])("%s: decided at update", async (_, change, name) => {
    const placement = await preview(jobInputs("unknown", change));
    expect(placement).toEqual({
      action: "unknown",
      reason: `decided at update, because ${name} is not known yet`,
      refused: [],
    });
  });
});

describe("a completed job shows no diff", () => {
  const reordered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reordered);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).reverse();
    return Object.fromEntries(entries.map(([key, inner]) => [key, reordered(inner)]));
  };
  test.each<[string, (wanted: ProviderInputs) => ProviderInputs]>([
    ["unchanged", (wanted) => wanted],
    ["with keys in another order", (wanted) => reordered(wanted) as ProviderInputs],
    ["in another pool", (wanted) => ({ ...wanted, pool: { ...wanted.pool, name: "other" } })],
    [
      "with another store",
      (wanted) => ({ ...wanted, pool: { ...wanted.pool, store: "s3://lifecycle-tests/b" } }),
    ],
    [
      "with other limits",
      (wanted) => ({ ...wanted, pool: { ...wanted.pool, maxClusters: 3, waitMinutes: 5 } }),
    ],
    [
      "for another release",
      (wanted) => ({ ...wanted, cluster: { ...wanted.cluster, releaseLabel: "emr-7.2.0" } }),
    ],
    ["in another region", (wanted) => ({ ...wanted, region: "us-east-1" })],
    ["with a secret", (wanted) => ({ ...wanted, secretPaths: ["steps[0].hadoopJarStep.args[0]"] })],
    ["that waits for less", (wanted) => ({ ...wanted, waitFor: "submitted", onDelete: "leave" })],
    ["that may run again", (wanted) => ({ ...wanted, resubmit: "failed" })],
  ])("%s", async (_, change) => {
    const wanted = change(inputs);
    const news = await provider.check(wanted, completed.inputs);
    expect(news.placement).toEqual(completed.inputs!.placement);
    const { changes, replaceKeys } = await provider.diff(completed.id, completed.state!, news);
    expect({ changes, replaceKeys }).toEqual({ changes: "none", replaceKeys: [] });
    // The state then has the changed inputs, and the journal is where it was.
    const again = await provider.check(wanted, news);
    expect(again.placement).toEqual(completed.inputs!.placement);
  });
});

test("nor does it while its store is not known yet", async () => {
  const wanted = { ...inputs, pool: { ...inputs.pool, store: unknownValue } };
  const news = await provider.check(wanted, completed.inputs);
  expect((await provider.diff(completed.id, completed.state!, news)).changes).toBe("none");
});

describe("when AWS can't be read, the preview succeeds and says why", () => {
  test.each<[string, Partial<NodeJS.ProcessEnv>, Partial<ProviderInputs["pool"]>, RegExp]>([
    [
      "EMR and S3 out of reach",
      { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" },
      {},
      /UNAVAILABLE|ECONNREFUSED/,
    ],
    ["no such bucket", {}, { store: "s3://there-is-none/pool" }, /STORE_NO_SUCH_BUCKET/],
  ])("%s", async (_, environment, pool, reason) => {
    const blind = await JobProvider.start(project, { ...world.environment, ...environment });
    try {
      const { placement } = await blind.check(jobInputs("blind", { pool }));
      expect(placement.action).toBe("unknown");
      expect(placement.reason).toMatch(/^decided at update, because AWS can't be read now: /);
      expect(placement.reason).toMatch(reason);
    } finally {
      await blind.close();
    }
  });

  test.each(["ListClusters", "DescribeCluster"])("no permission for %s", async (operation) => {
    const message = `User is not authorized to perform: elasticmapreduce:${operation}`;
    const denied = { status: 400, code: "AccessDeniedException", message, times: 1000 };
    await world.addFault({ service: "emr", operation, ...denied });
    const blind = await JobProvider.start(project, world.environment);
    try {
      const { placement } = await blind.check({ ...jobInputs("denied"), pool: completed.inputs!.pool });
      // What can't be described is judged by its launch record; without a list there is nothing to judge.
      if (operation === "ListClusters") expect(placement.reason).toContain(operation);
      expect(placement.action).toBe(operation === "ListClusters" ? "unknown" : "join");
    } finally {
      await blind.close();
      await world.admin("faults", undefined, "DELETE");
    }
  });
});

describe("bad input is refused at check, by one clear error", () => {
  const step = { name: "x", hadoopJarStep: { jar: "command-runner.jar" } };
  test.each<[string, Partial<ProviderInputs> | Record<string, unknown>, string, RegExp]>([
    ["no steps", { steps: [] }, "steps", /a list of 1 to 256 steps/],
    ["an empty pool name", { pool: { name: "", store: "s3://b-b/p" } }, "pool.name", /1 to 64 of/],
    ["an unknown field", { clusters: {} }, "clusters", /cluster/],
    ["an unknown field of the pool", { pool: { maxCluster: 1 } }, "pool.maxCluster", /maxClusters/],
    ["an unknown field of a step", { steps: [{ ...step, jar: "x" }] }, "steps[0].jar", /unknown|not a/],
    ["steps inside the cluster", { cluster: { steps: [step] } }, "cluster.steps", /resource's own `steps`/],
    ["a store that is no address", { pool: { store: "my-bucket" } }, "pool.store", /s3:\/\/bucket/],
    ["a region that is none", { region: "Ireland" }, "region", /eu-west-1/],
  ])("%s", async (_, change, property, says) => {
    const { failures } = await provider.tryCheck(jobInputs("bad", change as never));
    const about = failures.filter((failure) => failure.property === property);
    expect(about, JSON.stringify(failures)).toHaveLength(1);
    expect(about[0]!.reason).toMatch(says);
    expect(about[0]!.reason).toMatch(/\[INVALID_INPUT\]$|\.$/);
  });
});
