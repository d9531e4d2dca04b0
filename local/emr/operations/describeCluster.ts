import type { DescribeClusterOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { clusterIdNamed } from "../schemas/members";
import { clusterDetail } from "../views/clusterView";
import { visibleTags } from "../views/visibleTags";

const input = z.object({ ClusterId: clusterIdNamed("clusterId") });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_DescribeCluster.html */
export const describeCluster: Operation = operation<typeof input, DescribeClusterOutput>(
  "DescribeCluster",
  input,
  ({ ClusterId }, { state, region, now }) => {
    const cluster = state.get(region, ClusterId);
    const tags = visibleTags(cluster, now - state.settings.listingLagSeconds.tags * 1000);
    return { Cluster: clusterDetail(cluster, state.accountId, now, tags) };
  },
);
