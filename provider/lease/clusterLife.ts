import { updateEntry } from "./entries";
import type { ClusterLife } from "./judgeSteps";
import { keys } from "./keys";
import type { Pool } from "./pool";
import { type EntryRecord, type PoolRecord, poolKind } from "./records";
import { isUnknownCluster } from "./refusals";

/** Asks EMR whether the cluster still exists. One DescribeCluster. */
export async function clusterLife(pool: Pool, clusterId: string): Promise<ClusterLife> {
  try {
    const state = (await pool.emr.describeCluster(clusterId)).Status?.State;
    if (state === "TERMINATED" || state === "TERMINATED_WITH_ERRORS") return "gone";
    return state === "TERMINATING" ? "ending" : "alive";
  } catch (error) {
    if (isUnknownCluster(error)) return "gone";
    throw error;
  }
}

/** No new tickets for this entry. */
export async function closeEntry(pool: Pool, poolId: string, entryId: string): Promise<void> {
  await updateEntry(pool, poolId, entryId, (entry) =>
    entry && !entry.closed ? { ...entry, closed: true } : undefined,
  );
}

/**
 * Marks an entry DEAD, if `mayDie` still holds for it at the moment of the write, and takes it off the pool's
 * list. In this order: while an entry is on the list it counts for `maxClusters`, and DEAD is final, so dropping it
 * can be repeated by anyone.
 */
export async function buryEntry(
  pool: Pool,
  poolId: string,
  entryId: string,
  mayDie: (entry: EntryRecord) => boolean,
  failure?: string,
): Promise<boolean> {
  const { record } = await updateEntry(pool, poolId, entryId, (entry) =>
    entry && entry.st !== "DEAD" && mayDie(entry)
      ? { ...entry, st: "DEAD", closed: true, call: undefined, failure }
      : undefined,
  );
  if (record !== undefined && record.st !== "DEAD") return false;
  await pool.records.update(poolKind, keys.pool(pool.name), (current) =>
    current?.poolId === poolId && current.entries.includes(entryId)
      ? { ...current, entries: current.entries.filter((other) => other !== entryId) }
      : undefined,
  );
  return true;
}

/** Buries the entry of a cluster that EMR says is gone. */
export async function buryIfGone(
  pool: Pool,
  record: Pick<PoolRecord, "poolId">,
  entryId: string,
  clusterId: string,
): Promise<ClusterLife> {
  const life = await clusterLife(pool, clusterId);
  if (life === "gone") await buryEntry(pool, record.poolId, entryId, (entry) => entry.cluster === clusterId);
  else if (life === "ending") await closeEntry(pool, record.poolId, entryId);
  return life;
}
