import type { JobState, StepStatus } from "../args";

/** Nothing can change any more. */
export function hasEnded(state: JobState): boolean {
  return state !== "PENDING" && state !== "RUNNING";
}

/** Ended, but not as wished: shown as unhealthy until something acts (decisions.md 3). */
export function isRed(state: JobState): boolean {
  return hasEnded(state) && state !== "COMPLETED";
}

/** State of a job that has not ended: PENDING until EMR has begun one of its steps. */
export function unfinishedState(steps: readonly StepStatus[]): "PENDING" | "RUNNING" {
  return steps.some((step) => step.state !== "PENDING") ? "RUNNING" : "PENDING";
}
