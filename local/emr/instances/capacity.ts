import type { InstanceFleetRecord, InstanceGroupRecord } from "../model";

/** How many instances a group was asked for and has, given how long a resize takes. */
export function groupCounts(group: InstanceGroupRecord, now: number, resizing: number) {
  const requested = group.config.InstanceCount ?? 0;
  const isResizing = now < group.resizedAt + resizing;
  return { requested, settled: isResizing ? group.previousCount : requested, isResizing };
}

/**
 * How many instances of each market a fleet has: whole instances of its first type, so that weighted capacity may
 * overshoot. https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-instance-fleet.html
 */
export function fleetCounts(fleet: InstanceFleetRecord, now: number, resizing: number) {
  const isResizing = now < fleet.resizedAt + resizing;
  const onDemand = isResizing ? fleet.previousOnDemand : (fleet.config.TargetOnDemandCapacity ?? 0);
  const spot = isResizing ? fleet.previousSpot : (fleet.config.TargetSpotCapacity ?? 0);
  return {
    onDemand: Math.ceil(onDemand / weight(fleet)),
    spot: Math.ceil(spot / weight(fleet)),
    isResizing,
  };
}

/** Units that one instance of the fleet's first type counts for. */
export function weight(fleet: InstanceFleetRecord): number {
  return fleet.config.InstanceTypeConfigs?.[0]?.WeightedCapacity || 1;
}
