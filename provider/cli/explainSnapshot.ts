import { decide } from "../pool/decide";
import { shippedInstanceTypes } from "../pool/instanceTypes";
import { readSnapshot, type SnapshotCase } from "../pool/snapshotCase";
import { readJsonFile } from "./jsonFile";
import { printJson, printLine } from "./output";

/** What `--json` prints of one case. The form is a contract. */
export interface ExplainedCase {
  readonly id: string;
  /** Index of the cluster to join. */
  readonly join: number | null;
  readonly clusters: readonly {
    readonly id: string;
    readonly joinable: boolean;
    /** Every failed rule, the deciding one first. */
    readonly refused: readonly { readonly rule: string; readonly reason: string }[];
  }[];
}

/**
 * `emrpool explain --snapshot FILE`: what the matcher that `create` calls makes of a snapshot. No network.
 *
 * @param file one case or `{ "cases": [...] }`; `-` reads stdin
 * @throws PooledEmrError INVALID_ARGUMENT
 */
export async function explainSnapshot(file: string, options: { json?: boolean } = {}): Promise<void> {
  const cases = readSnapshot(await readJsonFile(file), file, shippedInstanceTypes);
  if (options.json) printJson(cases.map(explainCase));
  else for (const item of cases) printLine(caseText(item));
}

export function explainCase({ id, request, candidates, context }: SnapshotCase): ExplainedCase {
  const decision = decide(request, candidates, context);
  const clusters = decision.verdicts.map(({ id: clusterId, joinable, refused }) => ({
    id: clusterId,
    joinable,
    refused,
  }));
  return { id, join: decision.join, clusters };
}

function caseText({ id, request, candidates, context }: SnapshotCase): string {
  const decision = decide(request, candidates, context);
  const lines = decision.ranking.map((index, place) => {
    const { id: clusterId, compute } = decision.verdicts[index]!;
    return `  ${place === 0 ? "joins" : "could join"} ${clusterId} (${compute} vCPUs running)`;
  });
  const misses = decision.nearestMisses.map((index) => {
    const { id: clusterId, refused } = decision.verdicts[index]!;
    return `  refused ${clusterId}: ${refused.map(({ reason }) => reason).join("; ")}`;
  });
  const none = decision.join === null ? ["  joins none"] : [];
  return [id, ...none, ...lines, ...misses].join("\n");
}
