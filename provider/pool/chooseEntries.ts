import type { Choice, PoolEntry } from "../lease/types";
import type { DecisionContext, PoolRequest } from "./candidate";
import { type Decision, decide } from "./decide";
import { type ClusterFacts, entryCandidate } from "./entryCandidate";
import type { Rule } from "./rule";
import { rules } from "./rules";

/** The protocol's choice, with all verdicts beside it for previews and `explain`. */
export interface EntryChoice extends Choice {
  readonly decision: Decision;
}

/** A cluster that was named by its id is not matched, but it must be able to take steps and have room. (R5) */
const rulesOfNamed = rules.filter(({ number }) => ["R2", "R18", "R19"].includes(number));

/** What of a request is compared, and by which rules: by all, or of a request that names its cluster by few. */
export function comparisonOf(request: PoolRequest): { asked: PoolRequest; table: readonly Rule[] } {
  const { clusterId, ...unnamed } = request;
  if (clusterId === undefined) return { asked: unnamed, table: rules };
  // Whoever names a starting cluster wants it.
  return { asked: { ...unnamed, joinStarting: true }, table: rulesOfNamed };
}

/**
 * The matcher over the entries of the pool's ledger. Free slots of our own entries may be taken while these are
 * planned or start; `pool.joinStarting` is about adopted clusters.
 *
 * @param facts what was read of each entry's cluster, by entry id; none is needed for clusters the pool launched
 */
export function chooseEntries(
  request: PoolRequest,
  entries: readonly PoolEntry[],
  facts: ReadonlyMap<string, ClusterFacts>,
  context: DecisionContext,
): EntryChoice {
  const { clusterId } = request;
  const eligible = entries.filter(
    (entry) => entry.closed !== true && (clusterId === undefined || entry.clusterId === clusterId),
  );
  const candidates = eligible.map((entry) =>
    entryCandidate(entry, request.poolName, facts.get(entry.entryId)),
  );
  const { asked, table } = comparisonOf(request);
  const decision = decide(asked, candidates, context, table);
  const entryIdOf = (index: number) => eligible[index]!.entryId;
  return {
    ranked: decision.ranking.map(entryIdOf),
    refused: decision.nearestMisses.map((index) => {
      const { id, refused } = decision.verdicts[index]!;
      return { clusterId: id, ...refused[0]! };
    }),
    worthWaitingFor: decision.nearestMisses
      .filter((index) => decision.verdicts[index]!.worthWaitingFor)
      .map(entryIdOf),
    decision,
  };
}
