import type { ClusterSummary } from "@aws-sdk/client-emr";
import type { PoolReading } from "../lease/pool";
import type { PoolEntry } from "../lease/types";
import { parseClusterName } from "../pool/clusterName";

/** A cluster of a pool as `emrpool list` shows it. What only the ledger knows is absent without one. */
export interface ListedCluster {
  pool: string;
  /** Absent while it is planned or being launched. */
  clusterId?: string;
  entryId?: string;
  /** EMR's state, or the ledger's (PLANNED, LAUNCHING) while there is no cluster; GONE: EMR doesn't list it any more. */
  state: string;
  ageSeconds?: number;
  /** Since a slot was last taken or freed; absent while one is taken. */
  idleSeconds?: number;
  slots?: number;
  slotsTaken?: number;
  /** Steps ever placed on it by this pool. */
  stepsPlaced?: number;
  /** Absent for adopted clusters. */
  fingerprint?: string;
  /** Takes no new jobs. */
  draining?: boolean;
}

/** The clusters of one pool: its ledger, with what EMR says of each. */
export function poolClusters(
  poolName: string,
  reading: PoolReading,
  clusters: readonly ClusterSummary[],
): ListedCluster[] {
  const byId = new Map(clusters.map((cluster) => [cluster.Id, cluster]));
  return reading.entries.map((entry) => {
    const cluster = byId.get(entry.clusterId);
    return {
      pool: poolName,
      clusterId: entry.clusterId,
      entryId: entry.entryId,
      state: entry.clusterId === undefined ? entry.state : (cluster?.Status?.State ?? "GONE"),
      ageSeconds: secondsSince(cluster?.Status?.Timeline?.CreationDateTime, reading.now),
      idleSeconds: entry.slotsTaken > 0 ? undefined : secondsSince(entry.lastActivity, reading.now),
      slots: entry.slots,
      slotsTaken: entry.slotsTaken,
      stepsPlaced: entry.stepsPlaced,
      fingerprint: entry.launch?.fingerprint,
      draining: isDraining(entry),
    };
  });
}

/** The clusters of all pools of the account, by their names alone: no store needs to be known. */
export function accountClusters(clusters: readonly ClusterSummary[], now: Date): ListedCluster[] {
  return clusters
    .flatMap((cluster) => {
      const name = parseClusterName(cluster.Name);
      if (name === undefined) return [];
      return [
        {
          pool: name.pool,
          clusterId: cluster.Id,
          entryId: name.entryId,
          state: cluster.Status?.State ?? "",
          ageSeconds: secondsSince(cluster.Status?.Timeline?.CreationDateTime, now),
          fingerprint: name.fingerprint,
        },
      ];
    })
    .sort((left, right) => left.pool.localeCompare(right.pool));
}

function isDraining(entry: PoolEntry): boolean {
  return entry.closed === true;
}

function secondsSince(time: Date | undefined, now: Date): number | undefined {
  return time === undefined ? undefined : Math.max(0, Math.round((now.getTime() - time.getTime()) / 1000));
}
