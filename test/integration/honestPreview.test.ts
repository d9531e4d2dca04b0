import { afterAll, beforeAll, expect, test } from "vitest";
import { toEmrFields } from "../../provider/emr/fieldNames";
import type { ProviderInputs, ProviderState } from "../../provider/lifecycle/state";
import { seededStream } from "../simulation/seeded";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { counts, EmrWorld, region, writes } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { JobProvider } from "../support/lifecycle/jobProvider";
import {
  type EarlierJob,
  type OutsideCluster,
  type RandomPool,
  randomPool,
} from "../support/lifecycle/randomPools";
import type { ProjectCopy } from "../support/pulumi/runner";

/** HONEST_PREVIEW_SEED reproduces a run that failed. */
const seed = Number(process.env.HONEST_PREVIEW_SEED ?? 1);
const worlds = Number(process.env.HONEST_PREVIEW_WORLDS ?? (process.env.POOLED_EMR_LONG_TESTS ? 200 : 60));

/** What came of a probe, in words that preview and create share. */
interface Outcome {
  readonly action: string;
  readonly clusterId?: string;
}

let world: EmrWorld;
let project: ProjectCopy;
const processes: JobProvider[] = [];

beforeAll(async () => {
  [world, project] = await Promise.all([
    EmrWorld.start(),
    projectWithPackage(`${__dirname}/../support/lifecycle/program`),
  ]);
});
afterAll(async () => {
  await Promise.all(processes.map((one) => one.close()));
  await world.close();
  project.remove();
});

async function startProvider(): Promise<JobProvider> {
  const provider = await JobProvider.start(project, world.environment);
  processes.push(provider);
  return provider;
}

/** Runs `work` for all, some at a time: the server and the provider share two processors. */
async function forAll<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: 24 }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}

const outsideIds = new Map<RandomPool, string>();

type Placed = { id: string; inputs: ProviderInputs; state: ProviderState };

async function place(provider: JobProvider, inputs: ProviderInputs): Promise<Placed> {
  const { id, outputs } = await provider.create(inputs);
  return { id, inputs, state: outputs as unknown as ProviderState };
}

const jobsOf = (pool: RandomPool, starting: boolean) =>
  pool.earlier.filter((job) => job.starting === starting);

/** Makes the pools by real placements and EMR's own doings; then everybody has gone. */
async function makePools(pools: readonly RandomPool[]): Promise<void> {
  const provider = await startProvider();
  const placed = new Map<EarlierJob, Placed>();
  for (const starting of [false, true]) {
    // From here on launched clusters stay STARTING.
    if (starting) await world.settings({ durations: { starting: 3_600_000 } });
    await forAll(pools, async (pool) => {
      if (!starting && pool.outside?.adopted) await adopt(provider, pool, pool.outside);
      for (const job of jobsOf(pool, starting)) placed.set(job, await place(provider, job.inputs));
    });
  }
  await forAll([...placed], async ([{ fate, starting }, job]) => {
    if (fate === "cluster gone") await world.endCluster(job.state.clusterId);
    if (fate === "deleted") await provider.delete(job.id, job.state);
    if ((fate !== "ended" && fate !== "ended unseen") || starting) return;
    await endSteps(job.state);
    if (fate === "ended") await provider.update(job.id, job.state, { ...job.inputs, waitFor: "running" });
  });
  await provider.close();
}

async function endSteps({ clusterId, steps }: ProviderState): Promise<void> {
  // A step that still waits behind others, or whose cluster has gone, has its own end.
  for (const { id } of steps) await world.endStep(clusterId, id, "COMPLETED").catch(() => undefined);
}

/** Makes the clusters from outside; their ids by pool. */
async function makeOutsideClusters(pools: readonly RandomPool[]): Promise<void> {
  const made = pools.filter((pool) => pool.outside);
  const seeds = made.map(({ outside }) => ({
    input: {
      ...(toEmrFields(outside!.cluster as never) as object),
      Name: "made elsewhere",
      StepConcurrencyLevel: outside!.concurrency,
      AutoTerminationPolicy: { IdleTimeout: 600 },
    },
    region,
  }));
  const { clusterIds } = await world.admin<{ clusterIds: string[] }>("emr/clusters", seeds);
  for (const [index, pool] of made.entries()) outsideIds.set(pool, clusterIds[index]!);
}

async function adopt(provider: JobProvider, pool: RandomPool, outside: OutsideCluster): Promise<void> {
  const { name, store } = pool.probe.pool;
  const inputs = jobInputs(`adopting-${seed}-${pool.number}`, {
    cluster: outside.cluster,
    pool: { name, store, clusterId: outsideIds.get(pool)!, maxConcurrentSteps: outside.concurrency },
    placement: pool.probe.placement,
  });
  const { state } = await place(provider, inputs);
  if (outside.adopted === "idle") await endSteps(state);
}

/** The job under test; the cluster that it names has its id only now. */
function probeOf(pool: RandomPool): ProviderInputs {
  const { probe, outside } = pool;
  const clusterId = outside?.named ? outsideIds.get(pool) : undefined;
  return { ...probe, pool: { ...probe.pool, clusterId } };
}

/** What a person needs to see of a pool whose preview was wrong. */
function inShort({ number, earlier, outside, probe }: RandomPool): object {
  const job = ({ pool, steps, cluster }: ProviderInputs) => ({
    ...pool,
    steps: steps.length,
    ...cluster.instances,
  });
  const before = earlier.map(({ inputs, fate, starting }) => ({ fate, starting, ...job(inputs) }));
  return { number, earlier: before, outside, probe: job(probe) };
}

/** What `create` did, given the inputs that the preview's `check` has answered. */
async function carryOut(provider: JobProvider, inputs: ProviderInputs): Promise<Outcome> {
  const waits = inputs.placement.action === "wait";
  // A job that is said to wait is not waited for: it must find no place at the first look.
  const pool = waits ? { ...inputs.pool, timeoutMinutes: 0.00001 } : inputs.pool;
  try {
    const { outputs } = await provider.create({ ...inputs, pool });
    const { joined, clusterId } = outputs as unknown as ProviderState;
    return joined ? { action: "join", clusterId } : { action: "launch" };
  } catch (error) {
    const { message } = error as Error;
    // A named cluster that can't be had, as the preview has said in the same words.
    if (
      message.includes("[ADOPT_REFUSED]") &&
      message.includes(inputs.placement.reason.slice("would fail: ".length))
    )
      return { action: "unknown" };
    // "is not ready" is said of a cluster that it has begun to launch, or to join.
    return { action: /found no place/.test(message) && !/is not ready/.test(message) ? "wait" : message };
  }
}

test(`in ${worlds} random pools, what the preview says is what create then does`, async () => {
  const pools = Array.from({ length: worlds }, (_, number) =>
    randomPool(seed, number, seededStream(seed, `pool ${number}`)),
  );
  await makeOutsideClusters(pools);
  await makePools(pools);
  // Whoever looked for room a moment ago has looked for all; a deployment comes later.
  await world.admin("clock", { advanceMs: 30_000 });
  const provider = await startProvider();
  const before = await world.lastCall();
  const checked = new Map<RandomPool, ProviderInputs>();
  await forAll(pools, async (pool) => {
    checked.set(pool, await provider.check(probeOf(pool)));
  });
  expect(writes(await world.calls(before)), "previews only read").toEqual([]);
  const wrong: string[] = [];
  const actions: Record<string, number> = {};
  await forAll([...checked], async ([pool, inputs]) => {
    const { action, clusterId, reason, refused } = inputs.placement;
    actions[action] = (actions[action] ?? 0) + 1;
    const outcome = await carryOut(provider, inputs);
    if (JSON.stringify(outcome) !== JSON.stringify({ action, clusterId }))
      wrong.push(
        JSON.stringify({ said: { action, clusterId, reason, refused }, outcome, pool: inShort(pool) }),
      );
  });
  const done = counts((await world.calls(before)).filter((call) => call.status === 200));
  const summary = `seed ${seed}: ${wrong.length} of ${worlds} previews were wrong; ${JSON.stringify(actions)}`;
  expect(wrong.length, `${summary}\n${wrong.slice(0, 3).join("\n")}`).toBe(0);
  expect(done).toMatchObject({
    RunJobFlow: actions.launch,
    AddJobFlowSteps: (actions.launch ?? 0) + (actions.join ?? 0),
  });
  // A world of one kind would prove little.
  expect(Math.min(actions.join ?? 0, actions.launch ?? 0, actions.wait ?? 0)).toBeGreaterThan(worlds / 20);
});
