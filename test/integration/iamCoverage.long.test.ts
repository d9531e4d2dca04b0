import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListClustersCommand } from "@aws-sdk/client-emr";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PolicyKind } from "../../provider/iam/permissions";
import {
  productCalls,
  type RecordedCall,
  recordedCalls,
  uncovered,
  unneeded,
} from "../support/awsCalls/recordedCalls";
import { runCli } from "../support/cli/runCli";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import { copyProject, type ProjectCopy } from "../support/pulumi/runner";
import { LocalEmrHarness } from "./localEmrHarness";

/**
 * Runs jobs and commands that between them do everything the product does, each process labelled with what it is
 * for, and compares the AWS calls they make with the permissions. `globalSetup.ts` of `test/support/awsCalls` looks at
 * all other tests.
 */
let local: LocalEmrHarness;
let project: ProjectCopy;
let folder: string;
const calls = new Map<PolicyKind, RecordedCall[]>();

const environment = (kind: PolicyKind): Record<string, string> => ({
  AWS_ENDPOINT_URL: local.server.url,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
  RECORD_AWS_CALLS: folder,
  RECORD_AWS_CALLS_AS: kind,
  NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "../support/awsCalls/recorder.cjs"))}`,
});

/** One operation on a stack with the jobs `parts`. */
async function pulumi(
  operation: "preview" | "up" | "refresh" | "destroy",
  stack: string,
  parts: string,
  exitCode = 0,
): Promise<void> {
  const outcome = await embeddedRunner(project)[operation]({
    stack,
    config: { parts },
    environment: environment(operation === "preview" ? "preview" : "up"),
  });
  expect(outcome, outcome.output).toMatchObject({ exitCode });
}

async function emrpool(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { env: environment("cli") });
  expect([args.join(" "), code, code === 0 ? "" : stdout + stderr]).toEqual([args.join(" "), 0, ""]);
  return stdout;
}

/** A file for `emrpool explain`. */
function specOf(pool: object): string {
  const file = join(folder, "job.json");
  const inputs = {
    pool: { name: "iam", store: "s3://iam-pool/store", ...pool },
    // As the part `fleets` of the program: live facts are read of clusters that fit otherwise.
    cluster: {
      releaseLabel: "emr-7.5.0",
      serviceRole: "EMR_DefaultRole",
      jobFlowRole: "EMR_EC2_DefaultRole",
      instances: {
        instanceFleets: [
          {
            instanceFleetType: "MASTER",
            targetOnDemandCapacity: 1,
            instanceTypeConfigs: [{ instanceType: "m5.xlarge" }],
          },
        ],
      },
    },
    steps: [],
  };
  writeFileSync(file, JSON.stringify(inputs));
  return file;
}

/** The journal as a destroy leaves it that is killed before it cancels anything: others finish it. */
async function beginDelete(job: string): Promise<void> {
  for (const Key of await local.keys("iam-pool", "store/v1/job/")) {
    const text = await local.getText("iam-pool", Key);
    const record = JSON.parse(text);
    if (record.ph !== "SUBMITTED" || !text.includes(job)) continue;
    const Body = JSON.stringify({ ...record, ph: "RETIRING" });
    await local.s3.send(new PutObjectCommand({ Bucket: "iam-pool", Key, Body }));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "iam calls "));
  local = await LocalEmrHarness.start();
  project = copyProject(join(__dirname, "iamProgram"));
  const pool = ["--pool", "iam", "--store", "s3://iam-pool/store"];
  await local.s3.send(new CreateBucketCommand({ Bucket: "iam-pool" }));
  await local.putObjects("iam-data", { "bootstrap.sh": "true\n" });
  const handMade = await local.launch({
    LogUri: "s3://iam-data/logs/",
    AutoTerminationPolicy: { IdleTimeout: 3600 },
    BootstrapActions: [{ Name: "b", ScriptBootstrapAction: { Path: "s3://iam-data/bootstrap.sh" } }],
  });

  await emrpool("adopt", handMade, ...pool);
  await pulumi("up", "first", "groups fleets");
  await emrpool("explain", specOf({}));
  await emrpool("explain", specOf({ minAvailable: { memoryMB: 1 } }));
  await pulumi("preview", "second", "groups fleets memory");
  await pulumi("up", "second", "fleets memory failing sleeping napping", 1);
  await pulumi("refresh", "second", "");
  await beginDelete("sleeping");
  await emrpool("sweep", ...pool);
  await pulumi("destroy", "second", "");

  await pulumi("up", "kept", "small");
  await pulumi("up", "kept", "large");
  await pulumi("refresh", "kept", "");
  await pulumi("destroy", "kept", "");

  await emrpool("list", ...pool);
  await emrpool("locks", ...pool);
  await emrpool("doctor", ...pool);
  const { Clusters = [] } = await local.emr.send(new ListClustersCommand({}));
  for (const { Id } of Clusters) await emrpool("diagnose", Id!);
  const idle = Clusters.find(
    ({ Id, Name, Status }) => Id !== handMade && Status?.State === "WAITING" && Name?.includes("#pe.iam."),
  );
  await emrpool("drain", idle!.Id!, ...pool);

  for (const call of productCalls(recordedCalls(folder))) {
    calls.set(call.kind!, [...(calls.get(call.kind!) ?? []), call]);
  }
}, 300_000);

afterAll(async () => {
  project.remove();
  await local.stop();
  await rm(folder, { recursive: true, force: true });
});

test.each<PolicyKind>(["preview", "up", "cli"])(
  "the policy for %s allows every call that was made",
  (kind) => {
    expect(calls.get(kind)?.length).toBeGreaterThan(10);
    expect(uncovered(calls.get(kind) ?? [], [kind])).toEqual([]);
  },
);

test.each<PolicyKind>(["preview", "up", "cli"])(
  "the policy for %s allows nothing that no call needs",
  (kind) => {
    expect(unneeded(calls.get(kind) ?? [], kind)).toEqual([]);
  },
);
