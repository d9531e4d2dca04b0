import { beforeEach, describe, expect, test } from "vitest";
import { driveJob } from "../../../provider/lease/driveJob";
import { readJob } from "../../../provider/lease/journal";
import { stepStatus } from "../../../provider/lease/judgeSteps";
import type { JobToPlace } from "../../../provider/lease/types";
import {
  chooseAny,
  SimulatedPool,
  simulatedJob,
  simulatedKey,
  simulatedLaunch,
  simulatedLimits,
} from "../../support/lease/simulatedPool";

const key = simulatedKey("n");
const text = "Exception: hunter2 is wrong";

let there: SimulatedPool;
beforeEach(() => {
  there = new SimulatedPool({ stepFails: 1 });
});

/** EMR that says of each step why it failed. */
const talkative = () =>
  there.open("talkative", {
    emr: (emr) => ({
      listSteps: async (...asked) =>
        (await emr.listSteps(...asked)).map((step) => ({
          ...step,
          Status: { ...step.Status, FailureDetails: { Message: text } },
        })),
    }),
  });

function drive(change: Partial<JobToPlace>, pool = talkative()) {
  const job = { ...simulatedJob("n"), ...change };
  const driven = driveJob(job, simulatedLimits, chooseAny, simulatedLaunch(), pool, { until: "completed" });
  return there.settle(driven);
}

describe("the journal keeps what EMR says of a step", () => {
  test.each<[Partial<JobToPlace>, boolean]>([
    [{}, true],
    [{ hasSecretInputs: true }, false],
    [{ holdsSecrets: true }, false],
  ])("of a job with %j: %s", async (secrets, expected) => {
    const { record } = await drive(secrets);
    expect(record.outcome?.state).toBe("FAILED");
    expect(JSON.stringify([...there.store.objects]).includes(text)).toBe(expected);
    expect(record.hasSecretInputs).toBe(expected ? undefined : true);
    // Again, in a new incarnation.
    const again = await drive({ ...secrets, resubmit: "failed" });
    expect(again.record).toMatchObject({ inc: 2, outcome: { state: "FAILED" } });
    expect(again.record.hasSecretInputs).toBe(expected ? undefined : true);
  });

  test("no longer, once a run knows of secrets that an older version did not write down", async () => {
    await drive({});
    const { record } = await drive({ hasSecretInputs: true });
    expect(record).toMatchObject({ inc: 1, hasSecretInputs: true, outcome: { state: "FAILED" } });
    expect(JSON.stringify(await there.settle(readJob(key, talkative())))).not.toContain("hunter2");
  });
});

test.each<[Partial<JobToPlace>, string]>([
  [{}, "Value 'hunter2' is too long"],
  [{ hasSecretInputs: true }, "Value '[redacted]' is too long"],
])("the steps of a job with %j are refused: %s", async (secrets, expected) => {
  const refused = {
    outcome: "refused",
    code: "ValidationException",
    message: "Value 'hunter2' is too long",
  } as const;
  const pool = there.open("refused", { emr: () => ({ addJobFlowSteps: async () => refused }) });
  const steps = [{ Name: "count", HadoopJarStep: { Jar: "command-runner.jar", Args: ["hunter2"] } }];
  const { record } = await drive({ steps, ...secrets }, pool);
  expect(record.outcome?.message).toBe(`EMR refused the job's steps: ${expected}`);
});

test.each([
  ["a secret that is cut", `${".".repeat(495)}hunter2`, ["hunter2"], /\.\[reda$/],
  ["a secret at the start", "hunter2 is wrong", ["hunter2"], /^\[redacted\] is wrong$/],
  ["a password that nobody marked", "password=hunter2", [], /^password=\[redacted\]$/],
])("EMR's text is shown without %s", (_, Message, secrets, expected) => {
  expect(stepStatus({ Id: "s-1", Status: { FailureDetails: { Message } } }, secrets).failure).toMatch(
    expected,
  );
});
