import { invalidRequest } from "../errors";
import type { ClusterRecord } from "../model";
import { isActive } from "../model";
import type { OperationContext } from "../operation";

/**
 * The cluster, if it may still be changed.
 * @throws EmrError InvalidRequestException: unknown, or ending or ended.
 */
export function modifiable({ state, region }: OperationContext, clusterId: string): ClusterRecord {
  const cluster = state.get(region, clusterId);
  if (!isActive(cluster))
    throw invalidRequest(
      "A job flow that is shutting down, terminated, or finished may not be modified.",
      "ClusterNotModifiable",
    );
  return cluster;
}
