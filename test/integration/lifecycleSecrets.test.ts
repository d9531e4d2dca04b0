import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeClusterCommand,
  EMRClient,
  ListClustersCommand,
  ListStepsCommand,
} from "@aws-sdk/client-emr";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../support/cli/runCli";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { bucket, credentials, EmrWorld, region } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { JobProvider } from "../support/lifecycle/jobProvider";
import { StackedJob } from "../support/lifecycle/stack";
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
async function storedObjects(prefix: string, within = world): Promise<string> {
  const s3 = within.s3();
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

describe("texts of EMR and logs that quote a secret", () => {
  let told: EmrWorld;
  beforeAll(async () => {
    told = await EmrWorld.start();
  });
  afterAll(() => told.close());

  const secretPaths = [
    "steps[0].hadoopJarStep.args[1]",
    "cluster.configurations[0].properties.javax.jdo.option.ConnectionPassword",
  ];
  const inputsOf = (name: string) => {
    const inputs = jobInputs(name, { secretPaths });
    const configurations = [
      {
        classification: "hive-site",
        properties: { "javax.jdo.option.ConnectionPassword": secrets.configuration },
      },
    ];
    const hadoopJarStep = { jar: "command-runner.jar", args: ["bash", secrets.argument] };
    return {
      ...inputs,
      cluster: { ...inputs.cluster, logUri: `s3://${bucket}/logs/`, configurations },
      steps: [{ name: "count", hadoopJarStep }],
    };
  };
  const expectNoSecrets = (...where: unknown[]) => {
    for (const value of [secrets.argument, secrets.configuration, "S3CR3T"])
      for (const text of where.map((part) => JSON.stringify(part)))
        expect(text.includes(value), around(text, value)).toBe(false);
  };
  /** One operation: a provider process of its own, which remembers nothing. */
  async function operation<Result>(run: (provider: JobProvider) => Promise<Result>): Promise<Result> {
    const provider = await JobProvider.start(project, told.environment);
    try {
      return await run(provider);
    } finally {
      await provider.close();
    }
  }

  async function putLog(clusterId: string, stepId: string, text: string): Promise<void> {
    const s3 = told.s3();
    const Key = `logs/${clusterId}/steps/${stepId}/stderr`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: text }));
    s3.destroy();
  }

  test("show it neither in state nor in errors nor in the journal, nor to another stack", async () => {
    const wanted = inputsOf("quoted");
    const job = new StackedJob();
    await operation((provider) => job.up(provider, wanted));
    const { clusterId, steps } = job.state!;
    // The second time it stands where the text is cut.
    const text = `Exception: refused ${secrets.argument} `.padEnd(490, ".") + secrets.argument;
    await told.endStep(clusterId, steps[0]!.id, "FAILED", text);
    const log = `Traceback (most recent call last):\nValueError: ${secrets.argument} ${secrets.configuration}\n`;
    await putLog(clusterId, steps[0]!.id, log);
    const reader = jobInputs("reader", { pool: wanted.pool });
    const { outputs } = await operation(async (provider) => {
      for (const look of ["refresh", "up", "refresh", "up"] as const) {
        if (look === "refresh") await job.refresh(provider);
        else await job.up(provider, wanted);
        const { inputs: _, ...shown } = job;
        const { cluster: __, ...state } = shown.state!;
        expectNoSecrets(state, job.initErrors, provider.lines);
        expect(state.state).toBe("FAILED");
        expect(state.steps[0]!.failure).toMatch(/^Exception: refused \[redacted\] /);
        expect(state.diagnosis?.excerpt).toContain("ValueError: [redacted] [redacted]");
        expect(job.initErrors.join()).toContain("[JOB_FAILED]");
      }
      return provider.get(job.id, { pool: reader.pool, __urn: reader.__urn } as never);
    });
    const journal = await storedObjects("pools/", told);
    expect(journal).toContain('"FAILED"');
    expectNoSecrets(journal);

    // The command line knows the values no more than that stack.
    const cli = await runCli(["diagnose", clusterId, "--store", wanted.pool.store], {
      env: told.environment as Record<string, string>,
    });
    expectNoSecrets(cli);
    const why = "what it says is not shown, as its job has secret inputs";
    expect(cli.stdout).toContain(`Step "count" (${steps[0]!.id}): ${why}\n  cause:  user-code`);

    // Another stack knows neither the values nor that there are any.
    expectNoSecrets(outputs);
    expect(outputs).toMatchObject({ state: "FAILED", diagnosis: { kind: "user-code" } });
    expect(outputs).not.toHaveProperty("diagnosis.excerpt");
    expect(JSON.stringify(outputs)).toContain("the job has secret inputs");
  });

  test.each([
    ["refuses the steps", "AddJobFlowSteps", "[JOB_FAILED]", secrets.argument],
    ["refuses the cluster", "RunJobFlow", "[LAUNCH_REFUSED]", secrets.configuration],
  ])("show it nowhere when EMR %s and says so", async (_, call, code, quoted) => {
    const message = `1 validation error detected: Value '${quoted}' is bad`;
    await told.addFault({
      service: "emr",
      operation: call,
      status: 400,
      code: "ValidationException",
      message,
    });
    const job = new StackedJob();
    const errors = await operation(async (provider) => {
      const thrown = await job.up(provider, inputsOf(call)).catch((error: Error) => error);
      return [String(thrown), ...job.initErrors, ...provider.lines];
    });
    expect(errors.join()).toContain(code);
    expect(errors.join()).toContain("1 validation error detected: Value '[redacted]' is bad");
    expectNoSecrets(errors, await storedObjects("pools/", told));
  });
});

function around(text: string, value: string): string {
  const at = text.indexOf(value);
  return at < 0 ? "" : text.slice(Math.max(0, at - 200), at + 20);
}
