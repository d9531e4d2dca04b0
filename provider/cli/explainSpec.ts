import type { PoolEntry } from "../lease/types";
import type { PoolRequest } from "../pool/candidate";
import type { EntryChoice } from "../pool/chooseEntries";
import { parseClusterName } from "../pool/clusterName";
import { examine } from "../pool/decide";
import { type ClusterFacts, entryCandidate } from "../pool/entryCandidate";
import { fingerprint } from "../pool/fingerprint";
import type { InstanceTypeTable } from "../pool/instanceTypes";
import { matchableCluster } from "../pool/launchRequest";
import { type FieldDifference, specDiff } from "../pool/specDiff";
import { printJson, printLine } from "./output";
import { type JobSpecFile, readSpecFile } from "./specFile";
import { wrongUse } from "./verb";

export interface ExplainSpecOptions {
  /** Instead of the spec's `pool.name` and `pool.store`. */
  readonly pool?: string;
  readonly store?: string;
  readonly region?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** One candidate with each rule's outcome. */
export interface ExplainedCandidate {
  readonly entryId: string;
  readonly clusterId?: string;
  readonly state: string;
  readonly joinable: boolean;
  readonly worthWaitingFor: boolean;
  readonly fingerprint?: string;
  readonly rules: readonly { readonly rule: string; readonly asks: string; readonly reason?: string }[];
  /** Fields in which it differs from the spec, where the fingerprints do. */
  readonly differences: readonly FieldDifference[];
}

/** What `--json` prints. */
export interface ExplainedSpec {
  readonly pool: string;
  readonly fingerprint: string;
  readonly schema: number;
  /** Entry the job would take. */
  readonly join: string | null;
  /** What may be joined, best first, then what is refused, nearest miss first. */
  readonly candidates: readonly ExplainedCandidate[];
  /** Clusters whose name says they are of this pool, but which its ledger does not know. */
  readonly unknownToLedger: readonly string[];
  readonly notes: readonly string[];
}

/**
 * `emrpool explain SPEC`: every cluster of the pool with each rule's pass or fail, nearest miss first, and a
 * field-by-field diff where the fingerprints differ. Reads only.
 *
 * @param file JSON of a job or cluster spec; `-` reads stdin
 * @throws PooledEmrError INVALID_ARGUMENT
 */
export async function explainSpec(file: string, options: ExplainSpecOptions = {}): Promise<void> {
  const explained = await explain(await readSpecFile(file), options);
  if (options.json) printJson(explained);
  else printLine(explainedText(explained));
}

async function explain(spec: JobSpecFile, options: ExplainSpecOptions): Promise<ExplainedSpec> {
  const poolName = options.pool ?? spec.pool.name;
  const store = options.store ?? spec.pool.store;
  if (poolName === undefined || store === undefined)
    throw wrongUse(
      "explain",
      "needs a pool",
      "Give --pool and --store, or a spec with pool.name and pool.store",
    );
  const { openLiveEmr, openLivePool } = await import("./livePool.js");
  const { PoolFacts } = await import("../emr/poolFacts.js");
  const { createYarnMemoryReader } = await import("../emr/poolFactsYarn.js");
  const { readBootstrapDigests } = await import("../emr/poolFactsScripts.js");
  const { readPool } = await import("../lease/pool.js");
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { region } = options;
  const s3 = new S3Client({ region, followRegionRedirects: true });
  const { digests, notes } = await readBootstrapDigests(spec.cluster, s3);
  const request = requestOf(spec, poolName, store, digests);
  const facts = new PoolFacts({
    reader: await openLiveEmr(options),
    readYarnMemory: createYarnMemoryReader({ region }),
  });
  const reading = await readPool(await openLivePool({ ...options, pool: poolName, store }));
  const entries = reading?.entries ?? [];
  const now = reading?.now ?? new Date();
  const gathered = await facts.gather(request, entries, now, "complete");
  const { chooseEntries } = await import("../pool/chooseEntries.js");
  const choice = chooseEntries(request, entries, gathered.facts, {
    now,
    instanceTypes: gathered.instanceTypes,
  });
  const ledger = new Set(entries.map(({ clusterId }) => clusterId));
  const named = (await facts.activeClusters()).filter(
    ({ Name }) => parseClusterName(Name)?.pool === poolName,
  );
  return {
    pool: poolName,
    ...fingerprint(request.cluster),
    join: choice.ranked[0] ?? null,
    candidates: explainCandidates(request, entries, choice, { ...gathered, now }),
    unknownToLedger: named.map(({ Id }) => Id!).filter((id) => !ledger.has(id)),
    notes,
  };
}

function requestOf(
  { cluster, pool, steps, parallelSteps }: JobSpecFile,
  poolName: string,
  store: string,
  bootstrapDigests: Record<string, string>,
): PoolRequest {
  return {
    poolName,
    cluster: matchableCluster(cluster, { poolName, store }),
    maxConcurrentSteps: pool.maxConcurrentSteps ?? 1,
    stepsToAdd: Math.max(1, steps.length),
    parallelSteps,
    clusterId: pool.clusterId,
    joinStarting: pool.joinStarting,
    prefer: pool.prefer,
    minAvailableMB: pool.minAvailable?.memoryMB,
    bootstrapDigests,
  };
}

/** Joinable ones best first, then refused ones nearest miss first. Pure. */
export function explainCandidates(
  request: PoolRequest,
  entries: readonly PoolEntry[],
  { decision }: Pick<EntryChoice, "decision">,
  known: { facts: ReadonlyMap<string, ClusterFacts>; instanceTypes: InstanceTypeTable; now: Date },
): ExplainedCandidate[] {
  const byId = new Map(entries.map((entry) => [entry.clusterId ?? entry.entryId, entry]));
  return [...decision.ranking, ...decision.nearestMisses].map((index) => {
    const { id, joinable, worthWaitingFor } = decision.verdicts[index]!;
    const entry = byId.get(id)!;
    const candidate = entryCandidate(entry, request.poolName, known.facts.get(entry.entryId));
    return {
      entryId: entry.entryId,
      clusterId: entry.clusterId,
      state: candidate.live.state,
      joinable,
      worthWaitingFor,
      fingerprint: entry.launch?.fingerprint,
      rules: examine(request, candidate, known),
      differences: entry.launch ? specDiff(entry.launch.request, request.cluster) : [],
    };
  });
}

function explainedText(explained: ExplainedSpec): string {
  const lines = [`pool ${explained.pool}, fingerprint ${explained.fingerprint} (schema ${explained.schema})`];
  if (explained.candidates.length === 0) lines.push("The pool has no cluster: one would be launched.");
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
