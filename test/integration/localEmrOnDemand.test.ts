import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CancelStepsCommand,
  DescribeClusterCommand,
  ListClustersCommand,
  ListStepsCommand,
  TerminateJobFlowsCommand,
} from "@aws-sdk/client-emr";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startLocalServer } from "../../local/server";
import { clusterRequest, commandStep, LocalEmrHarness, quick } from "./localEmrHarness";

let harness: LocalEmrHarness;

beforeEach(async () => {
  harness = await LocalEmrHarness.start({ stepExecution: "manual" });
});

afterEach(() => harness.stop());

const clusterState = async (ClusterId: string) =>
  (await harness.emr.send(new DescribeClusterCommand({ ClusterId }))).Cluster!.Status!;

const states = async (ClusterId: string) =>
  (await harness.emr.send(new ListStepsCommand({ ClusterId }))).Steps!.map((step) => step.Status!.State);

describe("the clock", () => {
  it("moved forward ends an idle cluster by its policy, not one that works", async () => {
    const idle = await harness.launch({ AutoTerminationPolicy: { IdleTimeout: 600 } });
    const busy = await harness.launch({ AutoTerminationPolicy: { IdleTimeout: 600 } });
    await harness.addSteps(busy, commandStep("true"));
    await harness.moveClock(599);
    expect((await clusterState(idle)).State).toBe("WAITING");
    await harness.moveClock(2);
    expect(await clusterState(idle)).toMatchObject({ State: "TERMINATED" });
    expect((await clusterState(busy)).State).toBe("RUNNING");
  });

  it("settable durations: a cluster starts in its phases", async () => {
    await harness.admin("emr/settings", { durations: { starting: 60_000, bootstrapping: 30_000 } });
    const id = await harness.launch();
    expect((await clusterState(id)).State).toBe("STARTING");
    await harness.moveClock(60);
    expect((await clusterState(id)).State).toBe("BOOTSTRAPPING");
    await harness.moveClock(31);
    expect((await clusterState(id)).State).toBe("WAITING");
  });
});

describe("limits", () => {
  it("256 active steps: the whole call is refused, and room is made by a step that ends", async () => {
    const id = await harness.launch();
    const steps = (count: number) => Array.from({ length: count }, () => commandStep("true"));
    const [first] = await harness.addSteps(id, ...steps(200));
    await expect(harness.addSteps(id, ...steps(57))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("Maximum number of active steps"),
    });
    await harness.addSteps(id, ...steps(56));
    await harness.admin(`emr/clusters/${id}/steps/${first}/outcome`, { state: "COMPLETED" });
    await harness.addSteps(id, commandStep("true"));
  });

  it("only the last 1,000 steps can be seen", async () => {
    await harness.admin("emr/settings", { stepExecution: 0 });
    const id = await harness.launch({ StepConcurrencyLevel: 256 });
    const added: string[] = [];
    for (let batch = 0; batch < 5; batch++) {
      added.push(...(await harness.addSteps(id, ...Array.from({ length: 201 }, () => commandStep("true")))));
      await vi.waitFor(async () => expect((await clusterState(id)).State).toBe("WAITING"), {
        timeout: 30_000,
      });
    }
    await expect(harness.step(id, added[4]!)).rejects.toMatchObject({ name: "InvalidRequestException" });
    expect((await harness.step(id, added[5]!)).Status?.State).toBe("COMPLETED");
    const newest = await harness.emr.send(new ListStepsCommand({ ClusterId: id }));
    expect(newest.Steps!.map((step) => step.Id)).toEqual(added.slice(-50).reverse());
  });

  it("a step's strings together may have 10,240 characters", async () => {
    const id = await harness.launch();
    const fits = 10_240 - "command-runner.jar".length;
    await harness.addSteps(id, commandStep("x".repeat(fits)));
    await expect(harness.addSteps(id, commandStep("x".repeat(fits + 1)))).rejects.toMatchObject({
      name: "ValidationException",
    });
    await expect(
      harness.emr.send(new ListStepsCommand({ ClusterId: id, StepIds: Array(11).fill("s-1") })),
    ).rejects.toMatchObject({ message: expect.stringContaining("length less than or equal to 10") });
  });

  it("EMR's default quotas, when told to", async () => {
    const id = await harness.launch();
    await harness.admin("emr/settings", { throttling: true });
    const calls = await Promise.allSettled(
      Array.from({ length: 12 }, () => harness.emr.send(new DescribeClusterCommand({ ClusterId: id }))),
    );
    const refused = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
    // A bucket of 10; while the calls run, at most a few more tokens flow in.
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ name: "ThrottlingException", message: "Rate exceeded" });
    await harness.moveClock(10);
    expect((await clusterState(id)).State).toBe("WAITING");
  });
});

describe("faults", () => {
  it("an answer that is lost: the steps are there", async () => {
    const id = await harness.launch();
    await harness.admin("faults", {
      service: "emr",
      operation: "AddJobFlowSteps",
      when: "after",
      loseAnswer: true,
    });
    await expect(harness.addSteps(id, commandStep("true"))).rejects.toThrow();
    expect(await states(id)).toEqual(["RUNNING"]);
  });

  it("500 after having acted, and before", async () => {
    const fault = { service: "emr", operation: "RunJobFlow", status: 500, code: "InternalServerException" };
    await harness.admin("faults", { ...fault, when: "after" });
    await expect(harness.launch()).rejects.toMatchObject({ name: "InternalServerException" });
    await harness.admin("faults", { ...fault, when: "before" });
    await expect(harness.launch()).rejects.toMatchObject({ name: "InternalServerException" });
    expect((await harness.emr.send(new ListClustersCommand({}))).Clusters).toHaveLength(1);
  });

  it("a request that is held too long is refused when it arrives, and does nothing", async () => {
    const id = await harness.launch();
    await harness.admin("faults", { service: "emr", operation: "AddJobFlowSteps", hold: true });
    const held = harness.addSteps(id, commandStep("true"));
    held.catch(() => undefined);
    await vi.waitFor(async () => expect(await harness.admin("faults")).toEqual([]));
    await harness.moveClock(301);
    const server = harness.server.url;
    await fetch(`${server}/_local/faults`, { method: "DELETE" });
    await expect(held).rejects.toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringMatching(/^Signature expired: .* is now earlier than .* - 5 min\.\)$/),
    });
    expect(await states(id)).toEqual([]);
    // A client that signs now is welcome, whichever clock it goes by.
    await harness.addSteps(id, commandStep("true"));
  });

  it("listings that are late", async () => {
    const before = await harness.launch();
    await harness.moveClock(100);
    await harness.admin("emr/settings", { listingLagSeconds: { clusters: 30, steps: 30, tags: 30 } });
    const id = await harness.launch({ Tags: [{ Key: "a", Value: "1" }] });
    await harness.addSteps(id, commandStep("true"));
    const listed = async () =>
      (await harness.emr.send(new ListClustersCommand({}))).Clusters!.map((cluster) => cluster.Id);
    const tags = async () =>
      (await harness.emr.send(new DescribeClusterCommand({ ClusterId: id }))).Cluster!.Tags;
    expect([await listed(), await states(id), await tags()]).toEqual([[before], [], []]);
    await harness.moveClock(31);
    expect([await listed(), await states(id), await tags()]).toEqual([
      [id, before],
      ["RUNNING"],
      [{ Key: "a", Value: "1" }],
    ]);
  });

  it("bootstrapping that fails", async () => {
    const message = "On the master instance (i-1), bootstrap action 1 returned a non-zero return code";
    await harness.admin("emr/settings", { bootstrapFailure: message });
    const id = await harness.launch();
    expect(await clusterState(id)).toMatchObject({
      State: "TERMINATED_WITH_ERRORS",
      StateChangeReason: { Code: "BOOTSTRAP_FAILURE", Message: message },
      ErrorDetails: [{ ErrorCode: "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE" }],
    });
  });

  it("a cluster that is lost: what never started has no start time", async () => {
    const id = await harness.launch();
    const [running, pending] = await harness.addSteps(id, commandStep("true"), commandStep("true"));
    await harness.admin(`emr/clusters/${id}/end`, { code: "INSTANCE_FAILURE", message: "Spot loss" });
    expect(await clusterState(id)).toMatchObject({
      State: "TERMINATED_WITH_ERRORS",
      StateChangeReason: { Code: "INSTANCE_FAILURE", Message: "Spot loss" },
    });
    expect((await harness.step(id, running!)).Status).toMatchObject({ State: "INTERRUPTED" });
    const { Status: status } = await harness.step(id, pending!);
    expect(status?.State).toBe("CANCELLED");
    expect(status?.Timeline?.StartDateTime).toBeUndefined();
  });

  it("an admin call with a field that isn't known says so", async () => {
    await expect(harness.admin("emr/settings", { durations: { staring: 1 } })).rejects.toThrow(
      /400.*staring/s,
    );
    await expect(
      harness.admin("emr/clusters", [{ input: clusterRequest({ ReleaseLabel: "x" }) }]),
    ).rejects.toThrow(/400.*release label is invalid/s);
  });
});

describe("processes", () => {
  beforeEach(() => harness.admin("emr/settings", { stepExecution: "run" }));

  async function sleeper(marker: string) {
    const id = await harness.launch();
    const [stepId] = await harness.addSteps(
      id,
      commandStep("bash", "-c", `sleep ${marker} & sleep ${marker}`),
    );
    await vi.waitFor(() => expect(alive(marker)).toHaveLength(2), { timeout: 30_000, interval: 100 });
    return { id, stepId: stepId! };
  }

  it.each([
    { option: "SEND_INTERRUPT" as const, marker: "86311" },
    { option: "TERMINATE_PROCESS" as const, marker: "86312" },
  ])("$option ends the whole process group", async ({ option, marker }) => {
    const { id, stepId } = await sleeper(marker);
    const answer = await harness.emr.send(
      new CancelStepsCommand({ ClusterId: id, StepIds: [stepId, "s-NONE"], StepCancellationOption: option }),
    );
    expect(answer.CancelStepsInfoList).toMatchObject([{ Status: "SUBMITTED" }, { Status: "FAILED" }]);
    const step = await harness.stepIn(id, stepId, "CANCELLED");
    expect(step.Status?.Timeline?.StartDateTime).toBeInstanceOf(Date);
    expect(alive(marker)).toEqual([]);
  });

  it("go when their cluster goes", async () => {
    const { id, stepId } = await sleeper("86313");
    await harness.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
    expect((await harness.step(id, stepId)).Status?.State).toBe("CANCELLED");
    await vi.waitFor(() => expect(alive("86313")).toEqual([]), { timeout: 10_000 });
  });

  it("a stopped server leaves none, and the next one says that the step failed", async () => {
    const { id, stepId } = await sleeper("86314");
    await harness.restart();
    expect(alive("86314")).toEqual([]);
    const step = await harness.stepIn(id, stepId, "FAILED");
    expect(step.Status?.FailureDetails?.Message).toContain("stopped from outside");
    expect((await clusterState(id)).State).toBe("WAITING");
  });
});

describe("restart", () => {
  it("keeps clusters, steps, tags and time", async () => {
    const id = await harness.launch({
      Tags: [{ Key: "a", Value: "1" }],
      AutoTerminationPolicy: { IdleTimeout: 600 },
    });
    const [stepId] = await harness.addSteps(id, commandStep("true"));
    await harness.admin(`emr/clusters/${id}/steps/${stepId}/outcome`, { state: "COMPLETED" });
    await harness.moveClock(300);
    await harness.restart();
    const { Cluster: cluster } = await harness.emr.send(new DescribeClusterCommand({ ClusterId: id }));
    expect(cluster).toMatchObject({ Status: { State: "WAITING" }, Tags: [{ Key: "a", Value: "1" }] });
    expect(await states(id)).toEqual(["COMPLETED"]);
    await harness.moveClock(301);
    expect((await clusterState(id)).State).toBe("TERMINATED");
    const newer = await harness.launch();
    const listed = await harness.emr.send(new ListClustersCommand({}));
    expect(listed.Clusters!.map((one) => one.Id)).toEqual([newer, id]);
  });

  it.each([
    { when: "while it runs", wait: false },
    { when: "before the next server starts", wait: true },
  ])("a step of a killed server ends $when, and the next server knows how", async ({ wait }) => {
    const dataDir = join(harness.folder, "killed");
    const done = join(harness.folder, "done");
    const first = await ServerProcess.start(dataDir);
    harness.connect(first.url);
    const id = await harness.launch();
    const script = `while ! [ -e "$0" ]; do sleep 0.1; done`;
    const [completed, failed] = await harness.addSteps(
      id,
      commandStep("bash", "-c", script, done),
      commandStep("bash", "-c", "exit 4"),
    );
    await vi.waitFor(() => expect(alive("sleep 0.1")).not.toEqual([]), { timeout: 30_000 });
    await first.kill();
    const finish = () => writeFile(done, "");
    if (wait) {
      await finish();
      const outcome = join(dataDir, "emr", "steps", id, completed!, "outcome.json");
      await vi.waitFor(() => expect(existsSync(outcome)).toBe(true), { timeout: 30_000 });
    }
    const next = await startLocalServer({ dataDir, emrSettings: { durations: quick } });
    try {
      harness.connect(next.url);
      if (!wait) {
        expect((await harness.step(id, completed!)).Status?.State).toBe("RUNNING");
        await finish();
      }
      await harness.stepIn(id, completed!, "COMPLETED");
      const step = await harness.stepIn(id, failed!, "FAILED");
      expect(step.Status?.FailureDetails?.Message).toBe("exit code 4");
    } finally {
      await next.close();
    }
  });
});

/** A local server in a process of its own, so that it can be killed. */
class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(dataDir: string): Promise<ServerProcess> {
    const program = join(__dirname, "localEmrServer.ts");
    const child = spawn(process.execPath, ["--import", "tsx", program, dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const failed = once(child, "exit").then(([code]) => {
      throw new Error(`The server ended with ${code} before it was ready`);
    });
    const ready = once(child.stdout!.setEncoding("utf8"), "data") as Promise<[string]>;
    const [url] = await Promise.race([ready, failed]);
    failed.catch(() => undefined);
    return new ServerProcess(child, url.trim());
  }

  async kill(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await gone;
  }
}

/** Commands of this machine's processes that contain the words. */
function alive(words: string): string[] {
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return processes.filter((line) => line.startsWith("sleep") && line.includes(words));
}
