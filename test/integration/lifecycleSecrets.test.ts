import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeClusterCommand,
  EMRClient,
  ListClustersCommand,
  ListStepsCommand,
} from "@aws-sdk/client-emr";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { bucket, credentials, EmrWorld, region } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import type { ProjectCopy } from "../support/pulumi/runner";

/** As the program marks them: each a Pulumi secret. */
const secrets = {
  argument: "S3CR3T-argument-7391",
  configuration: "S3CR3T-configuration-2846",
  kdcAdminPassword: "S3CR3T-kdcadmin-5512",
  principalPassword: "S3CR3T-principal-9077",
};
const secret = (value: string) => ({ secret: value });

let world: EmrWorld;
let project: ProjectCopy;

beforeAll(async () => {
  project = await projectWithPackage(join(__dirname, "..", "support", "lifecycle", "program"));
  // Steps run: this one prints its secret argument, and fails.
  world = await EmrWorld.start({ stepExecution: "run" });
});
afterAll(async () => {
  await world.close();
  project.remove();
});

/** Everything in the pool's store, with the keys. */
async function storedObjects(prefix: string): Promise<string> {
  const s3 = world.s3();
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  let found = "";
  for (const { Key } of Contents) {
    const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    found += `${Key} ${JSON.stringify(Metadata)} ${await Body!.transformToString()}\n`;
  }
  s3.destroy();
  return found;
}

/** Names and tags: what anybody sees who may list clusters and steps. Arguments and configurations EMR must have. */
async function shownByEmr(): Promise<string> {
  const emr = new EMRClient({ endpoint: world.server.url, region, credentials });
  const { Clusters = [] } = await emr.send(new ListClustersCommand({}));
  let found = JSON.stringify(Clusters);
  for (const { Id } of Clusters) {
    const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: Id }));
    const { Steps = [] } = await emr.send(new ListStepsCommand({ ClusterId: Id }));
    found += JSON.stringify([Cluster!.Name, Cluster!.Tags, Steps.map((step) => step.Name)]);
  }
  emr.destroy();
  return found;
}

function filesBelow(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name !== "node_modules")
    .map((name) => join(folder, name))
    .map((path) =>
      statSync(path).isDirectory() ? filesBelow(path) : `${path} ${readFileSync(path, "utf8")}`,
    )
    .join("\n");
}

test("secret inputs stand nowhere in plain, from the first preview to the destroy of a failed job", async () => {
  const { __urn: _, __organization: __, ...inputs } = jobInputs("secretive");
  const jobs = {
    secretive: {
      ...inputs,
      cluster: {
        ...inputs.cluster,
        logUri: `s3://${bucket}/logs/`,
        securityConfiguration: "kerberized",
        configurations: [
          {
            classification: "hive-site",
            properties: { "javax.jdo.option.ConnectionPassword": secret(secrets.configuration) },
          },
        ],
        kerberosAttributes: {
          realm: "EC2.INTERNAL",
          kdcAdminPassword: secret(secrets.kdcAdminPassword),
          crossRealmTrustPrincipalPassword: secret(secrets.principalPassword),
        },
      },
      steps: [
        {
          name: "leak",
          hadoopJarStep: {
            jar: "command-runner.jar",
            args: [
              "bash",
              "-c",
              'echo "Exception: password $0 refused" >&2; exit 3',
              secret(secrets.argument),
            ],
          },
        },
      ],
      waitFor: "completed",
    },
  };
  const runner = embeddedRunner(project);
  const request = { stack: "dev", environment: { ...world.environment, JOBS: JSON.stringify(jobs) } };
  const outputs: Record<string, string> = {};
  const seen: Record<string, string> = {};
  for (const verb of ["preview", "up", "refresh", "up", "refresh"] as const) {
    const { output, exitCode } = await runner[verb](request);
    outputs[`${verb} ${Object.keys(outputs).length}`] = output;
    // The job fails, and says so: else nothing of a failure would have been written.
    expect(exitCode, output).toBe(verb === "up" ? 1 : 0);
    if (verb === "up") expect(output).toContain("[JOB_FAILED]");
  }
  seen.state = JSON.stringify(await runner.exportState(request));
  expect(seen.state).toContain("FAILED");
  seen.files = filesBelow(project.scratch);
  outputs.destroy = (await runner.destroy(request)).output;
  seen.store = await storedObjects("pools/");
  seen.emr = await shownByEmr();
  seen.filesAtTheEnd = filesBelow(project.scratch);
  for (const [name, secretValue] of Object.entries(secrets)) {
    for (const [where, what] of Object.entries({ ...outputs, ...seen }))
      expect(what.includes(secretValue), `${name} in plain in ${where}: ${around(what, secretValue)}`).toBe(
        false,
      );
  }
  // What was looked at is not empty.
  expect(seen.store).toContain("/job/");
  expect(seen.files).toContain("ciphertext");
});

function around(text: string, value: string): string {
  const at = text.indexOf(value);
  return at < 0 ? "" : text.slice(Math.max(0, at - 200), at + 20);
}
