import type { JobState, Resubmit } from "../args";
import { defaultConstants } from "../lease/constants";
import { isRed } from "./jobState";

/** Placing anew a job whose cluster went away before it began stops after this many times (decisions.md 1). */
export const mostMoves = defaultConstants.moves;

/**
 * How the next `up` runs a job again that ended, if it does (decisions.md 1–3):
 *
 * - `move`: nothing ever ran, so the same claim is placed anew;
 * - `replace`: the claim is retired and a new one made, as its id says which run it is;
 * - `undefined`: not at all.
 *
 * @param moves - how often the job has been placed anew already
 */
export function resubmission(
  state: JobState,
  resubmit: Resubmit | undefined,
  moves: number,
): "move" | "replace" | undefined {
  if (!isRed(state)) return undefined;
  if (state === "NEVER_STARTED" && resubmit !== "never" && moves < mostMoves) return "move";
  return resubmit === "failed" ? "replace" : undefined;
}
