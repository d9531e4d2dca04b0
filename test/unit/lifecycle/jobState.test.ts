import { describe, expect, test } from "vitest";
import type { JobState, Resubmit } from "../../../provider/args";
import { hasEnded, isRed, unfinishedState } from "../../../provider/lifecycle/jobState";
import { resubmission } from "../../../provider/lifecycle/resubmission";

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

test("ended and red", () => {
  expect(all.filter((state) => !hasEnded(state))).toEqual(["PENDING", "RUNNING"]);
  expect(all.filter(isRed)).toEqual(["FAILED", "CANCELLED", "INTERRUPTED", "LOST", "NEVER_STARTED"]);
});

test.each([
  ["PENDING", "PENDING"],
  ["PENDING PENDING", "PENDING"],
  ["RUNNING PENDING", "RUNNING"],
  ["COMPLETED PENDING", "RUNNING"],
  ["CANCEL_PENDING", "RUNNING"],
  ["", "PENDING"],
])("steps %s, not ended: %s", (states, expected) => {
  const steps = states.split(" ").filter(Boolean);
  expect(unfinishedState(steps.map((state) => ({ id: "s-1", name: "n", state })))).toBe(expected);
});

describe("resubmit", () => {
  test.each<[Resubmit | undefined, number, JobState[], JobState[]]>([
    [undefined, 0, ["NEVER_STARTED"], []],
    ["never-started", 2, ["NEVER_STARTED"], []],
    ["never-started", 3, [], []],
    ["never", 0, [], []],
    ["failed", 0, ["NEVER_STARTED"], ["FAILED", "CANCELLED", "INTERRUPTED", "LOST"]],
    ["failed", 3, [], ["FAILED", "CANCELLED", "INTERRUPTED", "LOST", "NEVER_STARTED"]],
  ])("%s after %i moves: %j are moved, %j replaced", (resubmit, moves, moved, replaced) => {
    expect(all.filter((state) => resubmission(state, resubmit, moves) === "move")).toEqual(moved);
    expect(all.filter((state) => resubmission(state, resubmit, moves) === "replace")).toEqual(replaced);
  });
});
