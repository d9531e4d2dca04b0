import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliFile, runCli } from "../support/cli/runCli";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emrpool cli "));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const commands = [
  ...["explain", "fingerprint", "list", "locks", "diagnose", "doctor", "sweep"],
  ...["adopt", "drain", "fence", "store-policy", "iam-policy", "local"],
];

describe("help", () => {
  test("names every command and the exit codes", async () => {
    const { code, stdout } = await runCli(["--help"]);
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /);
  });

  test("loads nothing heavy", () => {
    const script = `process.argv.push("--help"); require(${JSON.stringify(cliFile)});
      process.once("exit", () => console.error(JSON.stringify(Object.keys(require.cache))));`;
    const { stderr } = spawnSync(process.execPath, ["-e", script, "emrpool"], { encoding: "utf8" });
    const loaded = JSON.parse(stderr) as string[];
    expect(
      loaded.filter((file) => /@aws-sdk|@smithy|@pulumi|hono|zod|cli-table3|dist.local/.test(file)),
    ).toEqual([]);
    expect(loaded.some((file) => file.includes("commander"))).toBe(true);
  });

  test("the version is the package's", async () => {
    const { version } = require("../../package.json") as { version: string };
    expect(await runCli(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("wrong use: exit code 2 and one line", () => {
  test.each<[string[], RegExp, string?]>([
    [["lsit"], /^emrpool: unknown command 'lsit'\n\(Did you mean list\?\)\n$/],
    [["list", "--jsno"], /^emrpool: unknown option '--jsno'\n\(Did you mean --json\?\)\n$/],
    [
      ["list", "--pool", "etl"],
      /^emrpool: list needs --pool and --store together, or neither\. .*\[INVALID_ARGUMENT\]\n$/,
    ],
    [["list", "extra"], /^emrpool: too many arguments for 'list'/],
    [["sweep", "--pool", "etl"], /^emrpool: required option '--store <s3-uri>' not specified\n$/],
    [
      ["local", "--port", "70000"],
      /argument '70000' is invalid\. Allowed: a whole number from 0 to 65535\.\n$/,
    ],
    [["local", "--port", "-1"], /argument '-1' is invalid/],
    [["list", "--pool", "a b", "--store", "s3://bucket"], /argument 'a b' is invalid\. Allowed: 1 to 64 of/],
    [
      ["doctor", "--pool", "a", "--store", "bucket"],
      /argument 'bucket' is invalid\. Allowed: s3:\/\/bucket or/,
    ],
    [["list", "--region", "nowhere"], /Allowed: an AWS region such as eu-west-1\.\n$/],
    [["diagnose", "s-1"], /Allowed: an EMR cluster id such as j-2AXXXXXXGAPLF\.\n$/],
    [
      ["iam-policy", "up", "--store", "s3://bucket", "--role", "admin"],
      /option '--role <arn\.\.\.>' argument 'admin' is invalid\. Allowed: arn:aws:iam::<account>:role/,
    ],
    [["iam-policy", "up", "--store", "s3://bucket", "--partition", "mars"], /argument 'mars' is invalid/],
    [
      ["fence", "--pool", "p", "--store", "s3://bucket", "--visibility", "1.5"],
      /Allowed: a whole number from 1 to 86400/,
    ],
    [["store-policy", "my-bucket"], /Allowed: s3:\/\/bucket or s3:\/\/bucket\/prefix\.\n$/],
    [["iam-policy", "down", "--store", "s3://bucket"], /Allowed choices are preview, up, cli\.\n$/],
    [["explain"], /^emrpool: explain needs either SPEC or --snapshot FILE\./],
    [
      ["explain", "a.json", "--snapshot", "b.json"],
      /^emrpool: explain needs either SPEC or --snapshot FILE\./,
    ],
    [
      ["explain", "--snapshot", "no such.json"],
      /^emrpool: file no such\.json does not exist\. .*\[INVALID_ARGUMENT\]\n$/,
    ],
    [["explain", "--snapshot", "."], /^emrpool: file \. is a folder, not a file\./],
    [
      ["explain", "--snapshot", "-"],
      /^emrpool: stdin is not valid JSON: .*\[INVALID_ARGUMENT\]\n$/,
      "{ cases: [",
    ],
    [["explain", "--snapshot", "-"], /is not a snapshot: .*\[INVALID_ARGUMENT\]\n$/, '{"cases":[{"id":1}]}'],
    [["fingerprint", "-"], /^emrpool: stdin is no job or cluster spec: .*\[INVALID_ARGUMENT\]\n$/, "[]"],
    [
      ["fingerprint", "-"],
      /^emrpool: stdin: cluster\.releaselabel is not a known field \(allowed: .*\)\. Did you mean `releaseLabel`\? \[INVALID_ARGUMENT\]\n$/,
      '{"instances":{},"releaselabel":"emr-7.5.0"}',
    ],
    [
      ["fingerprint", "-"],
      /^emrpool: stdin \(1 of 2 problems\): cluster\.applications has the wrong type \(got "Spark"; allowed: a list\)/,
      '{"instances":{},"applications":"Spark","configurations":7}',
    ],
    [
      ["explain", "-"],
      /^emrpool: stdin: pol is not a known field .*Did you mean `pool`\?/,
      '{"cluster":{"instances":{}},"pol":{}}',
    ],
    [["explain", "-"], /^emrpool: stdin: cluster\.instances is missing /, '{"cluster":{}}'],
    [
      ["fingerprint", "-"],
      /^emrpool: stdin: cluster\.kerberosAttributes\.kdcAdminPassword has the wrong type \(allowed: a string\)/,
      '{"instances":{},"kerberosAttributes":{"kdcAdminPassword":12345}}',
    ],
    [
      ["fingerprint", "-"],
      /^emrpool: stdin: cluster\.configurations\[0\]\.properties\.password has the wrong type \(allowed: a string\)/,
      '{"instances":{},"configurations":[{"classification":"hive-site","properties":{"password":12345}}]}',
    ],
  ])("%j", async (args, message, input) => {
    const { code, stdout, stderr } = await runCli(args, { input, cwd: folder });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("no command at all: the help, on stderr", async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: emrpool");
  });
});

describe("errors: exit code 1", () => {
  const env = {
    AWS_ENDPOINT_URL_EMR: "http://127.0.0.1:1",
    AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };

  test("EMR can't be reached: one line, with its stack only under --verbose", async () => {
    const quiet = await runCli(["diagnose", "j-1"], { env });
    expect(quiet).toMatchObject({ code: 1, stdout: "" });
    expect(quiet.stderr).toMatch(
      /^emrpool: connect ECONNREFUSED 127\.0\.0\.1:1\. Check the network and AWS_ENDPOINT_URL_EMR.*\n$/,
    );
    const verbose = await runCli(["diagnose", "j-1", "--verbose"], { env });
    expect(verbose.stderr).toMatch(/^emrpool: EMR: DescribeCluster \d+ ms/m);
    expect(verbose.stderr).toMatch(/^ {4}at /m);
  });

  test("no region", async () => {
    const { AWS_REGION: _, ...without } = env;
    const nowhere = {
      ...without,
      AWS_CONFIG_FILE: join(folder, "none"),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
    };
    const { code, stderr } = await runCli(["list"], { env: nowhere });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^emrpool: Region is missing\. Give --region or set AWS_REGION\n$/);
  });
});

describe("without any network", () => {
  const request = {
    pool: { poolName: "etl" },
    Applications: [{ Name: "Spark" }],
    ReleaseLabel: "emr-7.5.0",
    Instances: { InstanceGroups: [{ InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 1 }] },
    stepsToAdd: 1,
  };
  const cluster = {
    Id: "j-A",
    Status: { State: "TERMINATING" },
    pool: "other",
    ReleaseLabel: "emr-7.5.0",
    InstanceGroups: [],
  };
  const snapshot = { id: "one", now: "2026-11-20T10:00:00Z", clusters: [cluster], request };

  test("explain --snapshot --json has its fixed form, for one case and for many", async () => {
    const one = await runCli(["explain", "--snapshot", "-", "--json"], { input: JSON.stringify(snapshot) });
    expect(one).toMatchObject({ code: 0, stderr: "" });
    const [explained] = JSON.parse(one.stdout);
    expect(Object.keys(explained)).toEqual(["id", "join", "clusters"]);
    expect(explained).toMatchObject({ id: "one", join: null, clusters: [{ id: "j-A", joinable: false }] });
    const { rule, reason } = explained.clusters[0].refused[0];
    expect({ rule, reason }).toEqual(explained.clusters[0].refused[0]);
    expect(rule).toBe("R1");

    await writeFile(
      join(folder, "cases.json"),
      JSON.stringify({ cases: [snapshot, { ...snapshot, id: "two" }] }),
    );
    const many = await runCli(["explain", "--snapshot", "cases.json", "--json"], { cwd: folder });
    expect(JSON.parse(many.stdout).map(({ id }: { id: string }) => id)).toEqual(["one", "two"]);
  });

  test("fingerprint", async () => {
    const spec = { releaseLabel: "emr-7.5.0", instances: { instanceGroups: [] } };
    const run = await runCli(["fingerprint", "-", "--json"], { input: JSON.stringify({ cluster: spec }) });
    expect(JSON.parse(run.stdout)).toMatchObject({
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      schema: 1,
    });
    const alone = await runCli(["fingerprint", "-", "--json"], { input: JSON.stringify(spec) });
    expect(alone.stdout).toBe(run.stdout);
  });

  test("store-policy forbids unconditional writes and deletes under the store", async () => {
    const { code, stdout } = await runCli(["store-policy", "s3://my-bucket/pools/emr"]);
    expect(code).toBe(0);
    const { Statement } = JSON.parse(stdout) as {
      Statement: { Effect: string; Action: string[]; Resource: string[] }[];
    };
    expect(Statement.every(({ Effect }) => Effect === "Deny")).toBe(true);
    for (const action of ["s3:PutObject", "s3:DeleteObject"])
      expect(Statement.find(({ Action }) => Action.includes(action))?.Resource).toEqual([
        "arn:aws:s3:::my-bucket/pools/emr/v1/*",
      ]);
  });

  test.each(["preview", "up", "cli"])("iam-policy %s", async (kind) => {
    const { code, stdout } = await runCli([
      "iam-policy",
      kind,
      "--store",
      "s3://my-bucket/emr",
      "--region",
      "eu-west-1",
    ]);
    expect(code).toBe(0);
    const actions = JSON.parse(stdout).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    expect(actions).toContain("elasticmapreduce:ListClusters");
    expect(actions.includes("elasticmapreduce:RunJobFlow")).toBe(kind === "up");
  });

  test("iam-policy takes several values of an option", async () => {
    const roles = ["arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/two"];
    const { stdout } = await runCli(["iam-policy", "up", "--store", "s3://my-bucket", "--role", ...roles]);
    for (const role of roles) expect(stdout).toContain(role);
  });
});
