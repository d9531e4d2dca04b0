import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, startLocalServer } from "../../local/server";
import { runCli } from "../support/cli/runCli";
import { plainCluster } from "../unit/pool/poolFixtures";

const dataDir = mkdtempSync(join(tmpdir(), "matching named "));
const store = ["--pool", "etl", "--store", "s3://pools/etl"];
let server: LocalServer;
let env: Record<string, string>;
let clusterId: string;

beforeAll(async () => {
  server = await startLocalServer({ dataDir });
  env = {
    AWS_ENDPOINT_URL_EMR: server.url,
    AWS_ENDPOINT_URL_S3: server.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const s3 = new S3Client({ endpoint: server.url, region: "us-east-1", credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "pools" }));
  s3.destroy();
  const seeded = await fetch(`${server.url}/_local/emr/clusters`, {
    method: "POST",
    body: JSON.stringify([{ input: { ...plainCluster, Name: "made by hand" }, state: "WAITING" }]),
  });
  clusterId = ((await seeded.json()) as { clusterIds: string[] }).clusterIds[0]!;
}, 60_000);

afterAll(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A job that names its cluster needs to say nothing of instances. */
async function explain(id: string, ...options: string[]): Promise<string> {
  const job = { pool: { clusterId: id }, cluster: { releaseLabel: "emr-6.15.0" }, steps: [] };
  const run = await runCli(["explain", "-", ...store, ...options], { env, input: JSON.stringify(job) });
  expect(run).toMatchObject({ code: 0, stderr: "" });
  return run.stdout;
}

describe("explain of a job that names its cluster", () => {
  it("reads the cluster, in the pool or not, and shows what counts for it", async () => {
    const before = await explain(clusterId);
    expect(before).toContain(`The job names cluster ${clusterId}: it is not matched, and no other`);
    expect(before).toContain(`${clusterId} (WAITING): would be joined\n  pass  R2 `);
    expect(before).toContain(`note: cluster ${clusterId} is not in the pool yet: the job would adopt it`);
    expect(before).not.toMatch(/R6|FAIL|launched\./);

    expect((await runCli(["adopt", clusterId, ...store], { env })).code).toBe(0);
    const after = await explain(clusterId);
    expect(after).toContain(`${clusterId} (WAITING): would be joined`);
    expect(after).not.toContain("note:");
    const json = JSON.parse(await explain(clusterId, "--json"));
    expect(json).toMatchObject({ clusterId, join: json.candidates[0].entryId, unknownToLedger: [] });
  }, 30_000);

  it("says why it can't be joined", async () => {
    const unknown = await explain("j-UNKNOWN");
    expect(unknown).toContain("note: Cluster j-UNKNOWN is not known to EMR in this account and Region.");
    expect(unknown).not.toContain("would be");
  });
});
