import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EMRClient, ListClustersCommand, ListStepsCommand } from "@aws-sdk/client-emr";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { Call } from "../../local/callLog";
import type { ExportedDeployment } from "../../local/pulumi/stateFile";
import { startLocalServer } from "../../local/server";
import { copyProject, type ProjectCopy, type RunRequest } from "../support/pulumi/runner";

/** What `fixtures/lifecycle` deploys. */
export interface Scenario {
  /** Default: one job, `count`. */
  readonly names?: string[];
  /** One step each. */
  readonly commands?: string[];
  readonly waitFor?: "submitted" | "completed";
  readonly pool?: object;
  readonly idleTimeout?: number;
  /** Pulumi's resource options. */
  readonly options?: object;
  /** Jobs are children of a component, and were none before. */
  readonly inGroup?: boolean;
  /** Read the job with this id instead. */
  readonly get?: string;
}

/** A local AWS and a copy of the project. */
export interface LifecycleWorld {
  readonly project: ProjectCopy;
  request(stack: string, scenario?: Scenario): RunRequest;
  /** Number of calls that EMR accepted. */
  calls(operation: string): Promise<number>;
  /** Steps are processes, or stay RUNNING until {@link finishSteps}. */
  executeSteps(how: "run" | "manual"): Promise<void>;
  finishSteps(): Promise<void>;
  close(): Promise<void>;
}

export async function openLifecycleWorld(): Promise<LifecycleWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), "pooled emr server "));
  const durations = { starting: 50, bootstrapping: 50, terminating: 50, cancelling: 50, resizing: 50 };
  const server = await startLocalServer({ dataDir, emrSettings: { durations } });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const s3 = new S3Client({ endpoint: server.url, region: "eu-west-1", credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "pooled-emr-e2e" }));
  s3.destroy();
  const project = copyProject(join(__dirname, "fixtures", "lifecycle"));
  const admin = async <T>(path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${server.url}/_local/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<T>;
  };
  const accepted = async (operation: string): Promise<Call[]> => {
    const answered = await admin<Call[] | { calls: Call[] }>(`calls?operation=${operation}`);
    return (Array.isArray(answered) ? answered : answered.calls).filter((call) => call.status < 300);
  };
  return {
    project,
    request: (stack, scenario = {}) => ({
      stack,
      environment: {
        AWS_ENDPOINT_URL: server.url,
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_EC2_METADATA_DISABLED: "true",
        SCENARIO: JSON.stringify(scenario),
      },
    }),
    calls: async (operation) => (await accepted(operation)).length,
    executeSteps: async (how) => {
      await admin("emr/settings", { stepExecution: how });
    },
    finishSteps: async () => {
      const emr = new EMRClient({ endpoint: server.url, region: "eu-west-1", credentials });
      const { Clusters = [] } = await emr.send(new ListClustersCommand({}));
      for (const { Id: ClusterId } of Clusters) {
        const { Steps = [] } = await emr.send(new ListStepsCommand({ ClusterId, StepStates: ["RUNNING"] }));
        for (const { Id } of Steps)
          await admin(`emr/clusters/${ClusterId}/steps/${Id}/outcome`, { state: "COMPLETED" });
      }
      emr.destroy();
    },
    close: async () => {
      await server.close();
      project.remove();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The job `name` as a stack's state holds it. */
export function jobInState(state: ExportedDeployment, name = "count") {
  const { resources = [] } = state.deployment;
  return resources.find(({ type, urn }) => type.endsWith("PooledEmrJob") && urn.endsWith(`::${name}`));
}
