import type { ClusterSpec } from "../args";
import type { LaunchRecord } from "../lease/types";
import { canonicalJson } from "../pool/canonicalJson";

/**
 * The parts of a cluster's spec that EMR changes on a running cluster; everything else is decided at launch.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-resize.html
 */
export interface InPlace {
  /** By role, or by name where several groups have one role. */
  readonly groupSizes: Readonly<Record<string, number>>;
  readonly fleetTargets: Readonly<Record<string, { onDemand?: number; spot?: number }>>;
  readonly managedScalingPolicy?: ClusterSpec["managedScalingPolicy"];
  readonly idleTimeout?: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtected: boolean;
}

/** Seconds: EMR's longest. A cluster that is kept has a bound too, for the day its stack is forgotten. */
export const longestIdleTimeout = 604_800;

/** Key of an instance group in {@link InPlace.groupSizes}. */
export function groupKey(group: { role?: string; name?: string }): string {
  return group.role === "TASK" && group.name ? `TASK ${group.name}` : (group.role ?? "");
}

/** What of the spec can be changed in place, in one form. */
export function inPlaceOf(cluster: ClusterSpec): InPlace {
  const instances = cluster.instances;
  return {
    groupSizes: Object.fromEntries(
      (instances?.instanceGroups ?? []).map((group) => [
        groupKey({ role: group.instanceRole, name: group.name }),
        group.instanceCount ?? 0,
      ]),
    ),
    fleetTargets: Object.fromEntries(
      (instances?.instanceFleets ?? []).map((fleet) => [
        fleet.instanceFleetType ?? "",
        { onDemand: fleet.targetOnDemandCapacity, spot: fleet.targetSpotCapacity },
      ]),
    ),
    managedScalingPolicy: cluster.managedScalingPolicy,
    idleTimeout: cluster.autoTerminationPolicy?.idleTimeout ?? longestIdleTimeout,
    tags: Object.fromEntries((cluster.tags ?? []).map(({ key, value }) => [key ?? "", value ?? ""])),
    terminationProtected: instances?.terminationProtected ?? false,
  };
}

/** True if going from one spec to the other needs another cluster. */
export function needsReplacement(before: ClusterSpec, after: ClusterSpec): boolean {
  return canonicalJson(fixedPart(before)) !== canonicalJson(fixedPart(after));
}

function fixedPart(cluster: ClusterSpec): unknown {
  const { managedScalingPolicy, autoTerminationPolicy, tags, instances, ...fixed } = cluster;
  const { terminationProtected, instanceGroups, instanceFleets, ...fixedInstances } = instances ?? {};
  return {
    ...fixed,
    instances: {
      ...fixedInstances,
      instanceGroups: instanceGroups?.map(({ instanceCount, ...group }) => group),
      instanceFleets: instanceFleets?.map(
        ({ targetOnDemandCapacity, targetSpotCapacity, ...fleet }) => fleet,
      ),
    },
  };
}

/**
 * The record of a running cluster's launch with the in-place parts of a newer one. Everything else, the fingerprint
 * above all, stays as launched: a newer version of this package may write it otherwise.
 */
export function withInPlace(launched: LaunchRecord, now: LaunchRecord): LaunchRecord {
  const { ManagedScalingPolicy, AutoTerminationPolicy, Tags, Instances } = now.request;
  const { TerminationProtected, InstanceGroups, InstanceFleets } = Instances ?? {};
  return {
    ...launched,
    request: {
      ...launched.request,
      ...{ ManagedScalingPolicy, AutoTerminationPolicy, Tags },
      Instances: { ...launched.request.Instances, TerminationProtected, InstanceGroups, InstanceFleets },
    },
  };
}
