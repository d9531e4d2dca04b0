import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { RunJobFlowInput, Step, StepConfig } from "@aws-sdk/client-emr";
import {
  AddJobFlowStepsCommand,
  DescribeStepCommand,
  EMRClient,
  RunJobFlowCommand,
} from "@aws-sdk/client-emr";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { vi } from "vitest";
import type { EmrSettingsChange } from "../../local/emr/settings";
import type { LocalServer } from "../../local/server";
import { startLocalServer } from "../../local/server";

/** Phases that take no time, so that a test waits for nothing but the processes it starts. */
export const quick = { starting: 0, bootstrapping: 0, terminating: 0, cancelling: 0, resizing: 0 };

/** A request of the smallest cluster that EMR would take. */
export function clusterRequest(change: Partial<RunJobFlowInput> = {}): RunJobFlowInput {
  return {
    Name: "test",
    ReleaseLabel: "emr-7.5.0",
    ServiceRole: "EMR_DefaultRole",
    JobFlowRole: "EMR_EC2_DefaultRole",
    ...change,
    Instances: {
      KeepJobFlowAliveWhenNoSteps: true,
      InstanceGroups: [{ InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 1 }],
      ...change.Instances,
    },
  };
}

/** A local server of the test's own, with clients, in a folder with a space in its name. */
export class LocalEmrHarness {
  private constructor(
    readonly folder: string,
    public server: LocalServer,
    private readonly settings: EmrSettingsChange,
  ) {
    this.connect();
  }

  emr!: EMRClient;
  s3!: S3Client;

  static async start(settings: EmrSettingsChange = {}): Promise<LocalEmrHarness> {
    const folder = await mkdtemp(join(tmpdir(), "local emr "));
    const all = { durations: quick, ...settings };
    const server = await startLocalServer({ dataDir: join(folder, "data"), emrSettings: all });
    return new LocalEmrHarness(folder, server, all);
  }

  /** Ends the server and starts another on the same data. */
  async restart(): Promise<void> {
    await this.server.close();
    this.server = await startLocalServer({ dataDir: join(this.folder, "data"), emrSettings: this.settings });
    this.connect();
  }

  async stop(): Promise<void> {
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async admin(path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(
      `${this.server.url}/_local/${path}`,
      body === undefined ? {} : { method: "POST", body: JSON.stringify(body) },
    );
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async moveClock(seconds: number): Promise<void> {
    await this.admin("clock", { advanceMs: seconds * 1000 });
  }

  async launch(change: Partial<RunJobFlowInput> = {}): Promise<string> {
    return (await this.emr.send(new RunJobFlowCommand(clusterRequest(change)))).JobFlowId!;
  }

  async addSteps(clusterId: string, ...steps: StepConfig[]): Promise<string[]> {
    const answer = await this.emr.send(new AddJobFlowStepsCommand({ JobFlowId: clusterId, Steps: steps }));
    return answer.StepIds!;
  }

  async step(clusterId: string, stepId: string): Promise<Step> {
    return (await this.emr.send(new DescribeStepCommand({ ClusterId: clusterId, StepId: stepId }))).Step!;
  }

  /** Waits until the step is in one of `states`. */
  async stepIn(clusterId: string, stepId: string, ...states: string[]): Promise<Step> {
    return vi.waitFor(
      async () => {
        const step = await this.step(clusterId, stepId);
        if (!states.includes(step.Status!.State!))
          throw new Error(`step is ${step.Status!.State}, not ${states}: ${JSON.stringify(step.Status)}`);
        return step;
      },
      { timeout: 45_000, interval: 50 },
    );
  }

  /** Adds one step and waits for its end. */
  async runStep(clusterId: string, ...args: string[]): Promise<Step> {
    const [stepId] = await this.addSteps(clusterId, commandStep(...args));
    return this.stepIn(clusterId, stepId!, "COMPLETED", "FAILED", "CANCELLED");
  }

  async putObjects(bucket: string, objects: Record<string, string | Buffer>): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const [Key, Body] of Object.entries(objects))
      await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  }

  async getBytes(bucket: string, key: string): Promise<Buffer> {
    const object = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from(await object.Body!.transformToByteArray());
  }

  async getText(bucket: string, key: string): Promise<string> {
    return (await this.getBytes(bucket, key)).toString("utf8");
  }

  async keys(bucket: string, prefix: string): Promise<string[]> {
    const listing = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return (listing.Contents ?? []).map((object) => object.Key!);
  }

  async stepLog(bucket: string, prefix: string, step: { clusterId: string; stepId: string }, name: string) {
    const key = `${prefix}${step.clusterId}/steps/${step.stepId}/${name}.gz`;
    return gunzipSync(await this.getBytes(bucket, key)).toString("utf8");
  }

  /** Directs the clients to a server, the harness's own unless another is given. */
  connect(url = this.server.url): void {
    const config = {
      endpoint: url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    };
    this.emr = new EMRClient(config);
    this.s3 = new S3Client(config);
  }
}

/** A step of `command-runner.jar` that lets the others go on when it fails. */
export function commandStep(...args: string[]): StepConfig {
  return {
    Name: args.join(" ").slice(0, 200),
    ActionOnFailure: "CONTINUE",
    HadoopJarStep: { Jar: "command-runner.jar", Args: args },
  };
}
