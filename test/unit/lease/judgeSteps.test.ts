import { describe, expect, test } from "vitest";
import { type ClusterLife, judgeSteps } from "../../../provider/lease/judgeSteps";
import { classifyRefusal } from "../../../provider/lease/refusals";

const now = new Date("2026-01-01T00:00:00.000Z");
/** `*`: it has a start time. `-`: EMR does not show it. */
const stepsOf = (states: string[]) =>
  new Map(
    states.flatMap((text, index) => {
      if (text === "-") return [];
      const State = text.replace("*", "") as never;
      const Timeline = text.endsWith("*") ? { StartDateTime: now } : {};
      return [[`s-${index}`, { Id: `s-${index}`, Name: "n", Status: { State, Timeline } }] as const];
    }),
  );

describe("what a job's steps say", () => {
  test.each<[string[], number, ClusterLife | undefined, string]>([
    [["PENDING"], 1, undefined, "unfinished"],
    [["RUNNING*"], 1, undefined, "unfinished"],
    [["CANCEL_PENDING*"], 1, undefined, "unfinished"],
    [["COMPLETED*"], 1, undefined, "COMPLETED"],
    [["COMPLETED*", "RUNNING*"], 2, undefined, "unfinished"],
    [["COMPLETED*", "COMPLETED*"], 2, undefined, "COMPLETED"],
    [["FAILED*", "CANCELLED"], 2, undefined, "FAILED"],
    [["FAILED*", "RUNNING*"], 2, undefined, "unfinished"],
    [["COMPLETED*", "INTERRUPTED*"], 2, undefined, "INTERRUPTED"],
    [["COMPLETED*", "CANCELLED"], 2, undefined, "CANCELLED"],
    [["CANCELLED*"], 1, undefined, "CANCELLED"],
    [["CANCELLED"], 1, undefined, "askCluster"],
    [["CANCELLED"], 1, "alive", "CANCELLED"],
    [["CANCELLED"], 1, "ending", "unfinished"],
    [["CANCELLED", "CANCELLED"], 2, "gone", "NEVER_STARTED"],
    [["-"], 1, undefined, "askCluster"],
    [["-"], 1, "alive", "unfinished"],
    [["-"], 1, "gone", "LOST"],
    [["COMPLETED*", "-"], 2, "gone", "LOST"],
    [["COMPLETED*"], 2, undefined, "askCluster"],
    [["COMPLETED*"], 2, "alive", "nextStep"],
    [["COMPLETED*"], 2, "gone", "INTERRUPTED"],
    [["FAILED*"], 2, undefined, "FAILED"],
  ])("%j of %i, cluster %s: %s", (states, steps, life, expected) => {
    const ids = states.map((_, index) => `s-${index}`);
    const judgement = judgeSteps({ ids, steps }, stepsOf(states), life, now);
    expect(judgement.verdict === "ended" ? judgement.outcome.state : judgement.verdict).toBe(expected);
  });
});

test.each([
  [
    "ValidationException",
    "A job flow that is shutting down, terminated, or finished may not be modified.",
    "clusterEnding",
  ],
  ["InvalidRequestException", "Cluster id 'j-1' is not valid.", "clusterEnding"],
  [
    "ValidationException",
    "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.",
    "tooManySteps",
  ],
  ["AccessDeniedException", "User is not authorized to perform: elasticmapreduce:AddJobFlowSteps", "denied"],
  [
    "ValidationException",
    "ActionOnFailure CANCEL_AND_WAIT can't be used with step concurrency",
    "concurrency",
  ],
  ["ValidationException", "Step name too long", "invalid"],
])("%s: %s: %s", (code, message, expected) => {
  expect(classifyRefusal({ code, message })).toBe(expected);
});
