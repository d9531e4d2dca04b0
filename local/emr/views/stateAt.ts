import type { StateAt } from "../model";

/** The state at a moment of the past, or undefined when there was none yet. */
export function stateAt<State>(history: readonly StateAt<State>[], at: number): State | undefined {
  return history.findLast((entry) => entry.at <= at)?.state;
}
