import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHost } from "../../local/pulumi/host";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import { descendants, isRunning } from "../support/pulumi/processes";
import { copyProject, type ProjectCopy, type PulumiRunner, passphrase } from "../support/pulumi/runner";

const patience = { timeout: 45_000, interval: 100 };

describe("embedded host", () => {
  let project: ProjectCopy;
  let runner: PulumiRunner;
  beforeEach(() => {
    project = copyProject(join(__dirname, "..", "e2e", "fixtures", "resources"));
    runner = embeddedRunner(project);
  });
  afterEach(() => project.remove());

  const calls = () => join(project.scratch, "calls.jsonl");
  const request = (things: object) => ({
    stack: "dev",
    environment: { SCENARIO: JSON.stringify({ program: "things", things }), CALLS: calls() },
  });
  const slow = (milliseconds: number) =>
    request({
      a: { inputs: { value: "one", behave: "slow-create", milliseconds } },
      b: { inputs: { value: "made by a" } },
    });
  const called = (method: string) =>
    existsSync(calls())
      ? readFileSync(calls(), "utf8")
          .split("\n")
          .filter((line) => line.includes(`"method":"${method}"`)).length
      : 0;

  it("finishes what is under way after one SIGINT, keeps it, and begins nothing more", async () => {
    const run = await runner.startUp(slow(2_000));
    await expect.poll(() => called("create"), patience).toBe(1);
    const processes = descendants(run.pid);
    process.kill(run.pid, "SIGINT");
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(processes.filter(isRunning)).toEqual([]);
    const { resources = [], pending_operations = [] } = (await runner.exportState(slow(0))).deployment;
    expect(resources.filter(({ id }) => id?.startsWith("id-")).map(({ id }) => id)).toEqual(["id-one"]);
    expect([pending_operations, called("create")]).toEqual([[], 1]);
  });

  it("ends the provider after a second SIGINT; the create stays pending and is done again", async () => {
    const run = await runner.startUp(slow(600_000));
    await expect.poll(() => called("create"), patience).toBe(1);
    const processes = descendants(run.pid);
    process.kill(run.pid, "SIGINT");
    await expect.poll(() => descendants(run.pid).length, patience).toBeLessThan(processes.length);
    process.kill(run.pid, "SIGINT");
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(processes.filter(isRunning)).toEqual([]);
    const { pending_operations = [] } = (await runner.exportState(slow(0))).deployment;
    expect(pending_operations.map(({ type }) => type)).toEqual(["creating"]);

    const again = await runner.up(slow(0));
    expect(again.exitCode, again.output).toBe(0);
    expect(again.output).toMatch(/1 pending operation.*\n.*Thing::a, interrupted while creating/);
    const state = (await runner.exportState(slow(0))).deployment;
    expect(state.pending_operations).toBeUndefined();
    expect(called("create")).toBe(3);
  });

  it("leaves no process behind when it is killed, and the next run takes its lock", async () => {
    const run = await runner.startUp(slow(600_000));
    await expect.poll(() => called("create"), patience).toBe(1);
    const processes = descendants(run.pid);
    expect(processes).toHaveLength(2);
    const blocked = await runner.destroy(slow(0)).catch((error: Error) => error.message);
    expect(blocked).toMatch(/PULUMI_STACK_LOCKED/);
    process.kill(run.pid, "SIGKILL");
    await expect.poll(() => processes.filter(isRunning), patience).toEqual([]);
    const next = await runner.up(slow(0));
    expect(next.exitCode, next.output).toBe(0);
    expect(next.output).toContain("no longer runs");
  });

  it("previews resources of other providers, and refuses to make them, by name", async () => {
    const foreign = { ...request({}), environment: { SCENARIO: JSON.stringify({ program: "foreign" }) } };
    const preview = await runner.preview(foreign);
    expect(preview.exitCode, preview.output).toBe(0);
    expect(preview.output).toContain("aws:s3/bucket:Bucket data create");
    const up = await runner.up(foreign);
    expect(up.exitCode).toBe(1);
    expect(up.output).toMatch(/aws:s3\/bucket:Bucket::data.*PULUMI_HOST_UNSUPPORTED/);
  });

  it("gives the outcome as data: changes, known outputs, violations, diagnostics", async () => {
    const host = createHost({
      projectDir: project.projectDir,
      stack: "dev",
      stateDir: join(project.scratch, "state"),
      environment: {
        ...process.env,
        ...request({ a: { inputs: { value: "rather long" } } }).environment,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
      },
      policyPacks: [join(__dirname, "..", "e2e", "fixtures", "policies")],
      output: { write: () => undefined, color: false },
    });
    const result = await host.up();
    expect(result).toMatchObject({
      succeeded: true,
      changes: { create: 2 },
      outputs: { a: "made of rather long" },
      violations: [{ policy: "value-is-short", level: "advisory" }],
      diagnostics: [],
    });
  });
});
