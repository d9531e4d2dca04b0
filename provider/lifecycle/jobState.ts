import type { ClusterState, StepState } from "@aws-sdk/client-emr";
import type { JobState } from "../args";

/** What of a step decides the state of its job. `undefined` in a list of them: EMR doesn't show the step any more. */
export interface StepFact {
  readonly state: StepState;
  /** False: EMR never began to run it. */
  readonly started: boolean;
}

const clusterIsGone = new Set<ClusterState>(["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"]);

/**
 * The state of a job by its own steps and its cluster. Success is only every step COMPLETED; a step that can't be
 * seen any more, or that never ended although its cluster is gone, makes the outcome unknowable (LOST), unless
 * another one has already failed.
 */
export function jobState(
  steps: readonly (StepFact | undefined)[],
  cluster: ClusterState | undefined,
): JobState {
  const gone = cluster === undefined || clusterIsGone.has(cluster);
  const has = (state: StepState) => steps.some((step) => step?.state === state);
  if (steps.length > 0 && steps.every((step) => step?.state === "COMPLETED")) return "COMPLETED";
  if (has("FAILED")) return "FAILED";
  if (steps.includes(undefined)) return gone ? "LOST" : has("RUNNING") ? "RUNNING" : "LOST";
  const open = has("RUNNING") || has("PENDING") || has("CANCEL_PENDING");
  if (open && cluster !== "TERMINATING" && gone) return "LOST";
  if (open) return steps.every((step) => step?.state === "PENDING") ? "PENDING" : "RUNNING";
  if (has("INTERRUPTED")) return "INTERRUPTED";
  const neverStarted = steps.every((step) => step?.state === "CANCELLED" && !step.started);
  return neverStarted && gone ? "NEVER_STARTED" : "CANCELLED";
}

/** Nothing can change any more. */
export function hasEnded(state: JobState): boolean {
  return state !== "PENDING" && state !== "RUNNING";
}

/** Ended, but not as wished: shown as unhealthy until something acts (decisions.md 3). */
export function isRed(state: JobState): boolean {
  return hasEnded(state) && state !== "COMPLETED";
}
