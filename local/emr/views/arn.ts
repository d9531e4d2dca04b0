import type { ClusterRecord } from "../model";

/** `arn:aws:elasticmapreduce:<region>:<account>:cluster/<id>` */
export function clusterArn(cluster: Pick<ClusterRecord, "region" | "clusterId">, accountId: string): string {
  return `arn:aws:elasticmapreduce:${cluster.region}:${accountId}:cluster/${cluster.clusterId}`;
}
