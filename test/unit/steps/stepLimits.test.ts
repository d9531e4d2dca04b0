import { expect, test } from "vitest";
import type { StepConfig } from "../../../provider/args";
import { stepProblems } from "../../../provider/steps/stepLimits";

const step = (change: Partial<StepConfig> = {}): StepConfig => ({
  name: "n",
  hadoopJarStep: { jar: "command-runner.jar", args: ["date"] },
  ...change,
});

const cases: [string, StepConfig[], number, string[]][] = [
  ["one good step", [step()], 1, []],
  ["256 steps", Array(256).fill(step()), 1, []],
  ["no step", [], 1, ["steps: has the wrong number of steps"]],
  ["257 steps", Array(257).fill(step()), 1, ["steps: has the wrong number of steps"]],
  ["a step without a name", [step(), step({ name: "" })], 1, ["steps[1].name: has no characters"]],
  [
    "a name of 257 characters",
    [step({ name: "n".repeat(257) })],
    1,
    ["steps[0].name: has too many characters"],
  ],
  ["no jar", [step({ hadoopJarStep: undefined })], 1, ["steps[0].hadoopJarStep.jar: is missing"]],
  [
    "10,241 characters over jar, class, arguments and properties",
    [
      step({
        hadoopJarStep: {
          jar: "j".repeat(10),
          mainClass: "m".repeat(10),
          args: ["a".repeat(10_000), "b".repeat(200)],
          properties: [{ key: "k".repeat(20), value: "1" }],
        },
      }),
    ],
    1,
    ["steps[0].hadoopJarStep: is too long: the characters of jar, mainClass, args and properties together"],
  ],
  ["CANCEL_AND_WAIT at concurrency 1", [step({ actionOnFailure: "CANCEL_AND_WAIT" })], 1, []],
  [
    "CANCEL_AND_WAIT above 1",
    [step({ actionOnFailure: "CANCEL_AND_WAIT" })],
    2,
    [
      "steps[0].actionOnFailure: is refused by EMR where steps run side by side (pool.maxConcurrentSteps is above 1)",
    ],
  ],
  ["CONTINUE above 1", [step({ actionOnFailure: "CONTINUE" })], 256, []],
  ...(["TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"] as const).map(
    (actionOnFailure): [string, StepConfig[], number, string[]] => [
      actionOnFailure,
      [step({ actionOnFailure })],
      1,
      ["steps[0].actionOnFailure: would end a cluster that other jobs of the pool share"],
    ],
  ),
];

test.each(cases)("%s", (_, steps, maxConcurrentSteps, expected) => {
  const problems = stepProblems(steps, maxConcurrentSteps);
  expect(problems.map(({ property, problem }) => `${property}: ${problem}`)).toEqual(expected);
});
