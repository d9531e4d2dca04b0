import type { ListClustersOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { page } from "../paging";
import { marker } from "../schemas/members";
import { clusterSummary } from "../views/clusterView";
import { stateAt } from "../views/stateAt";

const clusterState = z.enum([
  "STARTING",
  "BOOTSTRAPPING",
  "RUNNING",
  "WAITING",
  "TERMINATING",
  "TERMINATED",
  "TERMINATED_WITH_ERRORS",
]);

const input = z.object({
  CreatedAfter: z.number().optional(),
  CreatedBefore: z.number().optional(),
  ClusterStates: z.array(clusterState).optional(),
  Marker: marker,
});

/** Newest first, 50 a page: https://docs.aws.amazon.com/emr/latest/APIReference/API_ListClusters.html */
export const listClusters: Operation = operation<typeof input, ListClustersOutput>(
  "ListClusters",
  input,
  ({ CreatedAfter, CreatedBefore, ClusterStates, Marker }, { state, region, now }) => {
    const at = now - state.settings.listingLagSeconds.clusters * 1000;
    const states = new Set<string | undefined>(ClusterStates);
    const visible = state.newestFirst(region).filter(({ lifecycle }) => {
      const created = lifecycle.createdAt;
      return (
        created <= at &&
        (CreatedAfter === undefined || created > CreatedAfter * 1000) &&
        (CreatedBefore === undefined || created < CreatedBefore * 1000) &&
        (states.size === 0 || states.has(stateAt(lifecycle.history, at)))
      );
    });
    const shown = page(visible, (cluster) => -cluster.sequence, Marker);
    return {
      Clusters: shown.items.map((cluster) => clusterSummary(cluster, state.accountId, now, at)),
      Marker: shown.marker,
    };
  },
);
