import type { ClusterSpec } from "../args";
import { PooledEmrError } from "../errors";

/**
 * The user's fields over the defaults; of `instances` each field by itself; tags of both.
 *
 * @throws PooledEmrError INVALID_INPUT for several subnets and no fleets
 */
export function mergeCluster(
  defaults: ClusterSpec,
  own: ClusterSpec = {} as ClusterSpec,
  subnetIds: readonly string[] = [],
): ClusterSpec {
  const instances = { ...defaults.instances, ...own.instances };
  // EMR takes groups or fleets, not both.
  if (own.instances?.instanceFleets && !own.instances.instanceGroups) delete instances.instanceGroups;
  if (instances.ec2SubnetId === undefined && instances.ec2SubnetIds === undefined)
    Object.assign(instances, subnetFields(subnetIds, instances.instanceFleets !== undefined));
  const ownKeys = new Set(own.tags?.map(({ key }) => key));
  const tags = [...(defaults.tags ?? []).filter(({ key }) => !ownKeys.has(key)), ...(own.tags ?? [])];
  return { ...defaults, ...own, instances, tags };
}

/** Fleets choose among subnets, groups run in one: https://docs.aws.amazon.com/emr/latest/APIReference/API_JobFlowInstancesConfig.html */
function subnetFields(
  subnetIds: readonly string[],
  hasFleets: boolean,
): Pick<NonNullable<ClusterSpec["instances"]>, "ec2SubnetId" | "ec2SubnetIds"> {
  if (subnetIds.length === 0) return {};
  if (hasFleets) return { ec2SubnetIds: [...subnetIds] };
  if (subnetIds.length === 1) return { ec2SubnetId: subnetIds[0] };
  throw new PooledEmrError("INVALID_INPUT", {
    subject: "EmrPool.subnetIds",
    problem: "has several subnets, and the clusters are of instance groups, which run in one",
    got: subnetIds,
    allowed: "one subnet, or several with cluster.instances.instanceFleets",
    fix: "Name one subnet, or give the clusters instance fleets",
  });
}
