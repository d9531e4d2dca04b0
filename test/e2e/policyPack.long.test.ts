import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, startLocalServer } from "../../local/server";
import { catalog } from "../../policies/catalog";
import { resourceTypes } from "../../policies/resource";
import { jobMistakes, mistakenJob } from "../support/policies/mistakes";
import { packFolder, repository } from "../support/policies/policyHost";
import { goodJobProps, type Props } from "../support/policies/programs";
import { cliRunner } from "../support/pulumi/cliRunner";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import { type EngineSearch, engineEnvironment, findEngine, policyPackFor } from "../support/pulumi/engine";
import { copyProject, type ProjectCopy } from "../support/pulumi/runner";

const program = join(__dirname, "fixtures/policyProgram");
const demo = join(repository, "examples/flight-delays");

let search: EngineSearch;
let server: LocalServer;
let data: string;
const environment = () => ({
  AWS_ENDPOINT_URL: server.url,
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_REGION: "us-east-1",
});

beforeAll(async () => {
  search = await findEngine();
  data = mkdtempSync(join(tmpdir(), "pooled emr "));
  server = await startLocalServer({ dataDir: data });
  const s3 = new S3Client({
    endpoint: server.url,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  for (const bucket of ["etl-pools", "flight-delays"])
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  s3.destroy();
});
afterAll(async () => {
  await server?.close();
  rmSync(data, { recursive: true, force: true });
});

/** Inputs as a program writes them: without what `check` adds. */
function withoutPlacement({ placement: _, ...inputs }: Props): Props {
  return inputs;
}

/** `<level> <policy>` of every violation that a preview prints. */
function printed(output: string): string[] {
  const names = new Set(catalog.map(({ name }) => name));
  const found = new Set<string>();
  for (const line of output.split("\n")) {
    const level = /\b(mandatory|advisory)\b/i.exec(line)?.[1]?.toLowerCase();
    const name = line.split(/[^a-z0-9-]+/).find((word) => names.has(word));
    if (level !== undefined && name !== undefined) found.add(`${level} ${name}`);
  }
  return [...found].sort();
}

describe.each(["embedded host", "pulumi CLI"] as const)("%s", (name) => {
  async function preview(
    source: string,
    pack: keyof typeof packFolder,
    extra: Record<string, string>,
    skip: (reason: string) => void,
  ) {
    if (name === "pulumi CLI" && "skipped" in search) return skip(search.skipped);
    const project: ProjectCopy = copyProject(source);
    try {
      const runner =
        name === "pulumi CLI" && "engine" in search
          ? cliRunner(search.engine, project)
          : embeddedRunner(project);
      return await runner.preview({
        stack: "prod",
        policyPacks: [packFolder[pack]],
        environment: { ...environment(), ...extra },
      });
    } finally {
      project.remove();
    }
  }

  it("refuses a program with ten mistakes at preview, for exactly those ten", async ({ skip }) => {
    const job = JSON.stringify(withoutPlacement(mistakenJob()));
    const outcome = await preview(program, "prod", { JOB: job }, skip);
    expect(printed(outcome!.output), outcome!.output).toEqual(
      jobMistakes.map(({ policy }) => `mandatory ${policy}`).sort(),
    );
    expect(outcome!.exitCode).toBe(1);
    expect(outcome!.output).toContain(
      "cluster.autoTerminationPolicy.idleTimeout is 86400 s. Allowed: 300 to 3600 s.",
    );
  });

  it("lets a good program pass under the strict profile, without a word", async ({ skip }) => {
    const job = JSON.stringify(withoutPlacement(goodJobProps()));
    const outcome = await preview(program, "strict", { JOB: job }, skip);
    expect(printed(outcome!.output), outcome!.output).toEqual([]);
    expect(outcome!.exitCode).toBe(0);
  });

  it("lets the demo's program pass under the dev profile, with advice only", async ({ skip }) => {
    const outcome = await preview(demo, "dev", {}, skip);
    expect(outcome!.exitCode, outcome!.output).toBe(0);
    expect(printed(outcome!.output).filter((line) => line.startsWith("mandatory"))).toEqual([]);
    expect(printed(outcome!.output)).toContain("advisory required-tags");
  });
});

describe("pulumi policy analyze", () => {
  it("judges an existing state without its program", async ({ skip }) => {
    if ("skipped" in search) return skip(search.skipped);
    const scratch = mkdtempSync(join(tmpdir(), "pooled emr "));
    try {
      const file = join(scratch, "state.json");
      writeFileSync(file, JSON.stringify(stateWith(mistakenJob())));
      const pack = await policyPackFor(search.engine, packFolder.prod, scratch);
      const env = engineEnvironment(search.engine, {
        ...process.env,
        PULUMI_HOME: join(scratch, "home"),
        PULUMI_BACKEND_URL: `file://${scratch}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      });
      const args = [
        "policy",
        "analyze",
        "--policy-pack",
        pack,
        "--file",
        file,
        "--non-interactive",
        "--color",
        "never",
      ];
      const output = await new Promise<string>((resolve) => {
        execFile("pulumi", args, { cwd: scratch, env }, (_error, stdout, stderr) => resolve(stdout + stderr));
      });
      expect(printed(output), output).toEqual(jobMistakes.map(({ policy }) => `mandatory ${policy}`).sort());
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});

function stateWith(props: Props): object {
  const urn = "urn:pulumi:prod::etl::pulumi:pulumi:Stack::etl-prod";
  const provider = "urn:pulumi:prod::etl::pulumi:providers:pulumi-nodejs::default";
  const type = resourceTypes.job;
  return {
    version: 3,
    deployment: {
      manifest: { time: "2026-11-20T12:00:00Z", magic: "", version: "" },
      resources: [
        { urn, custom: false, type: "pulumi:pulumi:Stack" },
        { urn: provider, custom: true, id: "default", type: "pulumi:providers:pulumi-nodejs" },
        {
          urn: `urn:pulumi:prod::etl::${type}::job`,
          custom: true,
          id: "job.1",
          type,
          parent: urn,
          provider: `${provider}::default`,
          inputs: props,
          outputs: { ...props, clusterId: "j-1" },
        },
      ],
    },
  };
}
