import { RunJobFlowInput$ } from "@aws-sdk/client-emr";
import { NormalizedSchema } from "@smithy/core/schema";
import { describe, expect, test } from "vitest";
import { check as checkCluster } from "../../../provider/clusterLifecycle/clusterProvider";
import { unknownValue } from "../../../provider/lifecycle/unknowns";
import { wholeNumbers } from "../../../provider/lifecycle/validation/fieldValues";
import { checkFailure } from "../../../provider/lifecycle/validation/problem";
import { inputProblems } from "../../../provider/lifecycle/validation/validate";
import { type Inputs, inputsWith, validInputs } from "./inputs";
import { refused, unknownFields } from "./refusedInputs";

const failures = (inputs: Inputs, secrets: string[] = []) =>
  inputProblems(inputs, secrets).map((problem) => checkFailure(problem, secrets));

test("the contract's own example is valid", () => {
  expect(failures(validInputs())).toEqual([]);
});

describe("refused", () => {
  test.each(refused)("%s = %j", (path, value, property, reason) => {
    const found = failures(inputsWith({ [path]: value }));
    expect(found.map((failure) => failure.property)).toEqual([property]);
    expect(found[0]!.reason).toMatch(reason);
    expect(found[0]!.reason).toMatch(/\[INVALID_INPUT\]$/);
  });

  const known = refused.map(([path]) => path).filter((path) => !unknownFields.includes(path));
  test.each([...new Set(known), "pool", "cluster", "cluster.instances", "steps[0]"])(
    "%s: not while it is unknown at preview",
    (path) => {
      expect(failures(inputsWith({ [path]: unknownValue }))).toEqual([]);
    },
  );
});

test.each<[string, unknown]>([
  ["region", "eusc-de-east-1"],
  ["region", "us-gov-west-1"],
  ["pool.store", "s3://bucket/a..b/.c/"],
  ["cluster.logUri", "s3n://logs/a/"],
  // EMR may know more of these than the installed SDK.
  ["cluster.managedScalingPolicy", { scalingStrategy: "NEXT_YEARS" }],
  [
    "cluster.instances.instanceGroups[1].autoScalingPolicy",
    { rules: [{ trigger: { cloudWatchAlarmDefinition: { threshold: 0.75 } } }] },
  ],
])("%s = %j is allowed", (path, value) => {
  expect(failures(inputsWith({ [path]: value }))).toEqual([]);
});

/** A number that a newer SDK brings is looked up and put into one of the two. */
test("of all numbers of RunJobFlow it is known whether they are whole", () => {
  const fractions = ["bidPriceAsPercentageOfOnDemandPrice", "priority", "threshold"];
  expect([...numbersOf(NormalizedSchema.of(RunJobFlowInput$))].sort()).toEqual(
    [...wholeNumbers, ...fractions].sort(),
  );
});

function numbersOf(schema: NormalizedSchema, name = "", depth = 0): Set<string> {
  // Configurations hold configurations.
  if (depth > 12) return new Set();
  if (schema.isListSchema()) return numbersOf(schema.getValueSchema(), name, depth + 1);
  if (!schema.isStructSchema()) return new Set(schema.isNumericSchema() ? [name] : []);
  const members = [...schema.structIterator()];
  return new Set(
    members.flatMap(([member, inner]) => [
      ...numbersOf(inner, member.charAt(0).toLowerCase() + member.slice(1), depth + 1),
    ]),
  );
}

describe("order of steps above concurrency 1", () => {
  const twoSteps = { steps: [validInputs().steps[0], validInputs().steps[0]], "pool.maxConcurrentSteps": 4 };
  test.each([
    [{}, ["steps"]],
    [{ waitFor: "completed" }, []],
    [{ parallelSteps: true }, []],
    [{ "pool.maxConcurrentSteps": 1 }, []],
    [{ "pool.maxConcurrentSteps": unknownValue }, []],
  ])("%j", (change, properties) => {
    expect(failures(inputsWith({ ...twoSteps, ...change })).map(({ property }) => property)).toEqual(
      properties,
    );
  });
});

test("parallel steps must fit on the cluster that would be launched", () => {
  const [step] = validInputs().steps;
  const inputs = (count: number, slots: number) =>
    inputsWith({ steps: Array(count).fill(step), parallelSteps: true, "pool.maxConcurrentSteps": slots });
  expect(failures(inputs(4, 4))).toEqual([]);
  expect(failures(inputs(5, 1))).toEqual([]);
  const [failure] = failures(inputs(5, 4));
  expect(failure?.property).toBe("parallelSteps");
  expect(failure?.reason).toMatch(/5 steps at once on clusters that run at most 4/);
});

test("a cluster given by id needs no launchable specification", () => {
  expect(failures(inputsWith({ "pool.clusterId": "j-ABC123", cluster: {} }))).toEqual([]);
});

describe("secrets", () => {
  test.each(["pool.name", "cluster", "cluster.name", "cluster.tags[0].value", "steps[0].name", "region"])(
    "%s may not be one",
    (path) => {
      expect(inputProblems(validInputs(), [path]).map(({ property }) => property)).toEqual([path]);
    },
  );

  test("in an argument are allowed", () => {
    expect(failures(validInputs(), ["steps[0].hadoopJarStep.args[1]"])).toEqual([]);
  });

  /** [what is wrong, its value, path that is refused, path of the secret in it] */
  const jarStep = "steps[0].hadoopJarStep";
  const configuration = "cluster.configurations[0]";
  const arn = "arn:aws:iam::123456789012:role/hunter2";
  const wrong: [string, unknown, string, string][] = [
    [`${jarStep}.args`, { pw: "hunter2" }, `${jarStep}.args`, `${jarStep}.args`],
    [`${jarStep}.args`, { pw: "hunter2" }, `${jarStep}.args`, `${jarStep}.args.pw`],
    [`${jarStep}.args`, { pw: "hunter2" }, `${jarStep}.args`, jarStep],
    [`${jarStep}.properties`, { pw: "hunter2" }, `${jarStep}.properties`, `${jarStep}.properties.pw`],
    [
      "cluster.configurations",
      [{ classification: "a", properties: [{ pw: "hunter2" }] }],
      `${configuration}.properties`,
      `${configuration}.properties[0].pw`,
    ],
    ["steps", { one: "hunter2" }, "steps", "steps.one"],
    ["triggers", { one: "hunter2" }, "triggers", "triggers.one"],
    ["executionRoleArn", "hunter2", "executionRoleArn", "executionRoleArn"],
    ["executionRoleArn", arn, "executionRoleArn", "executionRoleArn"],
  ];
  test.each(wrong)("in %s = %j, refused at %s: %s is never repeated", (path, value, property, secret) => {
    const inputs = inputsWith({ [path]: value });
    expect(JSON.stringify(failures(inputs))).toContain("hunter2");
    const [failure, ...more] = failures(inputs, [secret]);
    expect(more).toEqual([]);
    expect(failure!.reason).not.toContain("hunter2");
    // The engine prints the whole value of an input it is named.
    expect(failure!.property).toBe("");
    expect(failure!.reason).toContain(`${property} `);
  });

  test("keep the engine from printing only the input they are in", () => {
    const inputs = { ...validInputs(), region: "Ireland", triggers: "now" };
    expect(failures(inputs, ["triggers"]).map(({ property }) => property)).toEqual(
      expect.arrayContaining(["region", ""]),
    );
  });

  test.each<[string, object, string]>([
    ["an argument of a bootstrap action", { cluster: { bootstrapActions: "hunter2" } }, "cluster"],
    ["a timeout", { drainTimeoutMinutes: "hunter2" }, "drainTimeoutMinutes"],
  ])("of a kept cluster, %s, are not repeated either", async (_, wrongPart, secret) => {
    const { pool, cluster } = validInputs();
    const inputs = { pool, cluster, __urn: "urn:pulumi:dev::p::t::n", ...wrongPart };
    const open = await checkCluster({}, inputs as never);
    expect(JSON.stringify(open.failures)).toContain("hunter2");
    const { failures: found } = await checkCluster({}, { ...inputs, secretPaths: [secret] } as never);
    expect(found!.map(({ property }) => property)).toContain("");
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });
});
