import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AddJobFlowStepsCommand,
  DescribeStepCommand,
  EMRClient,
  RunJobFlowCommand,
} from "@aws-sdk/client-emr";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli, startCli } from "../support/cli/runCli";

interface LocalCli {
  readonly process: ChildProcess;
  readonly env: Record<string, string>;
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** `emrpool local`, up to its last export line. */
async function startLocal(data: string, port = 0): Promise<LocalCli> {
  const child = startCli(["local", "--port", String(port), "--data", data]);
  const exited = once(child, "close");
  let text = "";
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  await new Promise<void>((ready, failed) => {
    child.stdout?.on("data", (chunk) => {
      text += chunk;
      if (text.includes("AWS_EC2_METADATA_DISABLED=true\n")) ready();
    });
    void exited.then(() => failed(new Error(`emrpool local ended: ${errors}`)));
  });
  const lines = text.trim().split("\n");
  const pairs = lines.map((line) => /^export ([A-Z0-9_]+)=(\S+)$/.exec(line)?.slice(1) as [string, string]);
  return {
    process: child,
    env: Object.fromEntries(pairs),
    async stop(signal) {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

let folder: string;
let local: LocalCli;
let emr: EMRClient;
let clusterId: string;
const pool = ["--pool", "etl", "--store", "s3://pools/etl"];

const cli = (...args: string[]) => runCli(args, { env: local.env });
async function json<T>(...args: string[]): Promise<T> {
  const run = await cli(...args, "--json");
  if (run.code !== 0) throw new Error(`${args.join(" ")}: ${run.stderr}`);
  return JSON.parse(run.stdout) as T;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emrpool live "));
  local = await startLocal(join(folder, "data"));
  const client = {
    endpoint: local.env.AWS_ENDPOINT_URL_EMR,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  for (const Bucket of ["pools", "logs"]) await s3.send(new CreateBucketCommand({ Bucket }));
  s3.destroy();
  emr = new EMRClient(client);
  const launched = await emr.send(
    new RunJobFlowCommand({
      Name: "made by hand",
      ReleaseLabel: "emr-7.5.0",
      LogUri: "s3://logs/",
      JobFlowRole: "EMR_EC2_DefaultRole",
      ServiceRole: "EMR_DefaultRole",
      StepConcurrencyLevel: 3,
      Instances: { MasterInstanceType: "m5.xlarge", InstanceCount: 1, KeepJobFlowAliveWhenNoSteps: true },
    }),
  );
  clusterId = launched.JobFlowId ?? "";
});

afterAll(async () => {
  emr?.destroy();
  await local?.stop("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

describe("emrpool local", () => {
  test("prints the environment that leads the AWS SDK to it", () => {
    expect(local.env).toEqual({
      AWS_ENDPOINT_URL_EMR: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      AWS_ENDPOINT_URL_S3: local.env.AWS_ENDPOINT_URL_EMR,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_EC2_METADATA_DISABLED: "true",
    });
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "stops on %s and goes on with its data when started again",
    async (signal) => {
      const data = join(folder, `again ${signal}`);
      const first = await startLocal(data);
      expect(await first.stop(signal)).toBe(0);
      const second = await startLocal(data);
      expect(await second.stop(signal)).toBe(0);
    },
  );

  test("a data folder in use and a port in use are one clear line", async () => {
    const sameFolder = await runCli(["local", "--port", "0", "--data", join(folder, "data")]);
    expect(sameFolder).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^emrpool: .*is in use by another local server.*\n$/),
    });
    const port = new URL(local.env.AWS_ENDPOINT_URL_EMR ?? "").port;
    const samePort = await runCli(["local", "--port", port, "--data", join(folder, "other")]);
    expect(samePort).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^emrpool: .*EADDRINUSE.*another --port.*\n$/),
    });
  });
});

describe("a pool, looked at and repaired by hand", () => {
  test("adopt, list, drain, undo: each dry run changes nothing", async () => {
    expect(await json("list", ...pool)).toEqual([]);
    await json("adopt", clusterId, ...pool, "--dry-run");
    expect(await json("list", ...pool)).toEqual([]);

    const { entryId } = await json<{ entryId: string }>("adopt", clusterId, ...pool);
    const open = { pool: "etl", clusterId, entryId, slots: 3, slotsTaken: 0, draining: false };
    expect(await json("list", ...pool)).toMatchObject([open]);
    expect(await json("adopt", clusterId, ...pool)).toMatchObject({ entryId });
    expect((await cli("list", ...pool)).stdout).toContain(clusterId);

    await json("drain", clusterId, ...pool, "--dry-run");
    expect(await json("list", ...pool)).toMatchObject([open]);
    expect(await json("explain", "-", ...pool).catch((error: Error) => error.message)).toContain(
      "INVALID_ARGUMENT",
    );
  });

  test("a cluster that isn't there", async () => {
    const adopted = await cli("adopt", "j-UNKNOWN", ...pool);
    expect(adopted).toMatchObject({ code: 1, stderr: expect.stringMatching(/^emrpool: .*j-UNKNOWN.*\n$/) });
    const drained = await cli("drain", "j-UNKNOWN", ...pool);
    expect(drained.stderr).toMatch(
      /^emrpool: Cluster j-UNKNOWN is not in pool etl at s3:\/\/pools\/etl .*\[NO_SUCH_ENTRY\]\n$/,
    );
  });

  test("explain SPEC tells of the adopted cluster, rule by rule", async () => {
    const spec = {
      cluster: {
        releaseLabel: "emr-6.0.0",
        instances: {
          instanceGroups: [{ instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 }],
        },
        serviceRole: "EMR_DefaultRole",
        jobFlowRole: "EMR_EC2_DefaultRole",
      },
      steps: [],
    };
    const run = await runCli(["explain", "-", ...pool, "--json"], {
      env: local.env,
      input: JSON.stringify(spec),
    });
    expect(run).toMatchObject({ code: 0 });
    const { candidates } = JSON.parse(run.stdout);
    expect(candidates).toMatchObject([{ clusterId, joinable: false }]);
    const release = candidates[0].rules.find(({ rule }: { rule: string }) => rule === "R6");
    expect(release.reason).toMatch(/emr-7\.5\.0.*emr-6\.0\.0/);
  });

  test("fence: raising is free, lowering asks for a measurement", async () => {
    expect(await json("fence", ...pool)).toMatchObject({
      signatureAgeSeconds: 900,
      visibilitySeconds: 120,
      fenceSeconds: 1070,
    });
    expect(await cli("fence", ...pool, "--visibility", "60")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[FENCE_NOT_MEASURED]"),
    });
    await json("fence", ...pool, "--visibility", "60", "--measured", "--dry-run");
    expect(await json("fence", ...pool)).toMatchObject({ visibilitySeconds: 120 });
    expect(await json("fence", ...pool, "--visibility", "180")).toMatchObject({
      visibilitySeconds: 180,
      fenceSeconds: 1130,
    });
    expect(await json("fence", ...pool)).toMatchObject({ visibilitySeconds: 180 });
  });

  test("sweep and locks of a pool at rest", async () => {
    expect(await json("sweep", ...pool)).toEqual({ dryRun: false, freed: 0, done: [] });
    expect(await json("locks", ...pool)).toMatchObject({ tickets: [] });
    expect((await cli("locks", ...pool)).stdout).toBe("No slot is taken.\n");
  });

  test("doctor: all well; with a bucket that isn't there, exit code 1 and what to do", async () => {
    const well = await json<{ check: string; status: string }[]>("doctor", ...pool);
    expect(well.filter(({ status }) => status !== "ok")).toEqual([]);
    const ill = await cli("doctor", "--pool", "etl", "--store", "s3://no-such-bucket/x", "--json");
    expect(ill.code).toBe(1);
    expect(JSON.parse(ill.stdout)).toContainEqual({
      check: "store: read",
      status: "failed",
      detail: expect.stringContaining("[STORE_NO_SUCH_BUCKET]"),
    });
  });

  test("drain takes an adopted cluster out of the pool and leaves it running", async () => {
    expect(await json("drain", clusterId, ...pool)).toMatchObject({ outcome: "gone" });
    expect(await json("list", ...pool)).toEqual([]);
  });
});

test("diagnose: a step that really failed, from its logs", async () => {
  const added = await emr.send(
    new AddJobFlowStepsCommand({
      JobFlowId: clusterId,
      Steps: [
        {
          Name: "broken",
          ActionOnFailure: "CONTINUE",
          HadoopJarStep: {
            Jar: "command-runner.jar",
            Args: ["bash", "-c", "echo no space left on device >&2; exit 3"],
          },
        },
      ],
    }),
  );
  const StepId = added.StepIds?.[0] ?? "";
  for (let state = ""; state !== "FAILED"; ) {
    await new Promise((done) => setTimeout(done, 200));
    state =
      (await emr.send(new DescribeStepCommand({ ClusterId: clusterId, StepId }))).Step?.Status?.State ?? "";
  }
  expect(await json("diagnose", clusterId)).toMatchObject([
    { clusterId, stepId: StepId, name: "broken", state: "FAILED", diagnosis: { kind: "disk" } },
  ]);
  const { stdout } = await cli("diagnose", clusterId, "--step-id", StepId);
  expect(stdout).toMatch(
    /^Step "broken" .* failed: no space left on device\n {2}cause: {2}disk\n {2}advice: .*EBS.*\n {2}log: .*stderr\.gz\n {4}line 1:/,
  );
});
