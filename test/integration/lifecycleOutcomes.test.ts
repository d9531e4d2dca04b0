import { DescribeClusterCommand, EMRClient, ListStepsCommand } from "@aws-sdk/client-emr";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobState, Resubmit } from "../../provider/args";
import type { ProviderInputs } from "../../provider/lifecycle/state";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { credentials, EmrWorld, region } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { JobProvider } from "../support/lifecycle/jobProvider";
import { type Done, StackedJob } from "../support/lifecycle/stack";
import type { ProjectCopy } from "../support/pulumi/runner";

const outcomes = ["COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED", "NEVER_STARTED", "LOST"] as const;
type Ended = (typeof outcomes)[number];

/** What is tried: one job in a pool of its own for each. */
interface Case {
  readonly outcome: Ended;
  readonly resubmit: Resubmit;
  /** Is there a `pulumi refresh` between the end and the next `up`? */
  readonly refresh: boolean;
  readonly change: "nothing" | "triggers" | "pool";
  readonly inputs: ProviderInputs;
  readonly job: StackedJob;
  readonly seen: { refreshed?: readonly string[]; preview?: string; done?: Done };
}

const cases: Case[] = [];
const add = (outcome: Ended, resubmit: Resubmit, refresh: boolean, change: Case["change"]) => {
  const inputs = jobInputs(`job${cases.length}`, { resubmit });
  cases.push({ outcome, resubmit, refresh, change, inputs, job: new StackedJob(), seen: {} });
};
for (const outcome of outcomes) {
  for (const resubmit of ["never-started", "failed", "never"] as const) {
    add(outcome, resubmit, true, "nothing");
    add(outcome, resubmit, false, "nothing");
  }
  add(outcome, "never-started", true, "triggers");
  add(outcome, "never-started", false, "pool");
}

let world: EmrWorld;
let project: ProjectCopy;

const operation = (run: (provider: JobProvider) => Promise<unknown>) =>
  JobProvider.during(project, world.environment, run);

async function bringAbout({ outcome, job }: Case): Promise<void> {
  const { clusterId, steps } = job.state!;
  if (outcome === "NEVER_STARTED" || outcome === "LOST") await world.endCluster(clusterId);
  else await world.endStep(clusterId, steps[0]!.id, outcome, outcome === "FAILED" ? "exit 3" : undefined);
  if (outcome === "LOST") await world.forgetCluster(clusterId);
}

function changed({ inputs, change }: Case): ProviderInputs {
  if (change === "triggers") return { ...inputs, triggers: ["again"] };
  return change === "pool" ? { ...inputs, pool: { ...inputs.pool, name: "elsewhere" } } : inputs;
}

beforeAll(async () => {
  project = await projectWithPackage(`${__dirname}/../support/lifecycle/program`);
  world = await EmrWorld.start();
  const neverStarted = cases.filter(({ outcome }) => outcome === "NEVER_STARTED");
  const others = cases.filter(({ outcome }) => outcome !== "NEVER_STARTED");
  const create = (provider: JobProvider) => (one: Case) => one.job.up(provider, one.inputs);
  await operation(async (provider) => {
    await Promise.all(others.map(create(provider)));
    // Steps on a cluster that takes an hour to start never begin.
    await world.settings({ durations: { starting: 3_600_000 } });
    await Promise.all(neverStarted.map(create(provider)));
  });
  for (const one of cases) await bringAbout(one);
  await world.settings({ durations: { starting: 0 } });
  await operation((provider) =>
    Promise.all(
      cases
        .filter(({ refresh }) => refresh)
        .map(async ({ job, seen }) => {
          await job.refresh(provider);
          seen.refreshed = job.initErrors;
        }),
    ),
  );
  await operation((provider) =>
    Promise.all(
      cases.map(async (one) => {
        one.seen.preview = (await provider.check(changed(one), one.job.inputs)).placement.reason;
      }),
    ),
  );
  await operation((provider) =>
    Promise.all(
      cases.map(async (one) => {
        one.seen.done = await one.job.up(provider, changed(one));
      }),
    ),
  );
}, 300_000);
afterAll(async () => {
  await world.close();
  project.remove();
});

interface Expected {
  readonly done: Done;
  readonly state: JobState;
  readonly incarnation: 1 | 2;
  readonly moves: number;
  readonly preview: RegExp;
}

/** Decisions.md 1 to 5. */
function expected({ outcome, resubmit, refresh, change }: Case): Expected {
  const anew: Expected = { done: "replaced", state: "PENDING", incarnation: 2, moves: 0, preview: /^would / };
  if (change === "triggers") return anew;
  if (outcome === "COMPLETED") {
    // Finished is finished, also in another pool; an end that nobody saw is noted.
    const done = refresh ? "same" : "updated";
    return { done, state: outcome, incarnation: 1, moves: 0, preview: /^would launch/ };
  }
  if (outcome === "NEVER_STARTED" && resubmit !== "never") {
    if (change === "pool") return { ...anew, preview: /^placed anew, because it NEVER_STARTED: would/ };
    const preview = /^placed anew, because it NEVER_STARTED: would launch/;
    return { done: "updated", state: "PENDING", incarnation: 1, moves: 1, preview };
  }
  if (resubmit === "failed") {
    const preview = new RegExp(`^runs again, because it is ${outcome} and resubmit is "failed": would`);
    return { ...anew, preview };
  }
  const preview = new RegExp(`^is ${outcome} on j-\\w+: reported again, and nothing is submitted`);
  return { done: "updated", state: outcome, incarnation: 1, moves: 0, preview };
}

const title = ({ outcome, resubmit, refresh, change }: Case) =>
  `${outcome}, resubmit ${resubmit}, ${refresh ? "refreshed" : "not refreshed"}, ${change} changed`;

describe("a job that ended", () => {
  test.each(cases.map((one) => [title(one), one] as const))("%s", (_, one) => {
    const { job, outcome, refresh, seen } = one;
    const wanted = expected(one);
    if (refresh) {
      const red = outcome !== "COMPLETED";
      // What happened, and the diagnosis; nobody can say anything of a job that is lost.
      expect(seen.refreshed).toHaveLength(outcome === "LOST" ? 1 : red ? 2 : 0);
      if (red) expect(seen.refreshed![0]).toMatch(new RegExp(`ended ${outcome}.*\\[JOB_${outcome}\\]$`));
    }
    expect(seen.preview).toMatch(wanted.preview);
    expect({ done: seen.done, state: job.state!.state, moves: job.state!.__moves }).toEqual({
      done: wanted.done,
      state: wanted.state,
      moves: wanted.moves,
    });
    expect(job.id).toMatch(new RegExp(`\\.${wanted.incarnation}$`));
    const staysRed = wanted.state === outcome && outcome !== "COMPLETED";
    expect(job.initErrors.length > 0, job.initErrors.join("\n")).toBe(staysRed);
    if (staysRed) expect(job.initErrors[0]).toContain(`[JOB_${outcome}]`);
  });
});

describe("a job whose clusters end before it begins", () => {
  test("is placed anew three times, then stays red until an input changes", async () => {
    await world.settings({ durations: { starting: 3_600_000 } });
    const job = new StackedJob();
    const inputs = jobInputs("unlucky");
    const clusters: string[] = [];
    const done: Done[] = [];
    for (let round = 0; round < 5; round++) {
      await operation(async (provider) => {
        done.push(await job.up(provider, inputs));
      });
      clusters.push(job.state!.clusterId);
      if (job.state!.state === "PENDING") await world.endCluster(job.state!.clusterId);
    }
    expect(done).toEqual(["created", "updated", "updated", "updated", "updated"]);
    expect([job.state!.state, job.state!.__moves]).toEqual(["NEVER_STARTED", 3]);
    // Four clusters; the fifth look finds the fourth.
    expect([new Set(clusters).size, clusters[4]]).toEqual([4, clusters[3]]);
    expect(job.initErrors[0]).toContain("placed 3 times in vain");
    await operation(async (provider) => {
      done.push(await job.up(provider, { ...inputs, triggers: ["try again"] }));
    });
    expect([done.at(-1), job.state!.state, job.id.endsWith(".2")]).toEqual(["replaced", "PENDING", true]);
    await world.settings({ durations: { starting: 0 } });
  });
});

describe("how long an up waits", () => {
  test("submitted: not at all; running: until the first step runs; completed: until all have ended", async () => {
    const until = new Map<string, StackedJob>();
    await operation(async (provider) => {
      for (const waitFor of ["submitted", "running"] as const) {
        const job = new StackedJob();
        until.set(waitFor, job);
        await job.up(provider, jobInputs(`wait-${waitFor}`, { waitFor }));
      }
      const completed = new StackedJob();
      const up = completed.up(provider, jobInputs("wait-completed", { waitFor: "completed" }));
      await expect.poll(() => unfinishedSteps("wait-completed"), { timeout: 60_000 }).toHaveLength(1);
      const [[clusterId, stepId]] = (await unfinishedSteps("wait-completed")) as [[string, string]];
      await world.endStep(clusterId, stepId, "COMPLETED");
      expect(await up).toBe("created");
      expect(completed.state!.state).toBe("COMPLETED");
    });
    expect([...until.values()].map((job) => job.state!.state)).toEqual(["PENDING", "RUNNING"]);
  });

  test.each([
    ["completed", { waitFor: "completed", completionTimeoutMinutes: 0.001 }, /still running after 0 minutes/],
    ["running", { waitFor: "running", pool: { timeoutMinutes: 0.1 } }, /has not begun after 0.1 minutes/],
  ] as const)(
    "%s: a time limit keeps the job, and the next up goes on waiting",
    async (waitFor, limits, says) => {
      if (waitFor === "running") await world.settings({ durations: { starting: 3_600_000 } });
      const job = new StackedJob();
      const inputs = jobInputs(`limited-${waitFor}`, limits);
      await operation((provider) => job.up(provider, inputs));
      expect(job.initErrors).toHaveLength(1);
      expect(job.initErrors[0]).toMatch(says);
      expect(job.initErrors[0]).toContain("[COMPLETION_TIMEOUT]");
      const { id, state } = job;
      if (waitFor === "completed") await world.endStep(state!.clusterId, state!.steps[0]!.id, "COMPLETED");
      await world.settings({ durations: { starting: 0 } });
      await operation(async (provider) => {
        expect(await job.up(provider, inputs)).toBe("updated");
      });
      expect(job.initErrors).toEqual([]);
      expect([job.id, job.state!.state]).toEqual([id, waitFor === "completed" ? "COMPLETED" : "RUNNING"]);
    },
  );
});

/** Cluster and id of the steps that a job's journal names. */
async function unfinishedSteps(name: string): Promise<[string, string][]> {
  const calls = (await world.calls()).filter((call) => call.operation === "AddJobFlowSteps");
  const emr = new EMRClient({ endpoint: world.server.url, region, credentials });
  const found: [string, string][] = [];
  for (const clusterId of new Set(calls.map((call) => call.resource))) {
    const { Cluster } = await emr
      .send(new DescribeClusterCommand({ ClusterId: clusterId }))
      .catch(() => ({ Cluster: undefined }));
    if (!Cluster?.Name?.includes(`pool-${name}.`)) continue;
    const { Steps = [] } = await emr.send(
      new ListStepsCommand({ ClusterId: clusterId, StepStates: ["RUNNING"] }),
    );
    found.push(...Steps.map((step): [string, string] => [clusterId, step.Id!]));
  }
  emr.destroy();
  return found;
}
