import type { Refusal } from "../args";
import {
  type Candidate,
  type DecisionContext,
  type PoolRequest,
  type PreparedRequest,
  prepareRequest,
} from "./candidate";
import { runningCompute } from "./compute";
import { compareCodeUnits } from "./configurations";
import { noPairs, pairFleets, pairGroups } from "./rolePairs";
import type { Comparison, Rule } from "./rule";
import { rules } from "./rules";
import { withoutStandIns } from "./specSecrets";

/** A rule that a candidate failed. `reason` has both values and ends with the rule. */
export interface FailedRule {
  readonly rule: string;
  readonly reason: string;
}

/** What the rules say of one candidate. */
export interface Verdict {
  readonly id: string;
  readonly joinable: boolean;
  /** Every failed rule, the deciding one first. */
  readonly refused: readonly FailedRule[];
  /** Refused only by what passes by itself: a slot, a state, a lock. */
  readonly worthWaitingFor: boolean;
  /** vCPUs of its running instances. */
  readonly compute: number;
}

/** The choice among candidates, and what was said of each. Indexes are places in the list of candidates. */
export interface Decision {
  /** Index of the candidate to join; `null` if none may be joined. */
  readonly join: number | null;
  /** Indexes of all candidates that may be joined, best first (R39, R40). */
  readonly ranking: readonly number[];
  /** One a candidate, in their order. */
  readonly verdicts: readonly Verdict[];
  /** Indexes of the refused candidates, nearest miss first. */
  readonly nearestMisses: readonly number[];
}

/**
 * May a job join one of these clusters, and which one. The only place where that is decided: `create`, `check`,
 * the policy pack and `emrpool explain` all call it. Pure; time grows linearly with the number of candidates,
 * apart from sorting those that fit.
 *
 * @param table the rules; only tests that take one away hand in another
 */
export function decide(
  request: PoolRequest,
  candidates: readonly Candidate[],
  context: DecisionContext,
  table: readonly Rule[] = rules,
): Decision {
  const prepared = prepareRequest(request, context.instanceTypes);
  const verdicts = candidates.map((candidate) =>
    request.clusterId
      ? named(request.clusterId, candidate, context)
      : judge(prepared, candidate, context, table),
  );
  const ranking: number[] = [];
  const refused: number[] = [];
  verdicts.forEach((verdict, index) => {
    (verdict.joinable ? ranking : refused).push(index);
  });
  const direction = request.prefer === "best-fit" ? 1 : -1;
  ranking.sort(
    (a, b) =>
      startsYet(candidates[a]!) - startsYet(candidates[b]!) ||
      direction * (verdicts[a]!.compute - verdicts[b]!.compute) ||
      idleSince(candidates[a]!) - idleSince(candidates[b]!) ||
      compareCodeUnits(candidates[a]!.id, candidates[b]!.id),
  );
  const order = new Map(table.map(({ number }, index) => [number, index]));
  const distances = verdicts.map((verdict) => (verdict.joinable ? 0 : distance(verdict, order)));
  refused.sort((a, b) => distances[a]! - distances[b]! || compareCodeUnits(verdicts[a]!.id, verdicts[b]!.id));
  return { join: ranking[0] ?? null, ranking, verdicts, nearestMisses: refused };
}

/** The deciding refusal of each candidate that was refused, nearest miss first: for previews, outputs and errors. */
export function refusals(decision: Decision): Refusal[] {
  return decision.nearestMisses.map((index) => {
    const { id, refused } = decision.verdicts[index]!;
    return { clusterId: id, ...refused[0]! };
  });
}

/** What each rule of the table says of one candidate, passed ones as well: for `emrpool explain`. */
export function examine(
  request: PoolRequest,
  candidate: Candidate,
  context: DecisionContext,
  table: readonly Rule[] = rules,
): { rule: string; asks: string; reason?: string }[] {
  const comparison = compare(prepareRequest(request, context.instanceTypes), candidate, context);
  return table.map((rule) => {
    const reason = rule.check(comparison);
    return { rule: rule.number, asks: rule.asks, reason: reason && withoutStandIns(reason) };
  });
}

/** R5: a cluster that is named is used without any matching or locking. */
function named(clusterId: string, candidate: Candidate, context: DecisionContext): Verdict {
  const joinable = candidate.id === clusterId;
  return {
    id: candidate.id,
    joinable,
    refused: joinable ? [] : [failed("R5", `cluster: ${candidate.id}, asked ${clusterId} by its id`)],
    worthWaitingFor: false,
    compute: runningCompute(candidate.traits, context.instanceTypes),
  };
}

function judge(
  request: PreparedRequest,
  candidate: Candidate,
  context: DecisionContext,
  table: readonly Rule[],
): Verdict {
  const comparison = compare(request, candidate, context);
  const refused: FailedRule[] = [];
  let passing = true;
  for (const rule of table) {
    const reason = rule.check(comparison);
    if (reason === undefined) continue;
    refused.push(failed(rule.number, reason));
    passing &&= rule.passing?.(comparison) ?? false;
  }
  return {
    id: candidate.id,
    joinable: refused.length === 0,
    refused,
    worthWaitingFor: refused.length > 0 && passing,
    compute: runningCompute(candidate.traits, context.instanceTypes),
  };
}

function compare(request: PreparedRequest, candidate: Candidate, context: DecisionContext): Comparison {
  const [asked, actual] = [request.traits, candidate.traits];
  const comparable = !request.yarnMinimum && asked.usesFleets === actual.usesFleets;
  const pairs = !comparable
    ? noPairs
    : asked.usesFleets
      ? pairFleets(asked.fleets, actual.fleets)
      : pairGroups(asked.groups, actual.groups);
  return { request, candidate, context, pairs };
}

function failed(rule: string, reason: string): FailedRule {
  return { rule, reason: `${withoutStandIns(reason)} (${rule})` };
}

/** What runs comes before what starts: its compute is there. */
function startsYet({ live }: Candidate): number {
  return live.state === "WAITING" || live.state === "RUNNING" ? 0 : 1;
}

/** Earlier is longer idle. A cluster that runs a step, or is not known to have been ready, is not idle at all. */
function idleSince({ live }: Candidate): number {
  return (
    (live.state === "WAITING" ? (live.lastActivity ?? live.readyAt) : undefined) ?? Number.MAX_SAFE_INTEGER
  );
}

/** Smaller is nearer: what passes by itself, then few failed rules, then a late deciding rule; other pools last. */
function distance({ refused, worthWaitingFor }: Verdict, order: ReadonlyMap<string, number>): number {
  if (worthWaitingFor) return 0;
  const first = order.get(refused[0]!.rule) ?? 0;
  const otherPool = refused[0]!.rule === "R1" || refused[0]!.rule === "R5" ? 1_000_000 : 0;
  return otherPool + refused.length * 1000 - first;
}
