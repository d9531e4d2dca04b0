import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Placement } from "../../provider/args";
import type { ProviderInputs, ProviderState } from "../../provider/lifecycle/state";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { bucket, counts, EmrWorld, region } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { JobProvider } from "../support/lifecycle/jobProvider";
import { type Done, StackedJob } from "../support/lifecycle/stack";
import type { ProjectCopy } from "../support/pulumi/runner";

/** Changes of jobs that run or have failed: what the preview says of them, and what comes of it. */

/** A job that runs on its cluster and is replaced. */
interface Replaced {
  readonly title: string;
  readonly inputs: ProviderInputs;
  readonly wanted: ProviderInputs;
  /** Its successor joins the same cluster. */
  readonly stays: boolean;
  readonly job: StackedJob;
  /** The cluster it was on. */
  first?: string;
  /** By `check` with the old inputs, and by the one that follows without them. */
  previews?: Placement[];
  replaceKeys?: readonly string[];
  done?: Done;
}

const replaced: Replaced[] = [];
const add = (
  title: string,
  stays: boolean,
  change: (inputs: ProviderInputs) => Partial<ProviderInputs>,
  initially: Parameters<typeof jobInputs>[1] = {},
) => {
  const inputs = jobInputs(`replaced${replaced.length}`, initially);
  replaced.push({ title, stays, inputs, wanted: { ...inputs, ...change(inputs) }, job: new StackedJob() });
};
const steps = [{ name: "count", hadoopJarStep: { jar: "command-runner.jar", args: ["echo", "2"] } }];
add("for other steps: goes to its own place", true, () => ({ steps }));
add("for other steps, in a pool of two slots: likewise", true, () => ({ steps }), {
  pool: { maxConcurrentSteps: 2 },
});
add("for another scope: likewise, under another key", true, () => ({ scope: "other" }));
add("while its steps are left running: to another cluster", false, () => ({ steps }), { onDelete: "leave" });
add("for another pool: to a cluster there", false, ({ pool }) => ({
  pool: { ...pool, name: `${pool.name}-b` },
}));

const logUri = `s3://${bucket}/logs/`;
const logging = (name: string): ProviderInputs => {
  const inputs = jobInputs(name);
  return { ...inputs, cluster: { ...inputs.cluster, logUri } };
};
const settled = { inputs: jobInputs("settled"), job: new StackedJob() };
const red = { inputs: jobInputs("red", { region }), job: new StackedJob() };
const kept = { inputs: logging("kept"), job: new StackedJob() };
const adopted = { inputs: logging("adopted"), job: new StackedJob() };
const before = { inputs: logging("before"), job: new StackedJob() };
const joining = { inputs: { ...logging("joining"), pool: before.inputs.pool }, job: new StackedJob() };

let world: EmrWorld;
let project: ProjectCopy;

const operation = (run: (provider: JobProvider) => Promise<unknown>) =>
  JobProvider.during(project, world.environment, run);

const endStep = ({ job }: { job: StackedJob }, state: string, message?: string) =>
  world.endStep(job.state!.clusterId, job.state!.steps[0]!.id, state, message);

/** What a job's outputs say of the cluster and the steps. */
function seen({ clusterId, clusterName, masterPublicDnsName, logUri, state, steps }: ProviderState) {
  return { clusterId, clusterName, masterPublicDnsName, logUri, state, steps };
}

async function preview(provider: JobProvider, one: Replaced): Promise<void> {
  const news = await provider.check(one.wanted, one.job.inputs);
  one.replaceKeys = (await provider.diff(one.job.id, one.job.state!, news)).replaceKeys;
  one.previews = [news.placement, (await provider.check(one.wanted)).placement];
}

/** By the input's name: the placement and the effect of a region. */
const regions: Record<string, { reason: string; changes: string; replaceKeys: readonly string[] }> = {};
let refreshed: ReturnType<typeof seen>;
let updated: ProviderState;
let lastCall: number;

beforeAll(async () => {
  project = await projectWithPackage(`${__dirname}/../support/lifecycle/program`);
  world = await EmrWorld.start();
  await operation((provider) =>
    Promise.all(
      [...replaced, settled, red, kept, adopted, before].map(({ job, inputs }) => job.up(provider, inputs)),
    ),
  );
  for (const one of replaced) one.first = one.job.state!.clusterId;
  await endStep(red, "FAILED", "no such day");
  await endStep(before, "COMPLETED");
  await operation(async (provider) => {
    await Promise.all([red, kept].map(({ job }) => job.refresh(provider)));
    refreshed = seen(kept.job.state!);
    await Promise.all(replaced.map((one) => preview(provider, one)));
    for (const wanted of [region, "us-east-1"]) {
      const news = await provider.check({ ...settled.inputs, region: wanted }, settled.job.inputs);
      const { changes, replaceKeys } = await provider.diff(settled.job.id, settled.job.state!, news);
      regions[wanted] = { reason: news.placement.reason, changes, replaceKeys };
    }
  });
  lastCall = await world.lastCall();
  // Whoever looked for room a moment ago has looked for all.
  await world.admin("clock", { advanceMs: 30_000 });
  await operation(async (provider) => {
    const news = await provider.check({ ...kept.inputs, onDelete: "leave" }, kept.job.inputs);
    updated = (await provider.update(kept.job.id, kept.job.state!, news)).outputs as unknown as ProviderState;
    await red.job.up(provider, { ...red.inputs, region: "us-east-1" });
    // Its state is lost, as after a kill of Pulumi; and an input, which is empty, has become a secret.
    const secret = { ...adopted.inputs, secretPaths: ["triggers"] };
    await Object.assign(adopted.job, { state: undefined }).up(provider, secret);
    // Without a check: nothing is read of the cluster but what the placement itself reads.
    const joined = await provider.create({ ...joining.inputs, placement: before.job.inputs!.placement });
    Object.assign(joining.job, { id: joined.id, state: joined.outputs, inputs: joining.inputs });
    await Promise.all(
      replaced.map(async (one) => {
        one.done = await one.job.up(provider, one.wanted);
      }),
    );
  });
}, 240_000);
afterAll(async () => {
  await world.close();
  project.remove();
});

describe("a job that runs and is replaced", () => {
  test.each(replaced.map((one) => [one.title, one] as const))("%s", (_, one) => {
    expect(one.replaceKeys).toHaveLength(1);
    const said = one.stays ? { action: "join", clusterId: one.first } : { action: "launch" };
    expect(one.previews).toEqual([expect.objectContaining(said), expect.objectContaining(said)]);
    if (one.stays)
      for (const { reason } of one.previews!)
        expect(reason).toMatch(/slots free; where it has its place now$/);
    expect(one.done).toBe("replaced");
    expect(one.job.state!.clusterId === one.first).toBe(one.stays);
  });
});

describe("a region", () => {
  test("that is written down, where the job runs already, changes nothing", () => {
    expect(regions[region]).toMatchObject({ changes: "none", replaceKeys: [] });
    expect(regions[region]!.reason).toMatch(/^was submitted to/);
    expect(regions["us-east-1"]!.replaceKeys).toEqual(["region"]);
  });

  test("that is another: a failed job is still found where it ran", () => {
    expect(red.job.initErrors.join("\n")).toMatch(/ended FAILED.*no such day.*\[JOB_FAILED\]/);
    expect(red.job.state).toMatchObject({ state: "FAILED", region, __region: region });
  });
});

describe("outputs", () => {
  const complete = {
    masterPublicDnsName: expect.any(String),
    logUri,
    state: "RUNNING",
    steps: [{ startedAt: expect.any(String) }],
  };

  test("stay as they are when an option changes in place, without a call for the cluster", async () => {
    expect(refreshed).toMatchObject({ ...complete, clusterName: expect.stringContaining("pool-kept") });
    expect(updated.onDelete).toBe("leave");
    expect(seen(updated)).toEqual(refreshed);
    const calls = (await world.calls(lastCall)).filter((call) => call.resource === refreshed.clusterId);
    expect(counts(calls)).not.toHaveProperty("DescribeCluster");
  });

  test("are complete when an up adopts what an earlier one, which was killed, has submitted", () => {
    const { state, id } = adopted.job;
    expect(id).toMatch(/\.1$/);
    expect(seen(state!)).toMatchObject({ ...complete, clusterName: expect.stringContaining("pool-adopted") });
  });

  test("of a job that joins have the log location of the launch, and so they have after its end", async () => {
    const { clusterId } = before.job.state!;
    expect(joining.job.state).toMatchObject({ clusterId, joined: true, logUri });
    const { clusterName } = joining.job.state!;
    expect(clusterName).toContain("pool-before");
    await endStep(joining, "COMPLETED");
    await operation((provider) => joining.job.refresh(provider));
    expect(joining.job.state).toMatchObject({ state: "COMPLETED", clusterId, clusterName, logUri });
  });
});
