import type { Cluster, RunJobFlowInput } from "@aws-sdk/client-emr";
import { readLaunch } from "../lease/entries";
import type { Pool } from "../lease/pool";
import type { JobRecord } from "../lease/records";
import type { Emr, EmrReader } from "../ports";
import type { ProviderState } from "./state";

/** What outputs say of a cluster. None of it changes once it is known. */
export interface KnownCluster {
  readonly name?: string;
  readonly masterPublicDnsName?: string;
  readonly logUri?: string;
}

/**
 * Remembers what passing answers of EMR say of clusters, so that outputs cost no call of their own: joining a warm
 * pool is two calls, and a third for a name would be half as much again.
 */
export class KnownClusters {
  private readonly known = new Map<string, KnownCluster>();
  private readonly described = new Map<string, Promise<unknown>>();

  get(clusterId: string | undefined): KnownCluster {
    return (clusterId === undefined ? undefined : this.known.get(clusterId)) ?? {};
  }

  /** Has the cluster described, once for all its jobs. Never fails: a cluster that is gone has nothing to tell. */
  async describeOnce(clusterId: string, describe: (clusterId: string) => Promise<Cluster>): Promise<void> {
    const asked = this.described.get(clusterId) ?? describe(clusterId).catch(() => undefined);
    this.described.set(clusterId, asked);
    await asked;
  }

  private remember(clusterId: string | undefined, facts: KnownCluster): void {
    if (clusterId === undefined) return;
    // EMR answers `s3n` for what it was given as `s3`.
    const logUri = facts.logUri?.replace(/^s3[an]:/, "s3:");
    const given = Object.entries({ ...facts, logUri }).filter(([, value]) => value !== undefined);
    this.known.set(clusterId, { ...this.get(clusterId), ...Object.fromEntries(given) });
  }

  private rememberDescribed(cluster: Cluster): void {
    this.remember(cluster.Id, {
      name: cluster.Name,
      masterPublicDnsName: cluster.MasterPublicDnsName,
      logUri: cluster.LogUri,
    });
  }

  /** What the state of a job says of its cluster. */
  rememberState(
    state: Pick<ProviderState, "clusterId" | "clusterName" | "masterPublicDnsName" | "logUri">,
  ): void {
    const { clusterId, clusterName, masterPublicDnsName, logUri } = state;
    this.remember(clusterId || undefined, { name: clusterName || undefined, masterPublicDnsName, logUri });
  }

  /** What the cluster was launched with, as launch or launch record say. */
  rememberLaunch(clusterId: string | undefined, { Name, LogUri }: Partial<RunJobFlowInput>): void {
    this.remember(clusterId, { name: Name, logUri: LogUri });
  }

  /** `reader` with its answers remembered here. */
  watchReads<T extends EmrReader>(reader: T): T {
    return {
      ...reader,
      describeCluster: async (clusterId: string) => {
        const cluster = await reader.describeCluster(clusterId);
        this.rememberDescribed(cluster);
        return cluster;
      },
      listClusters: async (...request: Parameters<EmrReader["listClusters"]>) => {
        const clusters = await reader.listClusters(...request);
        for (const cluster of clusters) this.remember(cluster.Id, { name: cluster.Name });
        return clusters;
      },
    };
  }

  /** `emr` with what it launches remembered here. */
  watchLaunches(emr: Emr): Emr {
    return {
      ...emr,
      runJobFlow: async (...request) => {
        const answer = await emr.runJobFlow(...request);
        if (answer.outcome === "accepted") this.rememberLaunch(answer.value.clusterId, request[0]);
        return answer;
      },
    };
  }
}

/**
 * Completes what is known of the job's cluster, which is described at most once for all its jobs.
 *
 * @param wantsAddress - false for a job that has just joined: its cluster may have no address yet, and where its name
 * has passed by already no call is made
 */
export async function learnCluster(
  clusters: KnownClusters,
  pool: Pool,
  { cluster, at }: JobRecord,
  wantsAddress: boolean,
): Promise<void> {
  if (cluster === undefined) return;
  const { name, masterPublicDnsName } = clusters.get(cluster);
  if ((wantsAddress ? masterPublicDnsName : name) === undefined)
    await clusters.describeOnce(cluster, (clusterId) => pool.emr.describeCluster(clusterId));
  if (clusters.get(cluster).logUri !== undefined || at?.pool !== pool.name) return;
  const launch = await readLaunch(pool, at.poolId, at.entry).catch(() => undefined);
  clusters.rememberLaunch(cluster, { LogUri: launch?.request.LogUri });
}
