import { CancelStepsCommand, DescribeClusterCommand, EMRClient, ListStepsCommand } from "@aws-sdk/client-emr";
import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Call } from "../../local/callLog";
import type { ProviderInputs, ProviderState } from "../../provider/lifecycle/state";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { bucket, counts, credentials, EmrWorld, region, writes } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { JobProvider } from "../support/lifecycle/jobProvider";
import { StackedJob } from "../support/lifecycle/stack";
import type { ProjectCopy } from "../support/pulumi/runner";

let world: EmrWorld;
let project: ProjectCopy;
let emr: EMRClient;

beforeAll(async () => {
  project = await projectWithPackage(`${__dirname}/../support/lifecycle/program`);
  world = await EmrWorld.start();
  emr = new EMRClient({ endpoint: world.server.url, region, credentials });
});
afterAll(async () => {
  emr.destroy();
  await world.close();
  project.remove();
});

/** One operation: a provider process of its own, as the engine starts one. Answers the calls it made. */
async function operation(run: (provider: JobProvider) => Promise<unknown>): Promise<Call[]> {
  const before = await world.lastCall();
  const provider = await JobProvider.start(project, world.environment);
  try {
    await run(provider);
  } finally {
    await provider.close();
  }
  return world.calls(before);
}

/** Job `index` of a pool whose clusters run so many steps at once. */
function jobIn(pool: string, slots: number, index = 0, change: Partial<ProviderInputs> = {}): ProviderInputs {
  return jobInputs(`${pool}-${index}`, { ...change, pool: { name: pool, maxConcurrentSteps: slots } });
}

async function place(provider: JobProvider, inputs: ProviderInputs): Promise<StackedJob> {
  const job = new StackedJob();
  await job.up(provider, inputs);
  return job;
}

/** Jobs of one pool that share its cluster: the first launches it. */
async function placeTogether(provider: JobProvider, pool: string, count: number): Promise<StackedJob[]> {
  const first = await place(provider, jobIn(pool, count));
  const others = Array.from({ length: count - 1 }, (_, index) =>
    place(provider, jobIn(pool, count, index + 1)),
  );
  return [first, ...(await Promise.all(others))];
}

const step = (job: StackedJob) => job.state!.steps[0]!.id;
const clusterOf = (job: StackedJob) => job.state!.clusterId;
const endStep = (job: StackedJob, state: string, message?: string) =>
  world.endStep(clusterOf(job), step(job), state, message);

async function stepStates(clusterId: string): Promise<Record<string, string>> {
  const { Steps = [] } = await emr.send(new ListStepsCommand({ ClusterId: clusterId }));
  return Object.fromEntries(Steps.map(({ Id, Status }) => [Id!, Status!.State!]));
}

async function removeObjects(prefix: string, containing = ""): Promise<void> {
  const s3 = world.s3();
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  for (const { Key } of Contents)
    if (Key!.includes(containing)) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  s3.destroy();
}

const journalOf = ({ id }: StackedJob) => id.slice(0, 26);
const forget = (job: StackedJob) => world.forgetCluster(clusterOf(job));
const endCluster = (job: StackedJob) => world.endCluster(clusterOf(job));

describe("refresh", () => {
  const gone: [string, (job: StackedJob) => Promise<unknown>, string | undefined][] = [
    ["its logs are gone", async () => undefined, "FAILED"],
    ["its cluster is gone", endCluster, "FAILED"],
    ["EMR has forgotten its cluster", forget, "LOST"],
    ["the pool's records are gone", async (job) => removeObjects("pools/v1/", `/${poolOf(job)}/`), "FAILED"],
    [
      "its journal is gone, and drops it",
      async (job) => removeObjects("pools/v1/", journalOf(job)),
      undefined,
    ],
  ];
  const poolOf = (job: StackedJob) => job.state!.pool.name;
  const goneJobs: StackedJob[] = [];
  let ten: StackedJob[];
  let many: StackedJob[];
  let failing: StackedJob;
  let asCreated: ProviderState;
  let calls: Call[];
  let again: Call[];

  beforeAll(async () => {
    await operation(async (provider) => {
      [ten, many, failing] = await Promise.all([
        placeTogether(provider, "ten", 10),
        placeTogether(provider, "many", 35),
        place(provider, jobIn("failing", 1)),
      ]);
      for (const index of gone.keys()) goneJobs.push(await place(provider, jobIn(`gone${index}`, 1)));
    });
    asCreated = failing.state!;
    await endStep(failing, "FAILED", "no such day");
    await endStep(ten[3]!, "COMPLETED");
    for (const job of many.slice(0, 12)) await endStep(job, "COMPLETED");
    for (const [index, [, happens]] of gone.entries()) {
      await endStep(goneJobs[index]!, "FAILED", "exit 1");
      await happens(goneJobs[index]!);
    }
    const all = [...ten, ...many, failing, ...goneJobs];
    calls = await operation((provider) => Promise.all(all.map((job) => job.refresh(provider))));
    again = await operation((provider) => failing.refresh(provider));
  }, 240_000);

  const callsAbout = (job: StackedJob) => counts(calls.filter((call) => call.resource === clusterOf(job)));

  test("writes nothing", () => {
    expect(writes([...calls, ...again])).toEqual([]);
  });

  test("of ten jobs on one cluster describes it once at most and lists its steps for all who ask at a time", () => {
    const { DescribeCluster, ListSteps } = callsAbout(ten[0]!);
    expect(new Set(ten.map(clusterOf)).size).toBe(1);
    // Not at all where the state of any of them has what it would tell.
    expect(DescribeCluster ?? 0).toBeLessThanOrEqual(1);
    // The first to ask asks alone; those who come meanwhile are answered together.
    expect(ListSteps).toBeLessThanOrEqual(2);
    expect(ten.map((job) => job.state!.state).filter((state) => state === "RUNNING")).toHaveLength(9);
    expect(ten[3]!.state!.steps[0]).toMatchObject({
      name: "count",
      state: "COMPLETED",
      startedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      endedAt: expect.stringMatching(/^20\d\d-.*Z$/),
    });
  });

  test("of 35 jobs on one cluster asks for a dozen that ended by ten ids at a time", () => {
    // One alone, one of the active steps, two for those that are no longer active.
    expect(callsAbout(many[0]!).ListSteps).toBeLessThanOrEqual(4);
    expect(many.filter((job) => job.state!.state === "COMPLETED")).toHaveLength(12);
  });

  test("brings the diagnosis of a failure, and leaves everything else as it was; repeated, it says the same", () => {
    const after = failing.state!;
    expect(after.state).toBe("FAILED");
    expect(after.diagnosis).toMatchObject({ kind: expect.any(String), message: expect.any(String) });
    expect(failing.initErrors.join("\n")).toContain("no such day");
    const { state: _, steps: __, diagnosis: ___, masterPublicDnsName: ____, ...rest } = after;
    const { state: _s, steps: _t, masterPublicDnsName: _m, ...before } = asCreated;
    expect(rest).toEqual(before);
    expect(counts(again)).not.toHaveProperty("ListClusters");
  });

  test.each(gone.map(([title, , state], index) => [title, state, index] as const))(
    "does not fail when %s",
    (_, state, index) => {
      expect(goneJobs[index]!.state?.state).toBe(state);
    },
  );

  test("by id alone (`.get`) knows where the job runs", async () => {
    const inputs = jobIn("ten", 10);
    await operation(async (provider) => {
      const { id, outputs } = await provider.get(ten[0]!.id, inputs);
      expect(id).toBe(ten[0]!.id);
      expect(outputs).toMatchObject({ clusterId: clusterOf(ten[0]!), state: "RUNNING", claimId: id });
      await expect(provider.get(`${"a".repeat(26)}.1`, inputs)).rejects.toThrow("[NO_SUCH_JOB]");
    });
  });
});

describe("destroy", () => {
  const gone: [string, (job: StackedJob) => Promise<unknown>][] = [
    ["nothing is gone", async () => undefined],
    ["its cluster is gone", endCluster],
    ["EMR has forgotten its cluster", forget],
    [
      "its step was cancelled by others",
      (job) => {
        const StepCancellationOption = "TERMINATE_PROCESS" as const;
        const request = { ClusterId: clusterOf(job), StepIds: [step(job)], StepCancellationOption };
        return emr.send(new CancelStepsCommand(request));
      },
    ],
    ["its journal is gone", async (job) => removeObjects("pools/v1/", journalOf(job))],
    ["the pool's records are gone", async (job) => removeObjects("pools/v1/", `/${job.state!.pool.name}/`)],
  ];
  const goneJobs: StackedJob[] = [];
  let three: StackedJob[];
  let left: StackedJob;
  let starting: StackedJob;
  let calls: Call[];
  let next: StackedJob[];

  beforeAll(async () => {
    await operation(async (provider) => {
      three = await placeTogether(provider, "three", 3);
      left = await place(provider, jobIn("left", 1, 0, { onDelete: "leave" }));
      for (const index of gone.keys()) goneJobs.push(await place(provider, jobIn(`away${index}`, 1)));
      await world.settings({ durations: { starting: 3_600_000 } });
      starting = await place(provider, jobIn("starting", 1));
    });
    await endStep(three[1]!, "COMPLETED");
    for (const [index, [, happens]] of gone.entries()) await happens(goneJobs[index]!);
    const all = [three[0]!, three[1]!, left, starting, ...goneJobs];
    const destroyed = all.map((job) => ({ id: job.id, state: job.state! }));
    const destroyAll = (provider: JobProvider) =>
      Promise.all(destroyed.map(({ id, state }) => provider.delete(id, state)));
    calls = await operation(destroyAll);
    await world.settings({ durations: { starting: 0 } });
    // Repeated: by the same process, and by another.
    await operation(async (provider) => {
      await destroyAll(provider);
      await destroyAll(provider);
      // The two places that are free, and none in the pool whose steps were left.
      next = await Promise.all([
        place(provider, jobIn("three", 3, 10)),
        place(provider, jobIn("three", 3, 11)),
        place(provider, jobIn("left", 1, 10)),
      ]);
    });
  }, 240_000);

  test("cancels the job's own unfinished steps, and touches nothing else", async () => {
    expect(await stepStates(clusterOf(three[0]!))).toMatchObject({
      [step(three[0]!)]: "CANCELLED",
      [step(three[1]!)]: "COMPLETED",
      [step(three[2]!)]: "RUNNING",
    });
    expect(counts(calls)).not.toHaveProperty("TerminateJobFlows");
    const cancelled = calls.filter((call) => call.operation === "CancelSteps");
    expect(cancelled.map((call) => call.resource)).not.toContain(clusterOf(left));
  });

  test("frees the places", () => {
    expect(next.slice(0, 2).map(clusterOf)).toEqual([clusterOf(three[0]!), clusterOf(three[0]!)]);
  });

  test("with onDelete leave: the step runs on and keeps its place until it ends", async () => {
    expect(await stepStates(clusterOf(left))).toEqual({ [step(left)]: "RUNNING" });
    expect(clusterOf(next[2]!)).not.toBe(clusterOf(left));
    await endStep(left, "COMPLETED");
    // Whoever looked for room a moment ago has looked for all.
    await world.admin("clock", { advanceMs: 30_000 });
    let last: StackedJob | undefined;
    await operation(async (provider) => {
      last = await place(provider, jobIn("left", 1, 11));
    });
    expect(clusterOf(last!)).toBe(clusterOf(left));
    expect(last!.inputs!.placement).toMatchObject({ action: "join", clusterId: clusterOf(left) });
  });

  test("of a step that waits in a starting cluster: the cluster stays", async () => {
    expect(await stepStates(clusterOf(starting))).toEqual({ [step(starting)]: "CANCELLED" });
    const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: clusterOf(starting) }));
    expect(Cluster!.Status!.State).not.toMatch(/TERMINAT/);
  });

  test.each(gone.map(([title], index) => [title, index] as const))(
    "works when %s, and repeated",
    (_, index) => {
      // The operations above would have failed; here is what became of the step.
      expect(goneJobs[index]!.id).toMatch(/\.1$/);
    },
  );
});
