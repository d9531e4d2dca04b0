import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EMRClient, ListClustersCommand } from "@aws-sdk/client-emr";
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolderInUse, type LocalServer, startLocalServer } from "../../local/server";
import { newBucket, outcomeOf, s3TestClient } from "../support/s3/s3TestClient";
import { sdkEnvironment } from "../support/tools/toolServer";

let dataDir: string;
let server: LocalServer;
let client: S3Client;
let Bucket: string;

async function start(): Promise<void> {
  server = await startLocalServer({ dataDir });
  client = s3TestClient(sdkEnvironment(server.url));
}
async function stop(): Promise<void> {
  client.destroy();
  await server.close();
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "local server "));
  await start();
  Bucket = await newBucket(client);
});
afterEach(async () => {
  await stop();
  rmSync(dataDir, { recursive: true });
});

async function admin(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${server.url}/_local/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
}

const put = (Key: string, Body: string, more: object = {}) =>
  outcomeOf(client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })));

const get = async (Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();

describe("one server for S3 and EMR", () => {
  it("tells their requests apart on one address", async () => {
    const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint } = sdkEnvironment(server.url);
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const emr = new EMRClient({ endpoint, region, credentials, maxAttempts: 1 });
    expect((await emr.send(new ListClustersCommand({}))).Clusters).toEqual([]);
    emr.destroy();
    expect(await put("key", "x")).toEqual({ status: 200 });
  });

  it("keeps objects and uploads under way over a restart", async () => {
    await put("kept/../key", "bytes", { Metadata: { a: "b" } });
    const Key = "multipart";
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = { Bucket, Key, UploadId, PartNumber: 1 };
    await client.send(new UploadPartCommand({ ...part, Body: "replaced" }));
    const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: "part" }));
    await stop();
    await start();
    expect(await get("kept/../key")).toBe("bytes");
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
    expect(await get(Key)).toBe("part");
  });

  it("refuses a data folder that another server has, and takes it once that is gone", async () => {
    await expect(startLocalServer({ dataDir })).rejects.toThrow(DataFolderInUse);
    await stop();
    await start();
  });

  it("gives the data folder back when its port is taken", async () => {
    const other = mkdtempSync(join(tmpdir(), "local server "));
    await expect(startLocalServer({ dataDir: other, port: server.port })).rejects.toThrow("EADDRINUSE");
    await (await startLocalServer({ dataDir: other })).close();
    rmSync(other, { recursive: true });
  });

  it.each([
    [{ origin: "https://evil.example" }, "web pages"],
    [{ host: "evil.example" }, "evil.example"],
    [{ host: "evil.example:1234" }, "evil.example"],
  ])("does not answer a page in a browser: %j", async (headers, message) => {
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      request(`${server.url}/_local/health`, { headers }, async (response) => {
        resolve({ status: response.statusCode!, text: (await response.toArray()).join("") });
      })
        .once("error", reject)
        .end();
    });
    expect([status, text]).toEqual([403, expect.stringContaining(message)]);
  });

  it("names the right region to a client that has another", async () => {
    const elsewhere = s3TestClient({ ...sdkEnvironment(server.url), AWS_REGION: "eu-west-1" });
    const error = await elsewhere.send(new ListObjectsV2Command({ Bucket })).catch((caught) => caught);
    expect(error).toMatchObject({ name: "AuthorizationHeaderMalformed", Region: "us-east-1" });
    const own = "made-in-eu-west-1";
    await elsewhere.send(
      new CreateBucketCommand({
        Bucket: own,
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      }),
    );
    expect((await elsewhere.send(new HeadBucketCommand({ Bucket: own }))).BucketRegion).toBe("eu-west-1");
    elsewhere.destroy();
  });
});

describe("the admin interface", () => {
  it("answers 409 once, as S3 does when conditional writes meet", async () => {
    const rule = {
      service: "s3",
      operation: "PutObject",
      keyPattern: "/job/",
      status: 409,
      code: "ConditionalRequestConflict",
    };
    expect((await admin("POST", "faults", rule)).status).toBe(201);
    expect(await put("pool.json", "x")).toEqual({ status: 200 });
    expect(await put("job/1", "x", { IfNoneMatch: "*" })).toEqual({
      status: 409,
      code: "ConditionalRequestConflict",
    });
    expect(await put("job/1", "x", { IfNoneMatch: "*" })).toEqual({ status: 200 });
  });

  it("loses the answer to a write that has happened", async () => {
    const rule = { service: "s3", operation: "PutObject", loseAnswer: true, when: "after" };
    await admin("POST", "faults", rule);
    await expect(put("lost", "written")).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await get("lost")).toBe("written");
  });

  it("holds a write until it is let go; its condition is checked then", async () => {
    const { json } = await admin("POST", "faults", { service: "s3", operation: "PutObject", hold: true });
    const late = put("raced", "late", { IfNoneMatch: "*" });
    // The rule is used up once the late request has arrived.
    while (((await admin("GET", "faults")).json as unknown[]).length > 0) {}
    expect(await put("raced", "early", { IfNoneMatch: "*" })).toEqual({ status: 200 });
    await admin("DELETE", `faults/${(json as { id: string }).id}`);
    expect(await late).toEqual({ status: 412, code: "PreconditionFailed" });
    expect(await get("raced")).toBe("early");
  });

  it("refuses a held request whose signature grew too old on the way", async () => {
    const { json } = await admin("POST", "faults", { service: "s3", operation: "PutObject", hold: true });
    const late = put("late", "x");
    while (((await admin("GET", "faults")).json as unknown[]).length > 0) {}
    await admin("POST", "clock", { advanceMs: 16 * 60_000 });
    await admin("DELETE", `faults/${(json as { id: string }).id}`);
    expect(await late).toEqual({ status: 403, code: "RequestTimeTooSkewed" });
    expect(await outcomeOf(client.send(new HeadObjectCommand({ Bucket, Key: "late" })))).toMatchObject({
      status: 404,
    });
  });

  it("moves the clock, also over a restart, and clients of either time are let in", async () => {
    const before = Date.now();
    await admin("POST", "clock", { advanceMs: 3_600_000 });
    await stop();
    await start();
    for (let i = 0; i < 2; i++) {
      // The second time the SDK signs with the time it learned from the first answer.
      expect(await put(`moved-${i}`, "x")).toEqual({ status: 200 });
    }
    const { LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key: "moved-0" }));
    expect(LastModified!.getTime()).toBeGreaterThanOrEqual(before + 3_599_000);
  });

  it("becomes a store that ignores conditions, and one that does not again", async () => {
    await put("key", "first");
    await admin("POST", "s3/settings", { ignoreConditions: true });
    expect(await put("key", "second", { IfNoneMatch: "*" })).toEqual({ status: 200 });
    await admin("POST", "s3/settings", { ignoreConditions: false });
    expect(await put("key", "third", { IfNoneMatch: "*" })).toMatchObject({ status: 412 });
    expect(await get("key")).toBe("second");
  });

  it("shows another time in Date than it goes by", async () => {
    await admin("POST", "s3/settings", { dateOffsetMs: -7_200_000 });
    const response = await fetch(`${server.url}/${Bucket}/unsigned`);
    expect(Date.parse(response.headers.get("date")!)).toBeLessThan(Date.now() - 7_190_000);
    expect(await put("key", "x")).toEqual({ status: 200 });
  });

  it("shows the calls that reached the server", async () => {
    const { json } = await admin("GET", "calls");
    const after = (json as { number: number }[]).at(-1)!.number;
    await put("counted", "x");
    await get("counted");
    const calls = (await admin("GET", `calls?service=s3&after=${after}`)).json;
    expect(calls).toMatchObject([
      { operation: "PutObject", resource: `${Bucket}/counted`, status: 200 },
      { operation: "GetObject", resource: `${Bucket}/counted`, status: 200 },
    ]);
    expect((await admin("DELETE", "calls")).status).toBe(204);
    expect((await admin("GET", "calls")).json).toEqual([]);
  });

  it.each([
    ["POST", "faults", { service: "s3" }, 400],
    ["POST", "clock", { advanceMs: -1 }, 400],
    ["POST", "s3/settings", { ignoreCondition: true }, 400],
    ["GET", "nothing", undefined, 404],
  ])("%s %s %j: %s", async (method, path, body, status) => {
    const answer = await admin(method, path, body);
    expect(answer).toEqual({ status, json: { error: expect.any(String) } });
  });
});

describe("a server that is killed", () => {
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
  });

  async function startProcess(
    folder: string,
  ): Promise<{ url: string; child: ChildProcess; exited: Promise<unknown> }> {
    const script = join(__dirname, "../support/localServer/serverProcess.ts");
    const tsx = createRequire(__filename).resolve("tsx");
    const child = spawn(process.execPath, ["--import", tsx, script, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const exited = once(child, "exit");
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    return { url: line.toString().trim(), child, exited };
  }

  it("has every write it answered, whole, and can be started at once", { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "killed server "));
    const answered = new Map<string, string>();
    for (let life = 0; life < 3; life++) {
      const { url, child, exited } = await startProcess(folder);
      const own = s3TestClient(sdkEnvironment(url));
      const name = "survives-kills";
      await outcomeOf(own.send(new CreateBucketCommand({ Bucket: name })));
      const listed = await own.send(new ListObjectsV2Command({ Bucket: name }));
      const there = new Set(listed.Contents?.map(({ Key }) => Key));
      expect([...answered.keys()].filter((Key) => !there.has(Key))).toEqual([]);
      for (const [Key, body] of answered) {
        const object = await own.send(new GetObjectCommand({ Bucket: name, Key }));
        expect(await object.Body!.transformToString()).toBe(body);
      }
      const writes = Array.from({ length: 40 }, async (_, index) => {
        const Key = `life-${life}/${index}`;
        const body = `${Key} `.repeat(index % 4 === 0 ? 100_000 : 10);
        await own.send(new PutObjectCommand({ Bucket: name, Key, Body: body }));
        answered.set(Key, body);
        if (answered.size === life * 10 + 12) {
          child.kill("SIGKILL");
        }
      });
      await Promise.allSettled(writes);
      await exited;
      own.destroy();
    }
    expect(answered.size).toBeGreaterThanOrEqual(32);
    rmSync(folder, { recursive: true });
  });
});
