import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const repository = join(__dirname, "..", "..");

/** A stranger's project: the packed tarball and the Pulumi SDK, installed from the registry, nothing else. */
let project: string;
let server: ChildProcess;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "a stranger's project "));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", project], { cwd: repository });
  const tarball = readdirSync(project).find((file) => file.endsWith(".tgz"))!;
  const { version } = require("@pulumi/pulumi/package.json");
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "stranger", private: true }));
  const install = [
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    `./${tarball}`,
    `@pulumi/pulumi@${version}`,
  ];
  await run("npm", install, { cwd: project });
  mkdirSync(join(project, "program"));
  writeFileSync(join(project, "program", "Pulumi.yaml"), "name: stranger\nruntime: nodejs\n");
  writeFileSync(
    join(project, "program", "package.json"),
    JSON.stringify({ name: "stranger-program", main: "index.js" }),
  );
  writeFileSync(join(project, "program", "index.js"), program);
  server = spawn("npx", ["emrpool", "local", "--port", "0", "--data", join(project, "data"), "--json"], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const printed = await new Promise<string>((resolve, reject) => {
    let text = "";
    server.stdout!.setEncoding("utf8").on("data", (part) => {
      text += part;
      if (text.includes("}")) resolve(text);
    });
    server.on("exit", (code) => reject(new Error(`emrpool local ended with ${code}`)));
  });
  environment = { ...process.env, ...JSON.parse(printed) };
  const { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: region } = environment;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "stranger" }));
  s3.destroy();
}, 240_000);

afterAll(() => {
  if (server?.pid !== undefined) process.kill(-server.pid, "SIGTERM");
  rmSync(project, { recursive: true, force: true });
});

const program = `
const { PooledEmrJob, shellStep } = require("pulumi-pooled-emr");
const job = new PooledEmrJob("hello", {
  pool: { name: "stranger", store: "s3://stranger/pool" },
  cluster: {
    releaseLabel: "emr-7.5.0",
    instances: { instanceGroups: [{ instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 }] },
    serviceRole: "EMR_DefaultRole",
    jobFlowRole: "EMR_EC2_DefaultRole",
  },
  steps: [shellStep({ name: "hello", command: "echo hello" })],
  waitFor: "completed",
});
exports.state = job.state;
`;

const node = (args: string[]) => run(process.execPath, args, { cwd: project, env: environment });

test("exports what the contract names, and the subpath that state refers to", async () => {
  const script = `
    const main = Object.keys(require("pulumi-pooled-emr")).sort();
    const provider = Object.keys(require("pulumi-pooled-emr/provider")).sort();
    console.log(JSON.stringify({ main, provider, version: require("pulumi-pooled-emr/package.json").version }));
  `;
  const found = JSON.parse((await node(["-e", script])).stdout);
  const abi = ["check", "configure", "create", "delete", "diff", "read", "update"];
  expect(found.provider).toEqual(expect.arrayContaining(abi));
  expect(found.main).toEqual(
    expect.arrayContaining([
      "EmrPool",
      "PooledEmrError",
      "PooledEmrJob",
      "hiveStep",
      "jarStep",
      "pigStep",
      "scriptStep",
      "sparkStep",
      "streamingStep",
    ]),
  );
  const { stdout } = await run("npx", ["emrpool", "--version"], { cwd: project });
  expect(stdout.trim()).toBe(found.version);
});

test("runs a deployment: preview, up, destroy", async () => {
  const host = join("node_modules", "pulumi-pooled-emr", "dist", "local", "pulumi", "cli.js");
  const stack = ["--project", "program", "--stack", "dev", "--state-dir", join(project, "state")];
  expect((await node([host, "preview", ...stack])).stdout).toContain("would launch 1 x m5.xlarge (MASTER)");
  const up = await node([host, "up", "--skip-preview", ...stack]);
  expect(up.stdout).toMatch(/state *: "COMPLETED"/);
  expect((await node([host, "destroy", ...stack])).stdout).toMatch(/deleted/);
});
