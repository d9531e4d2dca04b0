import type { JobState, Resubmit } from "../args";
import { isRed } from "./jobState";

/** Placing anew a job whose cluster went away before it began stops after this many times (decisions.md 1). */
export const mostMoves = 3;

/**
 * True if the next `up` runs the job's steps again (decisions.md 1–3).
 *
 * @param moves - how often the job has been placed anew already
 */
export function runsAgain(state: JobState, resubmit: Resubmit | undefined, moves: number): boolean {
  if (!isRed(state)) return false;
  if (resubmit === "failed") return true;
  return state === "NEVER_STARTED" && resubmit !== "never" && moves < mostMoves;
}
