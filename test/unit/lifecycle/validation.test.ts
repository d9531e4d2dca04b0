import { RunJobFlowInput$ } from "@aws-sdk/client-emr";
import { NormalizedSchema } from "@smithy/core/schema";
import { describe, expect, test } from "vitest";
import { check as checkCluster } from "../../../provider/clusterLifecycle/clusterProvider";
import { unknownValue } from "../../../provider/lifecycle/unknowns";
import { wholeNumbers } from "../../../provider/lifecycle/validation/fieldValues";
import { checkFailure } from "../../../provider/lifecycle/validation/problem";
import { inputProblems } from "../../../provider/lifecycle/validation/validate";
import { type Inputs, inputsWith, validInputs } from "./inputs";

const failures = (inputs: Inputs, secrets: string[] = []) =>
  inputProblems(inputs, secrets).map((problem) => checkFailure(problem, secrets));

test("the contract's own example is valid", () => {
  expect(failures(validInputs())).toEqual([]);
});

/** [path, value, property that must be named, words the reason must have] */
const refused: [string, unknown, string, RegExp][] = [
  ["steps", [], "steps", /1 to 256 steps/],
  ["steps", undefined, "steps", /is missing/],
  ["pool.name", "", "pool.name", /got ""; allowed: 1 to 64 of/],
  ["pool.name", "a,b", "pool.name", /got "a,b"/],
  ["pool.name", "x".repeat(65), "pool.name", /1 to 64/],
  ["pool.store", "my-bucket", "pool.store", /s3:\/\/bucket/],
  ["pool.store", "s3://UPPER/x", "pool.store", /s3:\/\/bucket/],
  ["pool.store", "s3://bucket/../x", "pool.store", /got "s3:\/\/bucket\/\.\.\/x".*neither blanks nor parts/],
  ["pool.store", "s3://bucket/a/.", "pool.store", /neither blanks nor parts \. or \.\. in the prefix/],
  ["pool", undefined, "pool", /^pool is missing \(allowed: an object with name and store/],
  ["pool", "etl", "pool", /got "etl"; allowed: an object with name and store/],
  ["pool.maxClusters", 0, "pool.maxClusters", /1 to 500/],
  ["pool.maxClusters", Number.NaN, "pool.maxClusters", /got NaN/],
  ["pool.maxClusters", 1.5, "pool.maxClusters", /whole number/],
  ["pool.maxConcurrentSteps", 257, "pool.maxConcurrentSteps", /1 to 256/],
  ["pool.prefer", "cheapest", "pool.prefer", /"most-powerful", "best-fit"/],
  ["pool.maxCluster", 4, "pool.maxCluster", /Did you mean `maxClusters`\? \[/],
  ["pool.minAvailable", { memoryMB: 1, cores: 2 }, "pool.minAvailable.cores", /is not a known field/],
  [
    "pool.minAvailable",
    { memoryMB: 1, virtualCores: 2 },
    "pool.minAvailable.virtualCores",
    /allowed: memoryMB\)/,
  ],
  ["cluster.instances", null, "cluster.instances", /is missing/],
  ["cluster.instances.instanceGroups", [null], "cluster.instances.instanceGroups[0]", /is empty/],
  ["cluster.applications", [{ name: "Spark" }, null], "cluster.applications[1]", /Remove it from the list/],
  ["steps[0].hadoopJarStep.args", ["a", null], "steps[0].hadoopJarStep.args[1]", /is empty/],
  ["cluster.serviceRole", "", "cluster.serviceRole", /is missing/],
  [
    "cluster.managedScalingPolicy",
    { computeLimits: { unitType: "Instances", minimumCapacityUnits: 9, maximumCapacityUnits: 3 } },
    "cluster.managedScalingPolicy.computeLimits.minimumCapacityUnits",
    /got 9; allowed: at most 3/,
  ],
  [
    "cluster.instances",
    {
      instanceFleets: [{ instanceFleetType: "MASTER", instanceTypeConfigs: [{ instanceType: "m5.xlarge" }] }],
    },
    "cluster.instances.instanceFleets[0]",
    /allowed: 1 in one of the two for MASTER/,
  ],
  ["pool.clusterId", "cluster-1", "pool.clusterId", /j-2AXXXXXXGAPLF/],
  ["waitfor", "completed", "waitfor", /Did you mean `waitFor`/],
  ["waitFor", "done", "waitFor", /"submitted", "running", "completed"/],
  ["completionTimeoutMinutes", 5, "completionTimeoutMinutes", /waitFor to "completed"/],
  ["region", "Ireland", "region", /eu-west-1/],
  ["region", "eu-west", "region", /got "eu-west"/],
  ["triggers", "now", "triggers", /list of strings/],
  ["executionRoleArn", "admin", "executionRoleArn", /arn:aws:iam/],
  ["executionRoleArn", "arn:aws:iam::123456789012:role/etl", "executionRoleArn", /securityConfiguration/],
  ["cluster.steps", [{ name: "x" }], "cluster.steps", /resource's own `steps`/],
  ["cluster.stepExecutionRoleArn", "arn", "cluster.stepExecutionRoleArn", /`executionRoleArn`/],
  ["cluster.releaselabel", "emr-7.5.0", "cluster.releaselabel", /Did you mean `releaseLabel`/],
  ["cluster.releaseLabel", undefined, "cluster.releaseLabel", /is missing/],
  ["cluster.releaseLabel", "7.5.0", "cluster.releaseLabel", /emr-<major>/],
  ["cluster.releaseLabel", "emr-5.29.0", "cluster.releaseLabel", /auto-termination/],
  ["cluster.releaseLabel", "emr-6.0.0", "cluster.releaseLabel", /auto-termination/],
  ["cluster.serviceRole", undefined, "cluster.serviceRole", /is missing/],
  ["cluster.ebsRootVolumeSize", "64", "cluster.ebsRootVolumeSize", /a number/],
  ["cluster.applications", { name: "Spark" }, "cluster.applications", /a list/],
  ["cluster.applications", [{ nam: "Spark" }], "cluster.applications[0].nam", /Did you mean `name`/],
  [
    "cluster.instances.keepJobFlowAliveWhenNoSteps",
    false,
    "cluster.instances.keepJobFlowAliveWhenNoSteps",
    /Remove it/,
  ],
  ["cluster.instances.terminationProtected", true, "cluster.instances.terminationProtected", /Remove it/],
  ["cluster.instances.instanceFleets", [{ instanceFleetType: "MASTER" }], "cluster.instances", /mixes/],
  ["cluster.instances.instanceGroups", undefined, "cluster.instances", /names no instances/],
  [
    "cluster.instances.ec2SubnetIds",
    ["subnet-1", "subnet-2"],
    "cluster.instances.ec2SubnetIds",
    /runs in one/,
  ],
  [
    "cluster.instances.instanceGroups[0].instanceCount",
    2,
    "cluster.instances.instanceGroups[0].instanceCount",
    /1 or 3/,
  ],
  ...(
    [
      ["autoTerminationPolicy.idleTimeout", 60.5, /is not a whole number \(got 60\.5/],
      ["instances.instanceGroups[1].instanceCount", 1.5, /is not a whole number/],
      ["instances.instanceGroups[1].market", "spot", /got "spot"; allowed: ON_DEMAND, SPOT\)\. Write SPOT\./],
      ["instances.instanceGroups[1].market", "CHEAP", /got "CHEAP"; allowed: ON_DEMAND, SPOT/],
      ["instances.instanceGroups[1].instanceRole", "WORKER", /allowed: CORE, MASTER, TASK/],
      ["instances.instanceGroups[1].instanceType", undefined, /is missing \(allowed: an EC2 instance type/],
      ["scaleDownBehavior", "terminate-at-task-completion", /Write TERMINATE_AT_TASK_COMPLETION/],
      ["managedScalingPolicy", { scalingStrategy: "Advanced" }, /Write ADVANCED/, ".scalingStrategy"],
    ] as [string, unknown, RegExp, string?][]
  ).map(([path, value, reason, below = ""]): [string, unknown, string, RegExp] => [
    `cluster.${path}`,
    value,
    `cluster.${path}${below}`,
    reason,
  ]),
  ["cluster.instances", { instanceCount: 1 }, "cluster.instances.masterInstanceType", /is missing/],
  [
    "cluster.instances",
    { instanceFleets: [{ instanceFleetType: "MASTER", targetOnDemandCapacity: 1 }] },
    "cluster.instances.instanceFleets[0].instanceTypeConfigs",
    /is missing/,
  ],
  [
    "cluster.instances",
    {
      instanceFleets: [
        {
          instanceFleetType: "MASTER",
          targetOnDemandCapacity: 1,
          instanceTypeConfigs: [{ weightedCapacity: 1 }],
        },
      ],
    },
    "cluster.instances.instanceFleets[0].instanceTypeConfigs[0].instanceType",
    /is missing/,
  ],
  [
    "cluster.instances.instanceGroups[1].instanceRole",
    undefined,
    "cluster.instances.instanceGroups",
    /has one without a role/,
  ],
  [
    "cluster.instances.instanceGroups[0].instanceRole",
    "CORE",
    "cluster.instances.instanceGroups",
    /1 MASTER/,
  ],
  ["cluster.stepConcurrencyLevel", 3, "cluster.stepConcurrencyLevel", /pool.maxConcurrentSteps/],
  [
    "cluster.autoTerminationPolicy.idleTimeout",
    30,
    "cluster.autoTerminationPolicy.idleTimeout",
    /60 to 604800 seconds/,
  ],
  ["cluster.name", "a|b", "cluster.name", /EMR refuses/],
  ["cluster.logUri", "/tmp/logs", "cluster.logUri", /got "\/tmp\/logs"; allowed: s3:\/\/bucket\/prefix/],
  ["cluster.logUri", "s3://", "cluster.logUri", /s3:\/\/bucket\/prefix/],
  ["cluster.logUri", "s3n://my-bucket/emr-pool/logs/", "cluster.logUri", /below pool.store/],
  ["steps[0].name", "", "steps[0].name", /1 to 256 characters/],
  ["steps[0].name", "x".repeat(257), "steps[0].name", /257 characters/],
  ["steps[0].hadoopJarStep", undefined, "steps[0].hadoopJarStep.jar", /is missing/],
  ["steps[0].hadoopJarStep.args", ["x".repeat(10_240)], "steps[0].hadoopJarStep", /10240 characters/],
  ["steps[0].actionOnFailure", "EXPLODE", "steps[0].actionOnFailure", /got "EXPLODE".*CONTINUE/],
  ["steps[0].actionOnFailure", "continue", "steps[0].actionOnFailure", /Write CONTINUE\./],
  ["steps[0].actionOnFailure", "TERMINATE_CLUSTER", "steps[0].actionOnFailure", /other jobs use/],
  ["steps[0].script", "s3://b/x.py", "steps[0].script", /is not a known field/],
];

/** Refused for their name or company alone, whatever their value. */
const unknownFields = [
  "pool.maxCluster",
  "waitfor",
  "steps[0].script",
  "completionTimeoutMinutes",
  "cluster.steps",
  "cluster.stepExecutionRoleArn",
  "cluster.releaselabel",
  "cluster.instances.instanceFleets",
  "executionRoleArn",
];

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
