import { describe, expect, test } from "vitest";
import type { Pool } from "../../../provider/lease/pool";
import type { JobRecord } from "../../../provider/lease/records";
import { jobOf } from "../../../provider/lifecycle/jobOf";
import { type KnownInputs, secretsOf } from "../../../provider/lifecycle/jobSecrets";
import { jobInputs } from "../../support/lifecycle/jobInputs";
import { validInputs } from "./inputs";

const record = (rest: Partial<JobRecord> = {}): JobRecord => ({
  ...{
    key: "k".repeat(26),
    inc: 1,
    spec: "s",
    steps: 1,
    who: "me",
    ph: "ENDED",
    att: 1,
    moves: 0,
    fenced: 0,
  },
  ...{ cluster: "j-1", ids: ["s-1"], left: [] },
  ...rest,
});

const args = ["bash", "-c", "hunter2"];
const submitted = {
  name: "count",
  actionOnFailure: "CONTINUE",
  hadoopJarStep: { jar: "command-runner.jar", args, properties: [{ key: "mapred.pw", value: "tiger" }] },
};
/** As EMR lists it: properties are a map. */
const listed = {
  Id: "s-1",
  Name: "count",
  Config: { Jar: "command-runner.jar", Args: args, Properties: { "mapred.pw": "tiger" } },
};

function pool(steps: unknown[] = [listed]): Pool {
  return { emr: { listSteps: async () => steps } } as unknown as Pool;
}

const known = (secretPaths: string[] | undefined, rest: object = {}): KnownInputs => {
  const { cluster } = validInputs();
  const configurations = [
    { classification: "hive-site", properties: { "javax.jdo.pw": "lion1" } },
    { classification: "core-site", properties: { a: "b" } },
  ];
  return { cluster: { ...cluster, configurations }, steps: [submitted], secretPaths, ...rest } as KnownInputs;
};

test.each<[string, string[] | undefined, boolean, boolean]>([
  ["none", undefined, false, false],
  ["in the steps", ["steps[0].hadoopJarStep.args[2]"], true, true],
  // The steps can be submitted by anybody, but what is said of the job may quote the configuration.
  ["in the cluster", ["cluster.configurations[0].properties.pw"], false, true],
])("secrets: %s", (_, secretPaths, holdsSecrets, hasSecretInputs) => {
  expect(jobOf(jobInputs("n", { secretPaths }))).toMatchObject({ holdsSecrets, hasSecretInputs });
});

describe("values that no text about a job may show", () => {
  test.each<[string, string[], string[]]>([
    ["an argument", ["steps[0].hadoopJarStep.args[2]"], ["hunter2"]],
    ["a property", ["steps[0].hadoopJarStep.properties[0].value"], ["tiger"]],
    // Name and jar are shown by EMR to everybody; what is left of a diagnosis without them helps nobody.
    ["a whole step, but for its name", ["steps[0]"], ["bash", "hunter2", "tiger"]],
    ["all steps, but for their names", ["steps"], ["bash", "hunter2", "tiger"]],
    ["a jar, if it is the secret", ["steps[0].hadoopJarStep.jar"], ["command-runner.jar"]],
    [
      "a configuration, whose name has dots",
      ["cluster.configurations[0].properties.javax.jdo.pw"],
      ["lion1"],
    ],
    ["whole configurations", ["cluster.configurations[0]"], ["lion1"]],
  ])("%s", async (_, paths, expected) => {
    expect(await secretsOf(pool(), record(), known(paths)).values()).toEqual(expected);
    // After a refresh there are no steps in the state: EMR has them.
    const state = known(paths, { steps: [{ id: "s-1", name: "count", state: "FAILED" }] });
    expect(await secretsOf(pool(), record(), state).values()).toEqual(expected);
  });

  test.each<[string, JobRecord, KnownInputs, boolean, string[] | undefined]>([
    ["no secrets", record(), known(undefined), false, []],
    [
      "secrets that the reader wasn't told of",
      record({ hasSecretInputs: true }),
      known(undefined),
      true,
      undefined,
    ],
    [
      "secrets whose steps EMR has forgotten",
      record({ ids: ["s-2"] }),
      known(["steps[0]"], { steps: [] }),
      true,
      undefined,
    ],
  ])("%s", async (_, journal, inputs, any, expected) => {
    const secrets = secretsOf(pool(), journal, { ...inputs, steps: [{ id: "s-2" }] });
    expect(secrets.any).toBe(any);
    expect(await secrets.values()).toEqual(expected);
  });
});
