import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  AddJobFlowStepsCommand,
  DescribeClusterCommand,
  EMRClient,
  ListStepsCommand,
  RunJobFlowCommand,
  type StepConfig,
} from "@aws-sdk/client-emr";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalServer, startLocalServer } from "../../local/server";
import { diagnose } from "../../provider/diagnosis/diagnose";
import { s3LogReader } from "../../provider/diagnosis/s3LogReader";

let folder: string;
let server: LocalServer;
let s3: S3Client;
let emr: EMRClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emrpool diagnosis "));
  server = await startLocalServer({ dataDir: folder });
  const client = {
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  s3 = new S3Client({ ...client, forcePathStyle: true });
  emr = new EMRClient(client);
  await s3.send(new CreateBucketCommand({ Bucket: "logs" }));
});

afterAll(async () => {
  s3?.destroy();
  emr?.destroy();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("logs in S3", () => {
  const put = (key: string, body: string | Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: "logs", Key: key, Body: body }));
  const reader = s3LogReader(async () => s3);
  const tailOf = async (key: string, bytes: number) => {
    const [object] = await reader.list(`s3://logs/${key}`, 10);
    if (object === undefined) throw new Error(`${key} is not listed`);
    return reader.tail(object, bytes);
  };
  const lines = Array.from({ length: 2000 }, (_, at) => `line ${at + 1} äöü`).join("\n");

  test("a short log, whole", async () => {
    await put("a/stderr", "one\ntwo\n");
    expect(await tailOf("a/stderr", 100)).toEqual({ text: "one\ntwo\n", firstLine: 1 });
  });

  test("the end of a zipped log: whole lines, with their numbers", async () => {
    await put("a/stderr.gz", gzipSync(lines));
    const { text, firstLine } = await tailOf("a/stderr.gz", 200);
    expect(text.split("\n").at(-1)).toBe("line 2000 äöü");
    expect(text.split("\n")[0]).toBe(`line ${firstLine} äöü`);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200);
  });

  test("the end of a long plain log: only that is fetched, so its lines have no numbers", async () => {
    await put("b/stdout", lines);
    const { text, firstLine } = await tailOf("b/stdout", 200);
    expect(text).toMatch(/^line \d+ äöü\n/);
    expect(text).toMatch(/line 2000 äöü$/);
    expect(firstLine).toBeUndefined();
  });

  test("one line longer than what is kept: nothing, rather than half of a secret", async () => {
    await put("c/stdout.gz", gzipSync("x".repeat(500)));
    expect((await tailOf("c/stdout.gz", 200)).text).toBe("");
  });

  test("a log that is no gzip, though it says so, fails to be read", async () => {
    await put("d/stdout.gz", "not zipped");
    await expect(tailOf("d/stdout.gz", 200)).rejects.toThrow(/header/);
  });
});

describe("a step that really fails is diagnosed from the logs it really wrote", () => {
  let clusterId: string;

  beforeAll(async () => {
    const answer = await emr.send(
      new RunJobFlowCommand({
        Name: "diagnosis",
        ReleaseLabel: "emr-7.5.0",
        LogUri: "s3://logs/emr/",
        JobFlowRole: "EMR_EC2_DefaultRole",
        ServiceRole: "EMR_DefaultRole",
        Instances: { MasterInstanceType: "m5.xlarge", InstanceCount: 1, KeepJobFlowAliveWhenNoSteps: true },
      }),
    );
    clusterId = answer.JobFlowId ?? "";
  });

  async function failedStep(step: StepConfig) {
    const added = await emr.send(new AddJobFlowStepsCommand({ JobFlowId: clusterId, Steps: [step] }));
    const StepIds = added.StepIds ?? [];
    for (;;) {
      const { Steps } = await emr.send(new ListStepsCommand({ ClusterId: clusterId, StepIds }));
      if (Steps?.[0]?.Status?.Timeline?.EndDateTime !== undefined) return Steps;
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  async function diagnosed(step: StepConfig, secrets: string[] = []) {
    const steps = await failedStep(step);
    const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: clusterId }));
    const ended = steps[0]?.Status?.Timeline?.EndDateTime ?? new Date(0);
    const now = new Date(ended.getTime() + 16 * 60_000);
    return diagnose({ clusterId, cluster: Cluster, steps, logs: s3LogReader(async () => s3), now, secrets });
  }

  const bash = (name: string, command: string): StepConfig => ({
    Name: name,
    ActionOnFailure: "CONTINUE",
    HadoopJarStep: { Jar: "command-runner.jar", Args: ["bash", "-c", command] },
  });

  test("killed, as for want of memory", async () => {
    const diagnosis = await diagnosed(bash("killed", "echo loading; exit 137"));
    expect(diagnosis).toMatchObject({
      kind: "memory",
      logUri: expect.stringMatching(/\/steps\/s-\w+\/controller\.gz$/),
    });
  });

  test("a traceback, with its lines and without the password it holds", async () => {
    const script = `printf 'Traceback (most recent call last):\\n  File "job.py", line 3, in <module>\\nValueError: bad login db_password=hunter2 for tiger\\n' >&2; exit 1`;
    const diagnosis = await diagnosed(bash("traceback", script), ["tiger"]);
    expect(diagnosis).toMatchObject({
      kind: "user-code",
      message: expect.stringContaining("ValueError: bad login db_password=[redacted] for [redacted]"),
      excerpt: expect.stringMatching(/^lines 1-3:\nTraceback/),
      logUri: expect.stringMatching(/^s3:\/\/logs\/emr\/j-\w+\/steps\/s-\w+\/stderr\.gz$/),
    });
    expect(JSON.stringify(diagnosis)).not.toMatch(/hunter2|tiger/);
  });

  test("streaming into an output that exists", async () => {
    await s3.send(new PutObjectCommand({ Bucket: "logs", Key: "data/in/part-0", Body: "a\nb\n" }));
    await s3.send(new PutObjectCommand({ Bucket: "logs", Key: "data/out/part-00000", Body: "old" }));
    const args = "-mapper cat -reducer cat -input s3://logs/data/in -output s3://logs/data/out".split(" ");
    const diagnosis = await diagnosed({
      Name: "streaming",
      ActionOnFailure: "CONTINUE",
      HadoopJarStep: { Jar: "command-runner.jar", Args: ["hadoop-streaming", ...args] },
    });
    expect(diagnosis).toMatchObject({
      kind: "missing-data",
      message: expect.stringContaining("already exists"),
    });
  });
});
