import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EMRClient, ListClustersCommand, ListStepsCommand } from "@aws-sdk/client-emr";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Call } from "../../local/callLog";
import { type LocalServer, startLocalServer } from "../../local/server";
import { type EngineSearch, findEngine } from "../support/pulumi/engine";
import { engines, runnerOn } from "../support/pulumi/engines";
import { descendants, isRunning } from "../support/pulumi/processes";
import { copyProject, type ProjectCopy, type PulumiRunner, stackOutputs } from "../support/pulumi/runner";

const repository = join(__dirname, "..", "..");

const credentials = { accessKeyId: "local", secretAccessKey: "local" };

interface JobOutputs {
  readonly clusterId: string;
  readonly joined: boolean;
  readonly state: string;
}

describe.each(engines)("PooledEmrJob on the %s", (name) => {
  let search: EngineSearch;
  let server: LocalServer;
  let dataDir: string;
  let project: ProjectCopy;
  let aws: NodeJS.ProcessEnv;
  let runner: PulumiRunner;

  beforeAll(async () => {
    search = await findEngine();
    if (!existsSync(join(repository, "dist", "provider", "provider.js"))) {
      throw new Error("dist/ is missing: run `npm run build`");
    }
  });
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "pooled emr server "));
    const durations = { starting: 100, bootstrapping: 100, terminating: 100, cancelling: 100, resizing: 100 };
    server = await startLocalServer({ dataDir, emrSettings: { durations } });
    aws = {
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const s3 = new S3Client({ endpoint: server.url, region: "eu-west-1", credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "pooled-emr-e2e" }));
    s3.destroy();
    project = copyProject(join(__dirname, "fixtures", "jobs"));
    runner = runnerOn(name, search, project);
  });
  afterEach(async () => {
    await server.close();
    project.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const request = (stack: string, scenario: object = {}) => ({
    stack,
    environment: { ...aws, SCENARIO: JSON.stringify(scenario) },
  });

  async function admin(path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${server.url}/_local/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async function callLog(operation: string): Promise<Call[]> {
    const answered = (await admin(`calls?operation=${operation}`)) as Call[] | { calls: Call[] };
    return (Array.isArray(answered) ? answered : answered.calls).filter((call) => call.status < 300);
  }

  const calls = async (operation: string) => (await callLog(operation)).length;
  const submitted = () => callLog("AddJobFlowSteps");

  async function theOnlyStep(): Promise<{ clusterId: string; stepId: string }> {
    const emr = new EMRClient({ endpoint: server.url, region: "eu-west-1", credentials });
    const { Clusters = [] } = await emr.send(new ListClustersCommand({}));
    const clusterId = Clusters[0]!.Id!;
    const { Steps = [] } = await emr.send(new ListStepsCommand({ ClusterId: clusterId }));
    emr.destroy();
    expect([Clusters.length, Steps.length]).toEqual([1, 1]);
    return { clusterId, stepId: Steps[0]!.Id! };
  }

  async function outputs(stack: string): Promise<JobOutputs> {
    const { resources = [] } = (await runner.exportState(request(stack))).deployment;
    return resources.find((resource) => resource.type === "pulumi:pulumi:Stack")
      ?.outputs as unknown as JobOutputs;
  }

  it("previews, launches, joins from a second stack, refreshes, and leaves the cluster when destroyed", async ({
    skip,
  }) => {
    if (name === "pulumi CLI" && "skipped" in search) return skip(search.skipped);
    const preview = await runner.preview(request("morning"));
    expect(preview.exitCode, preview.output).toBe(0);
    expect(preview.output).toMatch(/launch/);
    expect([await calls("RunJobFlow"), await calls("PutObject")]).toEqual([0, 0]);

    const up = await runner.up(request("morning"));
    expect(up.exitCode, up.output).toBe(0);
    const morning = await outputs("morning");
    expect(morning).toMatchObject({ joined: false, state: "COMPLETED" });

    const joining = await runner.preview(request("evening"));
    expect(joining.output).toContain(morning.clusterId);
    const second = await runner.up(request("evening"));
    expect(second.exitCode, second.output).toBe(0);
    expect(await outputs("evening")).toEqual({ ...morning, joined: true });

    const refresh = await runner.refresh(request("morning"));
    expect(refresh.exitCode, refresh.output).toBe(0);
    const again = await runner.up(request("morning"));
    expect(again.output).toMatch(/3 unchanged|2 unchanged/);
    expect(stackOutputs(again.output).clusterId).toBe(JSON.stringify(morning.clusterId));

    for (const stack of ["morning", "evening"]) {
      const destroyed = await runner.destroy(request(stack));
      expect(destroyed.exitCode, destroyed.output).toBe(0);
      expect((await runner.exportState(request(stack))).deployment.resources ?? []).toEqual([]);
    }
    const counts = ["RunJobFlow", "AddJobFlowSteps", "TerminateJobFlows"].map(calls);
    expect(await Promise.all(counts)).toEqual([1, 2, 0]);
  });

  it("is refused at preview by a mandatory policy, and nothing is launched", async ({ skip }) => {
    if (name === "pulumi CLI" && "skipped" in search) return skip(search.skipped);
    const policyPacks = [join(repository, "policies")];
    const refused = await runner.preview({ ...request("morning", { idleTimeout: 36_000 }), policyPacks });
    expect(refused.exitCode, refused.output).toBe(1);
    expect(refused.output).toMatch(/\[mandatory\].*idle/);
    expect(await calls("RunJobFlow")).toBe(0);
  });

  it("survives SIGKILL of the engine in the middle of a create: the next up adopts the step", async ({
    skip,
  }) => {
    if (name === "pulumi CLI" && "skipped" in search) return skip(search.skipped);
    await admin("emr/settings", { stepExecution: "manual" });
    const run = await runner.startUp(request("morning"));
    await expect.poll(() => submitted(), { timeout: 90_000, interval: 200 }).toHaveLength(1);
    const left = descendants(run.pid);
    process.kill(run.pid, "SIGKILL");
    await run.exited;
    if (runner.name === "pulumi CLI") for (const pid of left.filter(isRunning)) process.kill(pid, "SIGKILL");
    // The embedded host's processes end by themselves: SIGINT, five seconds of grace, SIGKILL.
    await expect.poll(() => left.filter(isRunning), { timeout: 30_000, interval: 200 }).toEqual([]);
    expect(left.length).toBeGreaterThanOrEqual(2);

    await runner.recover(request("morning"));
    const killed = (await runner.exportState(request("morning"))).deployment;
    expect(killed.pending_operations?.map(({ type, resource }) => [type, resource.type])).toEqual([
      ["creating", "pulumi-nodejs:dynamic/emr:PooledEmrJob"],
    ]);
    const { clusterId, stepId } = await theOnlyStep();
    await admin(`emr/clusters/${clusterId}/steps/${stepId}/outcome`, { state: "COMPLETED" });
    const up = await runner.up(request("morning"));
    expect(up.exitCode, up.output).toBe(0);
    expect(up.output).toContain("pending operation");
    expect(await outputs("morning")).toMatchObject({ clusterId, state: "COMPLETED" });
    expect([await calls("RunJobFlow"), (await submitted()).length]).toEqual([1, 1]);
  });
});
