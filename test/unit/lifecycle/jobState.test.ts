import { describe, expect, test } from "vitest";
import type { JobState, Resubmit } from "../../../provider/args";
import { hasEnded, isRed, jobState, type StepFact } from "../../../provider/lifecycle/jobState";
import { runsAgain } from "../../../provider/lifecycle/resubmission";

/** `COMPLETED CANCELLED-` : a dash means the step never started; `?` that EMR doesn't show it any more. */
function steps(text: string): (StepFact | undefined)[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map((word) =>
      word === "?"
        ? undefined
        : { state: word.replace("-", "") as StepFact["state"], started: !word.endsWith("-") },
    );
}

test.each<[string, string | undefined, JobState]>([
  ["PENDING-", "STARTING", "PENDING"],
  ["PENDING- PENDING-", "RUNNING", "PENDING"],
  ["RUNNING", "RUNNING", "RUNNING"],
  ["COMPLETED PENDING-", "RUNNING", "RUNNING"],
  ["CANCEL_PENDING", "RUNNING", "RUNNING"],
  ["RUNNING", "TERMINATING", "RUNNING"],
  ["RUNNING", "TERMINATED", "LOST"],
  ["PENDING-", undefined, "LOST"],
  ["COMPLETED", "WAITING", "COMPLETED"],
  ["COMPLETED COMPLETED", "TERMINATED_WITH_ERRORS", "COMPLETED"],
  ["COMPLETED", undefined, "COMPLETED"],
  ["COMPLETED FAILED", "WAITING", "FAILED"],
  ["FAILED CANCELLED-", "WAITING", "FAILED"],
  ["FAILED ?", undefined, "FAILED"],
  ["?", "TERMINATED", "LOST"],
  ["COMPLETED ?", undefined, "LOST"],
  ["? RUNNING", "RUNNING", "RUNNING"],
  ["INTERRUPTED", "TERMINATED_WITH_ERRORS", "INTERRUPTED"],
  ["CANCELLED-", "TERMINATED", "NEVER_STARTED"],
  ["CANCELLED- CANCELLED-", "TERMINATED_WITH_ERRORS", "NEVER_STARTED"],
  ["CANCELLED-", "WAITING", "CANCELLED"],
  ["CANCELLED", "TERMINATED", "CANCELLED"],
  ["COMPLETED CANCELLED-", "TERMINATED", "CANCELLED"],
])("steps %s on a cluster %s: %s", (text, cluster, expected) => {
  expect(jobState(steps(text), cluster as never)).toBe(expected);
});

test("ended and red", () => {
  const all: JobState[] = [
    "PENDING",
    "RUNNING",
    "COMPLETED",
    "CANCELLED",
    "FAILED",
    "INTERRUPTED",
    "NEVER_STARTED",
    "LOST",
  ];
  expect(all.filter((state) => !hasEnded(state))).toEqual(["PENDING", "RUNNING"]);
  expect(all.filter(isRed)).toEqual(["CANCELLED", "FAILED", "INTERRUPTED", "NEVER_STARTED", "LOST"]);
});

describe("resubmit", () => {
  test.each<[Resubmit | undefined, number, JobState[]]>([
    [undefined, 0, ["NEVER_STARTED"]],
    ["never-started", 2, ["NEVER_STARTED"]],
    ["never-started", 3, []],
    ["never", 0, []],
    ["failed", 3, ["FAILED", "CANCELLED", "INTERRUPTED", "LOST", "NEVER_STARTED"]],
  ])("%s after %i moves runs again: %j", (resubmit, moves, expected) => {
    const all: JobState[] = [
      "PENDING",
      "RUNNING",
      "COMPLETED",
      "FAILED",
      "CANCELLED",
      "INTERRUPTED",
      "LOST",
      "NEVER_STARTED",
    ];
    expect(all.filter((state) => runsAgain(state, resubmit, moves))).toEqual(expected);
  });
});
