import type { InstanceFleetRecord, InstanceGroupRecord } from "../model";

/** How many instances a group was asked for and has, given how long a resize takes. */
export function groupCounts(group: InstanceGroupRecord, now: number, resizing: number) {
  const requested = group.config.InstanceCount ?? 0;
  const isResizing = now < group.resizedAt + resizing;
  return { requested, settled: isResizing ? group.previousCount : requested, isResizing };
}

/**
 * The capacity a fleet provisions: whole instances of its first type, so weighted capacity may overshoot.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-instance-fleet.html
 */
export function fleetTargets(fleet: InstanceFleetRecord) {
  const onDemand = fleet.config.TargetOnDemandCapacity ?? 0;
  const spot = fleet.config.TargetSpotCapacity ?? 0;
  return {
    instancesOnDemand: instancesFor(fleet, onDemand),
    instancesSpot: instancesFor(fleet, spot),
    provisionedOnDemand: instancesFor(fleet, onDemand) * weight(fleet),
    provisionedSpot: instancesFor(fleet, spot) * weight(fleet),
  };
}

/** Units that one instance of the fleet's first type counts for. */
export function weight(fleet: InstanceFleetRecord): number {
  return fleet.config.InstanceTypeConfigs?.[0]?.WeightedCapacity ?? 1;
}

/** Instances that provide at least `units`. */
export function instancesFor(fleet: InstanceFleetRecord, units: number): number {
  return Math.ceil(units / weight(fleet));
}
