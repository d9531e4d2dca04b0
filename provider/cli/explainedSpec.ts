import type { FieldDifference } from "../pool/specDiff";

/** One candidate with each rule's outcome. */
export interface ExplainedCandidate {
  readonly entryId: string;
  readonly clusterId?: string;
  readonly state: string;
  readonly joinable: boolean;
  readonly worthWaitingFor: boolean;
  readonly fingerprint?: string;
  readonly rules: readonly { readonly rule: string; readonly asks: string; readonly reason?: string }[];
  /** Fields in which it differs from the spec, where the fingerprints do and these count. */
  readonly differences: readonly FieldDifference[];
}

/** What `--json` prints. */
export interface ExplainedSpec {
  readonly pool: string;
  readonly fingerprint: string;
  readonly schema: number;
  /** `pool.clusterId`: this cluster or none. */
  readonly clusterId?: string;
  /** Entry the job would take. */
  readonly join: string | null;
  /** What may be joined, best first, then what is refused, nearest miss first. With `clusterId` that cluster at most. */
  readonly candidates: readonly ExplainedCandidate[];
  /** Clusters whose name says they are of this pool, but which its ledger does not know. */
  readonly unknownToLedger: readonly string[];
  readonly notes: readonly string[];
}

/** The explanation for people. */
export function explainedText(explained: ExplainedSpec): string {
  const lines = [`pool ${explained.pool}, fingerprint ${explained.fingerprint} (schema ${explained.schema})`];
  if (explained.clusterId !== undefined)
    lines.push(
      `The job names cluster ${explained.clusterId}: it is not matched, and no other is joined or launched (R5).`,
    );
  else if (explained.candidates.length === 0) lines.push("The pool has no cluster: one would be launched.");
  for (const candidate of explained.candidates) {
    const name = candidate.clusterId ?? `planned cluster ${candidate.entryId}`;
    const isFirst = candidate.entryId === explained.join;
    const verdict = candidate.joinable ? (isFirst ? "would be joined" : "could be joined") : "refused";
    lines.push("", `${name} (${candidate.state}): ${verdict}${candidate.worthWaitingFor ? " for now" : ""}`);
    for (const { rule, asks, reason } of candidate.rules)
      lines.push(
        reason === undefined ? `  pass  ${rule.padEnd(4)} ${asks}` : `  FAIL  ${rule.padEnd(4)} ${reason}`,
      );
    for (const { field, actual, asked } of candidate.differences)
      lines.push(`  differs in ${field}: ${actual}, asked ${asked}`);
  }
  for (const id of explained.unknownToLedger)
    lines.push(
      "",
      `${id}: named as of this pool, but not in its ledger: \`emrpool adopt ${id}\` brings it in`,
    );
  return [...lines, ...explained.notes.map((note) => `note: ${note}`)].join("\n");
}
