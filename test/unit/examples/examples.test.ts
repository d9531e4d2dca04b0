import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { catalog } from "../../../policies/catalog";
import { pulumiPolicy } from "../../../policies/pulumiPolicy";
import { inputFailures } from "../../../provider/lifecycle/userInputs";

const root = join(__dirname, "../../..");
const examples = readdirSync(join(root, "examples"));
const projectOf = (example: string) =>
  parse(readFileSync(join(root, "examples", example, "Pulumi.yaml"), "utf8"));

/** A configuration key of a Pulumi.yaml. */
interface Setting {
  type?: string;
  description?: string;
  default?: unknown;
}

interface Run {
  registered: { type: string; name: string; inputs: any }[];
  exports: string[];
}

/** A run of an example's program with the defaults of its Pulumi.yaml and `config` over them; undefined: no value. */
interface Program {
  example: string;
  config?: Record<string, unknown>;
  stack?: string;
}

function configOf({ example, config }: Program): Record<string, string> {
  const keys = Object.entries<{ default?: unknown }>(projectOf(example).config);
  const defaults = Object.fromEntries(keys.map(([key, { default: value }]) => [key, value]));
  return Object.fromEntries(
    Object.entries({ ...defaults, ...config })
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`example:${key}`, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

const withoutDefaults = (example: string) =>
  Object.fromEntries(Object.keys(projectOf(example).config).map((key) => [key, undefined]));
const single = examples.filter((example) => example !== "aws-shared-pool");
const dateless = single.filter((example) => example !== "aws-nightly-spark");
const platformStack = "organization/aws-shared-pool/platform";

const programs: Record<string, Program> = {
  ...Object.fromEntries(single.map((example) => [example, { example }])),
  ...Object.fromEntries(
    dateless.map((example) => [`${example} bare`, { example, config: withoutDefaults(example) }]),
  ),
  morning: { example: "flight-delays", config: { groupBy: "origin" }, stack: "morning" },
  evening: { example: "flight-delays", config: { groupBy: "destination" }, stack: "evening" },
  platform: { example: "aws-shared-pool", stack: "platform" },
  "platform for prod": {
    example: "aws-shared-pool",
    config: { subnet: "subnet-1", certificates: "s3://certificates/pool.zip" },
    stack: "platform",
  },
  daily: { example: "aws-shared-pool", config: { pool: platformStack } },
  hourly: { example: "aws-shared-pool", config: { pool: platformStack, report: "hourly" } },
  "first night": { example: "aws-nightly-spark", config: { night: "2026-01-31" } },
  "first night again": { example: "aws-nightly-spark", config: { night: "2026-01-31" } },
  "next night": { example: "aws-nightly-spark", config: { night: "2026-02-01" } },
  "long idle timeout": { example: "policy-enforced", config: { idleTimeout: 7200 } },
  "pool of another name": { example: "policy-enforced", config: { pool: "blue" } },
};

const runs = new Map<string, Run>();

beforeAll(() => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", createRequire(__filename).resolve("tsx"), join(__dirname, "runUnderMocks.ts")],
    {
      input: JSON.stringify(
        Object.values(programs).map((program) => ({
          folder: join(root, "examples", program.example),
          stack: program.stack ?? "dev",
          config: configOf(program),
        })),
      ),
      // Neither the developer's AWS settings nor a local server may show in the programs' inputs.
      env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: join(__dirname, "tsconfig.json") },
      maxBuffer: 1 << 26,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`an example failed: ${stderr.slice(0, 2_000)}`);
  const results = JSON.parse(stdout) as Run[];
  Object.keys(programs).forEach((name, index) => {
    runs.set(name, results[index]!);
  });
}, 120_000);

const jobType = "pulumi-nodejs:dynamic/emr:PooledEmrJob";
const jobsOf = (name: string) => runs.get(name)!.registered.filter(({ type }) => type === jobType);
const inputsOf = (name: string) => jobsOf(name)[0]!.inputs;

describe("every example", () => {
  test.each(examples)("%s is a whole Pulumi project", (example) => {
    const folder = join(root, "examples", example);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const project = projectOf(example);
    expect(existsSync(join(folder, "README.md"))).toBe(true);
    expect(manifest).toMatchObject({
      name: example,
      private: true,
      dependencies: { "pulumi-pooled-emr": "file:../.." },
    });
    expect(project).toMatchObject({ name: example, runtime: { name: "nodejs" } });
    for (const [key, { type, description, default: value }] of Object.entries<Setting>(project.config)) {
      if (key.includes(":")) continue;
      expect([key, typeof type, typeof description]).toEqual([key, "string", "string"]);
      expect([key, value === undefined]).toEqual([key, false]);
      expect(readFileSync(join(folder, "index.ts"), "utf8")).toContain(`("${key}")`);
    }
  });

  test.each(single)("%s makes one job", (example) => {
    expect(jobsOf(example)).toHaveLength(1);
  });

  test.each(single)("%s has a job that check takes", (example) => {
    expect(inputFailures(inputsOf(example))).toEqual([]);
  });

  test.each(dateless)("%s has the same defaults in its program and its Pulumi.yaml", (example) => {
    expect(inputsOf(`${example} bare`)).toEqual(inputsOf(example));
  });
});

describe("flight-delays", () => {
  test("two stacks have different jobs for the same cluster", () => {
    expect(inputsOf("morning").cluster).toEqual(inputsOf("evening").cluster);
    expect(inputsOf("morning").pool).toEqual(inputsOf("evening").pool);
    expect(inputsOf("morning").steps).not.toEqual(inputsOf("evening").steps);
  });

  test("the root's Pulumi.yaml runs it", () => {
    const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
    expect(project).toMatchObject({ name: "flight-delays", main: "examples/flight-delays/" });
    expect(project.config).toEqual(projectOf("flight-delays").config);
  });
});

describe("aws-shared-pool", () => {
  test("the platform stack makes the pool and exports its arguments; it has no job", () => {
    const platform = runs.get("platform")!;
    expect(jobsOf("platform")).toEqual([]);
    expect(platform.registered.map(({ type }) => type)).toContain("pulumi-pooled-emr:index:EmrPool");
    expect(platform.exports).toContain("args");
  });

  test.each([
    ["platform", ['EnableInTransitEncryption":false']],
    ["platform for prod", ['EnableInTransitEncryption":true', "s3://certificates/pool.zip"]],
  ])("the certificates of %s are in the security configuration", (name, expected) => {
    const type = "aws:emr/securityConfiguration:SecurityConfiguration";
    const made = runs.get(name)!.registered.find((resource) => resource.type === type)!;
    for (const text of expected) expect(made.inputs.configuration).toContain(text);
  });

  test("two other stacks run their jobs on it", () => {
    for (const name of ["daily", "hourly"]) {
      expect(inputsOf(name).pool).toMatchObject({ name: "shared", store: "s3://shared-bucket/pool" });
      expect(inputsOf(name).region).toBe("eu-west-1");
    }
    expect(inputsOf("daily").cluster).toEqual(inputsOf("hourly").cluster);
    expect(inputsOf("daily").steps).not.toEqual(inputsOf("hourly").steps);
  });
});

test("aws-nightly-spark: another night is another job, the same night is not", () => {
  expect(inputsOf("first night").triggers).toEqual(["2026-01-31"]);
  expect(inputsOf("first night again")).toEqual(inputsOf("first night"));
  expect(inputsOf("next night").triggers).toEqual(["2026-02-01"]);
});

describe("policy-enforced", () => {
  const configured = JSON.parse(
    readFileSync(join(root, "examples/policy-enforced/policies.json"), "utf8"),
  ) as Record<string, string | { enforcementLevel?: string }>;

  /** Names of the mandatory policies that the job violates, with the example's own configuration. */
  function refusals(program: string): string[] {
    const [job] = jobsOf(program);
    const names: string[] = [];
    for (const definition of catalog) {
      const policy = pulumiPolicy(definition, "prod");
      const own = configured[definition.name];
      const level = typeof own === "string" ? own : (own?.enforcementLevel ?? policy.enforcementLevel);
      if (level !== "mandatory" || !policy.validateResource) continue;
      const args = {
        ...{ type: jobType, name: job!.name, props: job!.inputs, urn: `urn:pulumi:dev::p::${jobType}::j` },
        ...{ stackTags: new Map(), getConfig: () => (typeof own === "object" ? own : {}) },
      };
      (policy.validateResource as (args: unknown, report: unknown) => void)(args, () =>
        names.push(definition.name),
      );
    }
    return names;
  }

  test("configures policies that exist", () => {
    const names = catalog.map(({ name }) => name);
    expect(Object.keys(configured).filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each([
    ["complies as it is", "policy-enforced", []],
    ["is refused with a long idle timeout", "long idle timeout", ["idle-timeout-required"]],
    ["is refused in a pool of another name", "pool of another name", ["pool-name-allowed"]],
  ])("%s", (_, program, expected) => {
    expect(refusals(program)).toEqual(expected);
  });
});
