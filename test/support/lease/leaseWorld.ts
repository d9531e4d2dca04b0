import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClusterSummary,
  EMRClient,
  ListClustersCommand,
  ListStepsCommand,
  type StepSummary,
} from "@aws-sdk/client-emr";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Call } from "../../../local/callLog";
import type { EmrSettingsChange } from "../../../local/emr/settings";
import type { FaultRule } from "../../../local/faults";
import { type LocalServer, startLocalServer } from "../../../local/server";
import type { ProtocolConstants } from "../../../provider/lease/constants";
import { parseStepName } from "../../../provider/lease/stepToken";
import { parseClusterName } from "../../../provider/pool/clusterName";

/** The protocol's waiting times for real processes on a busy machine: F is about seven seconds. */
export const quickConstants: Partial<ProtocolConstants> = {
  signWithin: 2_000,
  signatureAge: 3_000,
  visibility: 500,
  clockError: 1_500,
  turnTtl: 4_000,
  turnGrace: 1_000,
  touchEvery: 3_000,
  freshFor: 8_000,
  abandonedAfter: 12_000,
  ledgerPoll: [150, 500],
  journalPoll: [100, 400],
  reconcilePoll: [200, 1_000],
  stepPoll: 300,
  answerWithin: 3_000,
  viewAge: 500,
  listingEvery: 100,
  throttleBackoff: [300, 8_000],
  launchBegunWithin: 8_000,
};

const quick = { starting: 0, bootstrapping: 0, terminating: 0, cancelling: 0, resizing: 0 };
const bucket = "pool-store";

/** A local EMR and S3 of the test's own, what happened on them, and what must hold there. */
export class LeaseWorld {
  private emr!: EMRClient;
  private s3!: S3Client;

  private constructor(
    private readonly folder: string,
    public server: LocalServer,
    private readonly settings: EmrSettingsChange,
  ) {
    this.connect();
  }

  static async start(settings: EmrSettingsChange = {}): Promise<LeaseWorld> {
    const folder = await mkdtemp(join(tmpdir(), "lease world "));
    const all: EmrSettingsChange = {
      durations: quick,
      stepExecution: 0,
      signatureMaxAgeSeconds: 3,
      ...settings,
    };
    const server = await startLocalServer({ dataDir: join(folder, "data"), emrSettings: all });
    const world = new LeaseWorld(folder, server, all);
    await world.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    return world;
  }

  private connect(): void {
    const client = {
      region: "us-east-1",
      endpoint: this.server.url,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    this.emr = new EMRClient({ ...client, maxAttempts: 20 });
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
  }

  /** For the programs that use these servers. */
  get environment(): Record<string, string> {
    return {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: this.server.url,
    };
  }

  storeUri(prefix: string): string {
    return `s3://${bucket}/${prefix}`;
  }

  /** The same data on the same port, as after a restart of the service. */
  async restart(): Promise<void> {
    const { port } = this.server;
    await this.server.close();
    this.server = await startLocalServer({
      dataDir: join(this.folder, "data"),
      port,
      emrSettings: this.settings,
    });
  }

  async close(): Promise<void> {
    this.emr.destroy();
    this.s3.destroy();
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async admin<T>(path: string, method = "GET", body?: unknown): Promise<T> {
    const answer = await fetch(`${this.server.url}/_local/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  fault(rule: FaultRule): Promise<{ id: string }> {
    return this.admin("faults", "POST", rule);
  }

  calls(after = 0): Promise<Call[]> {
    return this.admin(`calls?after=${after}`);
  }

  /** All clusters of the pool, ended ones too. */
  async clusters(poolName: string): Promise<ClusterSummary[]> {
    const found: ClusterSummary[] = [];
    let marker: string | undefined;
    do {
      const page = await this.emr.send(new ListClustersCommand({ Marker: marker }));
      found.push(...(page.Clusters ?? []));
      marker = page.Marker;
    } while (marker !== undefined);
    return found.filter((cluster) => parseClusterName(cluster.Name)?.pool === poolName);
  }

  async steps(poolName: string): Promise<StepSummary[]> {
    const clusters = await this.clusters(poolName);
    return (await Promise.all(clusters.map((cluster) => this.stepsOn(cluster.Id!)))).flat();
  }

  /** Of all clusters there are. */
  async stepsByCluster(): Promise<StepSummary[][]> {
    const { Clusters } = await this.emr.send(new ListClustersCommand({}));
    return Promise.all((Clusters ?? []).map((cluster) => this.stepsOn(cluster.Id!)));
  }

  private async stepsOn(clusterId: string): Promise<StepSummary[]> {
    const found: StepSummary[] = [];
    let marker: string | undefined;
    do {
      const page = await this.emr.send(new ListStepsCommand({ ClusterId: clusterId, Marker: marker }));
      found.push(...(page.Steps ?? []));
      marker = page.Marker;
    } while (marker !== undefined);
    return found;
  }

  /** Every record under a prefix of the store, by key. */
  async records(prefix: string): Promise<Map<string, Record<string, unknown>>> {
    const listed = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}/` }));
    const found = new Map<string, Record<string, unknown>>();
    for (const { Key } of listed.Contents ?? []) {
      const object = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      found.set(Key!.slice(prefix.length + 1), JSON.parse((await object.Body?.transformToString()) ?? ""));
    }
    return found;
  }

  /** Tokens `key.inc.index` that more than one step carries, cancelled before they began not counted. */
  async stepsTwice(poolName: string): Promise<string[]> {
    const seen = new Map<string, number>();
    for (const step of await this.steps(poolName)) {
      if (step.Status?.State === "CANCELLED" && step.Status.Timeline?.StartDateTime === undefined) continue;
      const token = parseStepName(step.Name)!;
      const name = `${token.key}.${token.inc}.${token.index}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    return [...seen].filter(([, count]) => count > 1).map(([name]) => name);
  }

  /** Slots that are taken in the ledgers on the pool's list. */
  async slotsTaken(prefix: string): Promise<number> {
    const records = await this.records(prefix);
    const listed = [...records]
      .filter(([key]) => key.endsWith("/pool.json"))
      .flatMap(([, record]) => record.entries as string[]);
    return [...records]
      .filter(([key]) => key.includes("/c/") && listed.some((entryId) => key.endsWith(`/${entryId}.json`)))
      .reduce((sum, [, record]) => sum + (record.slots as unknown[]).length, 0);
  }
}
