import type { ClusterSummary } from "@aws-sdk/client-emr";
import { PooledEmrError } from "../errors";
import type { Pool, PoolReading } from "../lease/pool";
import type { PoolEntry } from "../lease/types";
import type { PoolRequest } from "../pool/candidate";
import { chooseEntries, comparisonOf, type EntryChoice } from "../pool/chooseEntries";
import { parseClusterName } from "../pool/clusterName";
import { examine } from "../pool/decide";
import { type ClusterFacts, entryCandidate } from "../pool/entryCandidate";
import { fingerprint } from "../pool/fingerprint";
import type { InstanceTypeTable } from "../pool/instanceTypes";
import { matchableCluster } from "../pool/launchRequest";
import { specDiff } from "../pool/specDiff";
import { type ExplainedCandidate, type ExplainedSpec, explainedText } from "./explainedSpec";
import { printJson, printLine } from "./output";
import { type JobSpecFile, readSpecFile } from "./specFile";
import { wrongUse } from "./verb";

export interface ExplainSpecOptions {
  /** Instead of the spec's `pool.name` and `pool.store`. */
  readonly pool?: string;
  readonly store?: string;
  /** Instead of the spec's. */
  readonly region?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
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
  const region = options.region ?? spec.region;
  const s3 = new S3Client({ region, followRegionRedirects: true });
  const isNamed = spec.pool.clusterId !== undefined;
  const { digests, notes } = isNamed
    ? { digests: {}, notes: [] }
    : await readBootstrapDigests(spec.cluster, s3);
  const request = requestOf(spec, poolName, store, digests);
  const facts = new PoolFacts({
    reader: await openLiveEmr({ ...options, region }),
    readYarnMemory: createYarnMemoryReader({ region }),
  });
  const pool = await openLivePool({ ...options, region, pool: poolName, store });
  const reading = await readPool(pool);
  const now = reading?.now ?? new Date();
  const named = await newlyNamed(spec.pool, pool, reading);
  const entries = [...(reading?.entries ?? []), ...named.entries];
  const gathered = await facts.gather(request, entries, now, "complete");
  const choice = chooseEntries(request, entries, gathered.facts, {
    now,
    instanceTypes: gathered.instanceTypes,
  });
  const ledger = new Set(entries.map(({ clusterId }) => clusterId));
  const ofPool = ({ Name }: ClusterSummary) => parseClusterName(Name)?.pool === poolName;
  const active = isNamed ? [] : (await facts.activeClusters()).filter(ofPool);
  return {
    pool: poolName,
    ...fingerprint(request.cluster),
    clusterId: request.clusterId,
    join: choice.ranked[0] ?? null,
    candidates: explainCandidates(request, entries, choice, { ...gathered, now }),
    unknownToLedger: active.map(({ Id }) => Id!).filter((id) => !ledger.has(id)),
    notes: [...notes, ...named.notes],
  };
}

/** The entry that a cluster named by `pool.clusterId` would get, or why it can have none. Nothing is written. */
async function newlyNamed(
  { clusterId, maxClusters }: JobSpecFile["pool"],
  pool: Pool,
  reading: PoolReading | undefined,
): Promise<{ entries: PoolEntry[]; notes: string[] }> {
  if (clusterId === undefined) return { entries: [], notes: [] };
  const { foreseeAdoption } = await import("../lease/adopt.js");
  try {
    const { entryId, newSlots } = await foreseeAdoption(clusterId, pool, reading?.pool, { maxClusters });
    const known = reading?.entries.find((entry) => entry.entryId === entryId);
    if (newSlots === undefined)
      return { entries: [], notes: known?.closed ? [`cluster ${clusterId} is leaving the pool`] : [] };
    const entry = {
      entryId,
      state: "OPEN",
      clusterId,
      slots: newSlots,
      slotsTaken: 0,
      stepsPlaced: 0,
    } as const;
    return {
      entries: [entry],
      notes: [`cluster ${clusterId} is not in the pool yet: the job would adopt it`],
    };
  } catch (error) {
    if (!(error instanceof PooledEmrError && error.code === "ADOPT_REFUSED")) throw error;
    return { entries: [], notes: [error.message] };
  }
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
  const { asked, table } = comparisonOf(request);
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
      rules: examine(asked, candidate, known, table),
      differences:
        entry.launch && request.clusterId === undefined
          ? specDiff(entry.launch.request, request.cluster)
          : [],
    };
  });
}
