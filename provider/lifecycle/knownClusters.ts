import type { Cluster } from "@aws-sdk/client-emr";
import type { Emr } from "../ports";

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
    const given = Object.entries(facts).filter(([, value]) => value !== undefined);
    this.known.set(clusterId, { ...this.get(clusterId), ...Object.fromEntries(given) });
  }

  rememberDescribed(cluster: Cluster): void {
    this.remember(cluster.Id, {
      name: cluster.Name,
      masterPublicDnsName: cluster.MasterPublicDnsName,
      logUri: cluster.LogUri,
    });
  }

  /** `emr` with its answers remembered here. */
  watch<T extends Emr>(emr: T): T {
    const watched = {
      runJobFlow: async (...request: Parameters<Emr["runJobFlow"]>) => {
        const answer = await emr.runJobFlow(...request);
        const [{ Name, LogUri }] = request;
        if (answer.outcome === "accepted")
          this.remember(answer.value.clusterId, { name: Name, logUri: LogUri });
        return answer;
      },
      describeCluster: async (clusterId: string) => {
        const cluster = await emr.describeCluster(clusterId);
        this.rememberDescribed(cluster);
        return cluster;
      },
      listClusters: async (...request: Parameters<Emr["listClusters"]>) => {
        const clusters = await emr.listClusters(...request);
        for (const cluster of clusters) this.remember(cluster.Id, { name: cluster.Name });
        return clusters;
      },
    };
    return new Proxy(emr, {
      get: (target, property) => {
        if (property in watched) return watched[property as keyof typeof watched];
        const value = Reflect.get(target, property);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }
}
