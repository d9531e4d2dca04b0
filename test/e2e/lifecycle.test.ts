import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineSearch, findEngine } from "../support/pulumi/engine";
import { engines, runnerOn } from "../support/pulumi/engines";
import type { PulumiRunner } from "../support/pulumi/runner";
import { jobInState, type LifecycleWorld, openLifecycleWorld } from "./lifecycleWorld";

/** What people read and what is left behind, step by step; the rest is in `lifecycleOptions.long.test.ts`. */

describe.each(engines)("the life of a job on the %s", (name) => {
  let search: EngineSearch;
  let world: LifecycleWorld;
  let runner: PulumiRunner;

  beforeAll(async () => {
    search = await findEngine();
    world = await openLifecycleWorld();
    runner = runnerOn(name, search, world.project);
  });
  afterAll(() => world.close());

  it("fails, stays red, is fixed, and then never differs again", async ({ skip }) => {
    if (name === "pulumi CLI" && "skipped" in search) return skip(search.skipped);
    const broken = { commands: ["true", "exit 3"] };
    const failed = await runner.up(world.request("life", broken));
    expect(failed.exitCode, failed.output).toBe(1);
    expect(failed.output).toMatch(/ended FAILED: .*step 2.*\[JOB_FAILED\]/);
    const inState = jobInState(await runner.exportState(world.request("life", broken)));
    expect(inState).toMatchObject({
      outputs: { state: "FAILED" },
      initErrors: [/JOB_FAILED/, /Diagnosis/].map((text) => expect.stringMatching(text)),
    });

    const preview = await runner.preview(world.request("life", broken));
    expect(preview.output).toMatch(/is FAILED on j-\w+: reported again, and nothing is submitted unless/);
    expect(preview.output).not.toContain("would join");

    const refreshed = await runner.refresh(world.request("life", broken));
    expect(refreshed.output).toMatch(/unhealthy state/);
    expect(refreshed.output, "a stack trace").not.toMatch(/^ +at /m);

    const fixed = await runner.up(world.request("life", { commands: ["true", "true"] }));
    expect(fixed.exitCode, fixed.output).toBe(0);
    expect(await world.calls("AddJobFlowSteps")).toBe(2);

    const later = { commands: ["true", "true"], idleTimeout: 900, pool: { maxClusters: 7 } };
    const unchanged = await runner.preview(world.request("life", later));
    expect(unchanged.output).toMatch(/2 unchanged/);
    expect(unchanged.output).not.toMatch(/would|submitted/);
  });

  it("tells jobs of one preview of each other", async ({ skip }) => {
    if (name === "pulumi CLI" && "skipped" in search) return skip(search.skipped);
    const preview = await runner.preview(world.request("pair", { names: ["first", "second"] }));
    expect(preview.exitCode, preview.output).toBe(0);
    expect(preview.output).toMatch(/no free slot after (first|second) of this deployment/);
  });

  it("is read by another stack, which a failed job does not fail", async ({ skip }) => {
    if (name === "pulumi CLI" && "skipped" in search) return skip(search.skipped);
    const broken = { names: ["red"], commands: ["exit 3"] };
    await runner.up(world.request("owner", broken));
    const owned = jobInState(await runner.exportState(world.request("owner", broken)), "red");
    const reads = { get: String(owned!.id) };
    const up = await runner.up(world.request("reader", reads));
    expect(up.exitCode, up.output).toBe(0);
    const read = jobInState(await runner.exportState(world.request("reader", reads)));
    expect(read).toMatchObject({
      id: owned!.id,
      external: true,
      outputs: { state: "FAILED", steps: [{ name: "step 1" }] },
    });
    const gone = await runner.up(world.request("reader", { get: `${"a".repeat(26)}.1` }));
    expect(gone.output).toMatch(/\[NO_SUCH_JOB\]/);
    expect(gone.output, "a stack trace").not.toMatch(/^ +at /m);
  });
});
