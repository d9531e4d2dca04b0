import type { Candidate, DecisionContext, PreparedRequest } from "./candidate";
import type { RolePairs } from "./rolePairs";

/** One request against one candidate, with what several rules need worked out once. */
export interface Comparison {
  readonly request: PreparedRequest;
  readonly candidate: Candidate;
  readonly context: DecisionContext;
  /** Requested against present groups or fleets, by role. Empty under a YARN minimum (R38). */
  readonly pairs: RolePairs;
}

/**
 * A rule by which a cluster may be refused. `check` gives the reason, with both values, or `undefined` if the
 * cluster passes.
 */
export interface Rule {
  /** `R1`–`R43`, `X1`… as in docs/matching.md. */
  readonly number: string;
  /** What it asks of the cluster, in a sentence. */
  readonly asks: string;
  /**
   * The refusal may pass by itself: a slot gets free, the cluster becomes ready. A cluster refused by such rules
   * only is worth waiting for.
   */
  readonly passing?: (comparison: Comparison) => boolean;
  readonly check: (comparison: Comparison) => string | undefined;
}

/** `none` for what is absent, so that both values stand in every reason. */
export function shown(value: string | number | undefined | null): string {
  return value === undefined || value === null || value === "" ? "none" : String(value);
}

/** Reason if two values that must be the same are not. */
export function different(
  what: string,
  actual: string | number | undefined,
  asked: string | number | undefined,
): string | undefined {
  if (actual === asked) return undefined;
  return `${what}: ${shown(actual)}, asked ${shown(asked)}`;
}
