import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ConfiguredRetryStrategy } from "@smithy/util-retry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Call } from "../../local/callLog";
import { type LocalServer, startLocalServer } from "../../local/server";
import { type Asset, collectAssets, uploadAssets } from "../../provider/steps/assets";
import { sparkStep } from "../../provider/steps/sparkStep";

let folder: string;
let server: LocalServer;
let s3: S3Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "step assets "));
  server = await startLocalServer({ dataDir: join(folder, "data") });
  s3 = new S3Client({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retryStrategy: new ConfiguredRetryStrategy(3, 1),
  });
  await s3.send(new CreateBucketCommand({ Bucket: "pool" }));
});
afterAll(async () => {
  s3.destroy();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});
beforeEach(async () => {
  await fetch(`${server.url}/_local/calls`, { method: "DELETE" });
  await fetch(`${server.url}/_local/faults`, { method: "DELETE" });
});

let number = 0;
/** A new file of its own content, and its asset. */
function newAsset(store = "s3://pool/etl"): { path: string; asset: Asset; content: string } {
  const content = `print(${number})\n`;
  const path = join(folder, `script ${number++}.py`);
  writeFileSync(path, content);
  const [asset] = collectAssets([sparkStep({ name: "s", script: path })], store).assets;
  return { path, asset: asset!, content };
}

async function stored(asset: Asset): Promise<string | undefined> {
  const Key = asset.uri.slice("s3://pool/".length);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "pool", Key }));
  return Body?.transformToString();
}

async function puts(): Promise<number[]> {
  const calls = (await (
    await fetch(`${server.url}/_local/calls?service=s3&operation=PutObject`)
  ).json()) as Call[];
  return calls.map(({ status }) => status);
}

const fault = (rule: object) =>
  fetch(`${server.url}/_local/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ service: "s3", operation: "PutObject", ...rule }),
  });

describe("uploadAssets", () => {
  test("writes a file once for ever", async () => {
    const { asset, content } = newAsset();
    await uploadAssets([asset], s3);
    await uploadAssets([asset], s3);
    expect(await stored(asset)).toBe(content);
    expect(await puts()).toEqual([200]);
  });

  test("an empty file is a file", async () => {
    const path = join(folder, "empty.py");
    writeFileSync(path, "");
    const { assets } = collectAssets([sparkStep({ name: "s", script: path })], "s3://pool");
    await uploadAssets(assets, s3);
    expect(await stored(assets[0]!)).toBe("");
  });

  test("of many at once one writes, none fails", async () => {
    const { asset, content } = newAsset();
    await Promise.all(Array.from({ length: 8 }, () => uploadAssets([asset], s3)));
    expect(await stored(asset)).toBe(content);
    expect((await puts()).filter((status) => status === 200)).toHaveLength(1);
  });

  test.each([
    ["503 before it is carried out", { status: 503, code: "SlowDown" }, [503, 200]],
    ["409 of a conflicting write", { status: 409, code: "ConditionalRequestConflict" }, [409, 200]],
    ["an answer lost after it was carried out", { loseAnswer: true, when: "after" }, [200, 412]],
  ])("tries again after %s", async (_, effect, statuses) => {
    const { asset, content } = newAsset();
    await fault(effect);
    await uploadAssets([asset], s3);
    expect(await stored(asset)).toBe(content);
    expect(await puts()).toEqual(statuses);
  });

  test("gives up after three tries, naming file and address", async () => {
    const { asset } = newAsset();
    await fault({ status: 503, code: "SlowDown", times: 3 });
    await expect(uploadAssets([asset], s3)).rejects.toThrow(
      /The step file .*script \d+\.py could not be uploaded to s3:\/\/pool\/etl\/v1\/assets\/.*SlowDown.*ASSET_NOT_UPLOADED/,
    );
  });

  test("names a bucket that isn't there", async () => {
    const { asset } = newAsset("s3://no-such-bucket");
    await expect(uploadAssets([asset], s3)).rejects.toThrow(/NoSuchBucket.*ASSET_NOT_UPLOADED/);
  });

  test("neither takes nor writes a file in a bucket of another account", async () => {
    const there = newAsset().asset;
    const missing = newAsset().asset;
    await uploadAssets([there], s3);
    vi.stubEnv("PULUMI_POOLED_EMR_BUCKET_OWNER", "999999999999");
    for (const asset of [there, missing])
      await expect(uploadAssets([asset], s3)).rejects.toThrow(/AccessDenied.*ASSET_NOT_UPLOADED/);
    expect(await puts()).toEqual([200, 403, 403]);
  });

  test("refuses a file that changed after the program had read it", async () => {
    const { asset, path } = newAsset();
    writeFileSync(path, "something else");
    await expect(uploadAssets([asset], s3)).rejects.toThrow(/LOCAL_FILE_CHANGED/);
    expect(await puts()).toEqual([]);
  });

  test("needs the file only as long as the store doesn't have it", async () => {
    const { asset, path } = newAsset();
    const other = newAsset();
    await uploadAssets([asset], s3);
    rmSync(path);
    rmSync(other.path);
    await uploadAssets([asset], s3);
    await expect(uploadAssets([other.asset], s3)).rejects.toThrow(/LOCAL_FILE_NOT_FOUND/);
  });
});
