import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { Call } from "../../../local/callLog";
import type { EmrSettingsChange } from "../../../local/emr/settings";
import type { FaultRule } from "../../../local/faults";
import { type LocalServer, startLocalServer } from "../../../local/server";

export const region = "eu-west-1";
export const credentials = { accessKeyId: "local", secretAccessKey: "local" };
export const bucket = "lifecycle-tests";

const instant = { starting: 0, bootstrapping: 0, terminating: 0, cancelling: 0, resizing: 0 };

/** A local EMR and S3 of a test's own, moved by its admin calls. */
export class EmrWorld {
  private constructor(
    readonly dataDir: string,
    readonly server: LocalServer,
  ) {}

  /** Clusters are ready at once; steps run until {@link endStep} says how they end. */
  static async start(settings: EmrSettingsChange = {}): Promise<EmrWorld> {
    const dataDir = mkdtempSync(join(tmpdir(), "pooled emr world "));
    const emrSettings = { durations: instant, stepExecution: "manual" as const, ...settings };
    const world = new EmrWorld(dataDir, await startLocalServer({ dataDir, emrSettings }));
    const s3 = world.s3();
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    s3.destroy();
    return world;
  }

  s3(): S3Client {
    return new S3Client({ endpoint: this.server.url, region, credentials, forcePathStyle: true });
  }

  /** What points a provider's AWS SDK here. */
  get environment(): NodeJS.ProcessEnv {
    return {
      AWS_ENDPOINT_URL: this.server.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_EC2_METADATA_DISABLED: "true",
    };
  }

  async admin<Answer>(
    path: string,
    body?: unknown,
    method = body === undefined ? "GET" : "POST",
  ): Promise<Answer> {
    const answer = await fetch(`${this.server.url}/_local/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as Answer;
  }

  settings(change: EmrSettingsChange): Promise<unknown> {
    return this.admin("emr/settings", change);
  }

  endStep(clusterId: string, stepId: string, state: string, message?: string): Promise<unknown> {
    const failure = message === undefined ? undefined : { reason: "Unknown Error.", message };
    return this.admin(`emr/clusters/${clusterId}/steps/${stepId}/outcome`, { state, failure });
  }

  endCluster(clusterId: string): Promise<unknown> {
    return this.admin(`emr/clusters/${clusterId}/end`, {});
  }

  addFault(rule: FaultRule): Promise<unknown> {
    return this.admin("faults", rule);
  }

  /** As two months after its end: EMR knows nothing of the cluster any more. */
  async forgetCluster(clusterId: string): Promise<void> {
    const message = `Cluster id '${clusterId}' is not valid.`;
    const forgotten = { status: 400, code: "InvalidRequestException", message, times: 100_000 };
    await this.addFault({ service: "emr", operation: "*", keyPattern: clusterId, ...forgotten });
  }

  async lastCall(): Promise<number> {
    return (await this.admin<Call[]>("calls")).at(-1)?.number ?? 0;
  }

  /** Calls since `after`, those that were refused included. */
  calls(after = 0): Promise<Call[]> {
    return this.admin(`calls?after=${after}`);
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

const writing = /^(Put|Delete|Copy|Create|Complete|Abort|Upload|Run|Add|Cancel|Terminate|Set|Modify|Remove)/;

/** Calls that change something. */
export function writes(calls: readonly Call[]): string[] {
  return calls
    .filter(({ operation }) => writing.test(operation))
    .map(({ operation, resource }) => `${operation} ${resource}`);
}

/** How often each operation was called. */
export function counts(calls: readonly Call[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { operation } of calls) found[operation] = (found[operation] ?? 0) + 1;
  return found;
}
