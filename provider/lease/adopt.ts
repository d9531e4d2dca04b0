import { createHash } from "node:crypto";
import { PooledEmrError } from "../errors";
import { parseClusterName } from "../pool/clusterName";
import { readEntry, updateEntry } from "./entries";
import { base32 } from "./jobKey";
import { admitAdopted } from "./plan";
import { ensurePool, type Pool } from "./pool";
import type { PoolRecord } from "./records";
import { isUnknownCluster } from "./refusals";

/** What adopting a cluster would do: use an entry that is there, or make one. Nothing is written. */
export interface Adoption {
  readonly entryId: string;
  /** Set if there is no entry yet: slots of the one to be made. */
  readonly newSlots?: number;
}

/** Derived from the cluster's id: two processes that adopt one cluster write one ledger. */
function adoptedEntryId(clusterId: string): string {
  return `a${base32(createHash("sha256").update(clusterId, "utf8").digest()).slice(0, 15)}`;
}

/**
 * Whether a cluster made elsewhere can have an entry in the pool; reads only.
 *
 * @param record - absent: nothing was ever placed in the pool
 * @throws PooledEmrError ADOPT_REFUSED if the cluster is gone, belongs to another pool, or the pool is full.
 */
export async function foreseeAdoption(
  clusterId: string,
  pool: Pool,
  record: PoolRecord | undefined,
  limits: { readonly maxClusters?: number } = {},
): Promise<Adoption> {
  const refuse = refusal(clusterId);
  const entryId = adoptedEntryId(clusterId);
  const existing = record && (await readEntry(pool, record.poolId, entryId)).record;
  if (existing?.st === "OPEN" && record?.entries.includes(entryId)) return { entryId };

  const cluster = await pool.emr.describeCluster(clusterId).catch((error) => {
    if (isUnknownCluster(error)) throw refuse("is not known to EMR in this account and Region");
    throw error;
  });
  const state = cluster.Status?.State ?? "";
  if (state.startsWith("TERMINAT")) throw refuse(`is ${state} and takes no more steps`);
  const owner = parseClusterName(cluster.Name ?? "");
  if (owner && owner.poolId === record?.poolId && record.entries.includes(owner.entryId))
    return { entryId: owner.entryId };
  if (owner && owner.poolId !== record?.poolId)
    throw refuse(
      `was launched by another pool (${owner.pool}), whose ledger counts its slots`,
      "Use that pool's name and store, or choose another cluster",
    );
  if (existing?.st === "DEAD" || existing?.st === "DRAINING")
    throw refuse("was given back by this pool before and can't be adopted again");
  if (limits.maxClusters !== undefined && (record?.entries.length ?? 0) >= limits.maxClusters)
    throw poolIsFull(clusterId, limits.maxClusters);
  return { entryId, newSlots: cluster.StepConcurrencyLevel ?? 1 };
}

/**
 * Gives a cluster made elsewhere an entry in the pool, so that its slots are counted like any other's. Repeatable.
 * Returns the entry's id.
 *
 * @throws PooledEmrError ADOPT_REFUSED as {@link foreseeAdoption}
 */
export async function adoptCluster(
  clusterId: string,
  pool: Pool,
  limits: { readonly maxClusters?: number } = {},
): Promise<string> {
  const { record } = await ensurePool(pool);
  const { entryId, newSlots } = await foreseeAdoption(clusterId, pool, record, limits);
  if (newSlots === undefined) return entryId;
  await updateEntry(pool, record.poolId, entryId, (current, now) =>
    current === undefined
      ? {
          st: "OPEN",
          cluster: clusterId,
          cap: newSlots,
          life: 0,
          att: 0,
          slots: [],
          closed: false,
          plannedAt: now.toISOString(),
          activity: now.toISOString(),
        }
      : undefined,
  );
  if (!(await admitAdopted(pool, record.poolId, entryId, limits.maxClusters)))
    throw poolIsFull(clusterId, limits.maxClusters);
  return entryId;
}

function refusal(clusterId: string): (problem: string, fix?: string) => PooledEmrError {
  return (problem, fix) =>
    new PooledEmrError("ADOPT_REFUSED", { subject: `Cluster ${clusterId}`, problem, fix });
}

function poolIsFull(clusterId: string, maxClusters: number | undefined): PooledEmrError {
  return refusal(clusterId)(
    `can't be adopted: the pool already has its ${maxClusters} clusters`,
    "Raise pool.maxClusters or drain a cluster first",
  );
}
