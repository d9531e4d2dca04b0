import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CliRunner, cliRunner } from "../support/pulumi/cliRunner";
import { findEngine } from "../support/pulumi/engine";
import { resourceCounts, type StartedRun } from "../support/pulumi/runner";
import { jobInState, type LifecycleWorld, openLifecycleWorld } from "./lifecycleWorld";

/** What `docs/lifecycle.md` says of the CLI's commands and of resource options. */
describe("commands and options of the pulumi CLI", () => {
  let world: LifecycleWorld;
  let runner: CliRunner;

  beforeEach(async ({ skip }) => {
    const search = await findEngine();
    if ("skipped" in search) return skip(search.skipped);
    world = await openLifecycleWorld();
    runner = cliRunner(search.engine, world.project);
  });
  afterEach(() => world?.close());

  const job = async (stack: string, name?: string) =>
    jobInState(await runner.exportState(world.request(stack)), name);
  const printed = (run: StartedRun, text: RegExp) =>
    expect.poll(() => run.output(), { timeout: 90_000, interval: 100 }).toMatch(text);

  it("one Ctrl-C: the job in hand ends and is kept", async () => {
    await world.executeSteps("manual");
    const run = await runner.startUp(world.request("one"));
    await printed(run, /RUNNING/);
    process.kill(run.pid, "SIGINT");
    await printed(run, /\^C received/);
    await world.finishSteps();
    expect((await run.exited).code).toBe(1);
    expect(await job("one")).toMatchObject({ outputs: { state: "COMPLETED" } });
  });

  it("two: a pending create, which up adopts and only a refresh clears", async () => {
    await world.executeSteps("manual");
    const run = await runner.startUp(world.request("two"));
    await printed(run, /RUNNING/);
    process.kill(run.pid, "SIGINT");
    await printed(run, /\^C received/);
    process.kill(run.pid, "SIGINT");
    await run.exited;
    expect(await job("two")).toBeUndefined();
    await world.finishSteps();
    const up = await runner.up(world.request("two"));
    expect(up.exitCode, up.output).toBe(0);
    expect(await job("two")).toMatchObject({ outputs: { state: "COMPLETED" } });
    expect(await world.calls("AddJobFlowSteps")).toBe(1);
    const pending = async () =>
      (await runner.exportState(world.request("two"))).deployment.pending_operations;
    expect(await pending()).toHaveLength(1);
    const clear = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"];
    expect((await runner.pulumi(clear, world.request("two"))).exitCode).toBe(0);
    expect((await pending()) ?? []).toEqual([]);
  });

  it("--target-replace runs a completed job again; --refresh does not", async () => {
    await runner.up(world.request("again"));
    const { urn, id } = (await job("again"))!;
    const up = ["up", "--yes", "--skip-preview"];
    const refreshed = await runner.pulumi([...up, "--refresh"], world.request("again"));
    expect(resourceCounts(refreshed.output)).toEqual({ unchanged: 2 });
    const replaced = await runner.pulumi([...up, "--target-replace", urn], world.request("again"));
    expect(replaced.exitCode, replaced.output).toBe(0);
    expect((await job("again"))!.id).toBe(String(id).replace(/1$/, "2"));
    expect(await world.calls("AddJobFlowSteps")).toBe(2);
  });

  it("update plans hold if the placement is left to the update, and submit nothing if they don't", async () => {
    const plan = join(world.project.scratch, "plan.json");
    const request = (stack: string, more: NodeJS.ProcessEnv = {}) => {
      const base = world.request(stack);
      return { ...base, environment: { ...base.environment, PULUMI_EXPERIMENTAL: "1", ...more } };
    };
    const atUpdate = { PULUMI_POOLED_EMR_PLACEMENT: "at-update" };
    await runner.up(world.request("first"));
    for (const [stack, more, submitted] of [
      ["held", atUpdate, 1],
      ["strict", {}, 0],
    ] as const) {
      await runner.pulumi(["preview", "--save-plan", plan], request(stack, more));
      const before = await world.calls("AddJobFlowSteps");
      const up = await runner.pulumi(["up", "--yes", "--skip-preview", "--plan", plan], request(stack, more));
      expect(up.exitCode === 0, up.output).toBe(submitted === 1);
      expect((await world.calls("AddJobFlowSteps")) - before).toBe(submitted);
    }
  });

  it("a job moved below a component, and one renamed, each with an alias, is the same job", async () => {
    await runner.up(world.request("moved"));
    await runner.up(world.request("named"));
    const ids = [(await job("moved"))!.id, (await job("named"))!.id];
    const moved = await runner.up(world.request("moved", { inGroup: true }));
    expect(resourceCounts(moved.output)).toEqual({ created: 1, unchanged: 2 });
    const alias = { names: ["counted"], options: { aliases: [{ name: "count" }] } };
    const named = await runner.up(world.request("named", alias));
    expect(resourceCounts(named.output)).toEqual({ unchanged: 2 });
    expect([(await job("moved"))!.id, (await job("named", "counted"))!.id]).toEqual(ids);
    expect(await world.calls("AddJobFlowSteps")).toBe(2);
  });

  it("retainOnDelete leaves the journal, so that the next stack of the name adopts the job", async () => {
    const retained = { options: { retainOnDelete: true } };
    await runner.up(world.request("kept", retained));
    await runner.destroy(world.request("kept", retained));
    const up = await runner.up(world.request("kept"));
    expect(up.exitCode, up.output).toBe(0);
    expect(await job("kept")).toMatchObject({ outputs: { state: "COMPLETED" } });
    expect(await world.calls("AddJobFlowSteps")).toBe(1);
  });

  it("a provider text of another release is no diff", async () => {
    await runner.up(world.request("old"));
    const file = join(world.project.scratch, "state.json");
    await runner.pulumi(["stack", "export", "--file", file], world.request("old"));
    const older = readFileSync(file, "utf8").replace(/("__provider": ")/g, "$1// an older release\\n");
    expect(older).toContain("an older release");
    writeFileSync(file, older);
    await runner.pulumi(["stack", "import", "--file", file], world.request("old"));
    const preview = await runner.preview(world.request("old"));
    expect(preview.output).toMatch(/2 unchanged/);
    const destroyed = await runner.destroy(world.request("old"));
    expect(destroyed.exitCode, destroyed.output).toBe(0);
  });

  it("40 jobs with --parallel 64: each submitted once, no more clusters than allowed", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `job${index}`);
    const pool = { maxConcurrentSteps: 10, maxClusters: 4 };
    const scenario = { names, pool, waitFor: "submitted" as const };
    const up = await runner.up({ ...world.request("many", scenario), parallel: 64 });
    expect(up.exitCode, up.output).toBe(0);
    expect(await world.calls("RunJobFlow")).toBeLessThanOrEqual(4);
    const { resources = [] } = (await runner.exportState(world.request("many"))).deployment;
    const jobs = resources.filter(({ type }) => type.endsWith("PooledEmrJob"));
    const steps = jobs.flatMap(({ outputs }) => (outputs?.steps as { id: string }[] | undefined) ?? []);
    expect(new Set(steps.map(({ id }) => id)).size).toBe(40);
    const destroyed = await runner.destroy({ ...world.request("many", scenario), parallel: 64 });
    expect(destroyed.exitCode, destroyed.output).toBe(0);
    expect(await world.calls("TerminateJobFlows")).toBe(0);
  });
});
