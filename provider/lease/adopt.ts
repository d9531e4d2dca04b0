import { createHash } from "node:crypto";
import { PooledEmrError } from "../errors";
import { parseClusterName } from "../pool/clusterName";
import { readEntry, updateEntry } from "./entries";
import { base32 } from "./jobKey";
import { admitAdopted } from "./plan";
import { ensurePool, type Pool } from "./pool";
import { isUnknownCluster } from "./refusals";

/**
 * Gives a cluster made elsewhere an entry in the pool, so that its slots are counted like any other's. Repeatable.
 * Returns the entry's id.
 *
 * The id is derived from the cluster's: two processes that adopt one cluster write one ledger.
 *
 * @throws PooledEmrError ADOPT_REFUSED if the cluster is gone, belongs to another pool, or the pool is full.
 */
export async function adoptCluster(
  clusterId: string,
  pool: Pool,
  limits: { readonly maxClusters?: number } = {},
): Promise<string> {
  const refuse = (problem: string, fix?: string) =>
    new PooledEmrError("ADOPT_REFUSED", { subject: `Cluster ${clusterId}`, problem, fix });
  const { record } = await ensurePool(pool);
  const entryId = `a${base32(createHash("sha256").update(clusterId, "utf8").digest()).slice(0, 15)}`;
  const existing = (await readEntry(pool, record.poolId, entryId)).record;
  if (existing?.st === "OPEN" && record.entries.includes(entryId)) return entryId;

  const cluster = await pool.emr.describeCluster(clusterId).catch((error) => {
    if (isUnknownCluster(error)) throw refuse("is not known to EMR in this account and Region");
    throw error;
  });
  const state = cluster.Status?.State ?? "";
  if (state.startsWith("TERMINAT")) throw refuse(`is ${state} and takes no more steps`);
  const owner = parseClusterName(cluster.Name ?? "");
  if (owner?.poolId === record.poolId && record.entries.includes(owner.entryId)) return owner.entryId;
  if (owner && owner.poolId !== record.poolId)
    throw refuse(
      `was launched by another pool (${owner.pool}), whose ledger counts its slots`,
      "Use that pool's name and store, or choose another cluster",
    );
  if (existing?.st === "DEAD" || existing?.st === "DRAINING")
    throw refuse("was given back by this pool before and can't be adopted again");
  await updateEntry(pool, record.poolId, entryId, (current, now) =>
    current === undefined
      ? {
          st: "OPEN",
          cluster: clusterId,
          cap: cluster.StepConcurrencyLevel ?? 1,
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
    throw refuse(
      `can't be adopted: the pool already has its ${limits.maxClusters} clusters`,
      "Raise pool.maxClusters or drain a cluster first",
    );
  return entryId;
}
