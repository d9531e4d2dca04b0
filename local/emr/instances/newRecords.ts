import type { InstanceFleetConfig, InstanceGroupConfig } from "@aws-sdk/client-emr";
import { emrId } from "../ids";
import type { InstanceFleetRecord, InstanceGroupRecord } from "../model";
import type { Wire } from "../wire";

/** A group that has never been resized: its running count follows the cluster's state. */
export function newGroup(config: Wire<InstanceGroupConfig>, now: number): InstanceGroupRecord {
  return {
    instanceGroupId: emrId("ig"),
    config,
    createdAt: now,
    previousCount: config.InstanceCount ?? 0,
    resizedAt: 0,
  };
}

export function newFleet(config: Wire<InstanceFleetConfig>, now: number): InstanceFleetRecord {
  return {
    instanceFleetId: emrId("if"),
    config,
    createdAt: now,
    previousOnDemand: config.TargetOnDemandCapacity ?? 0,
    previousSpot: config.TargetSpotCapacity ?? 0,
    resizedAt: 0,
  };
}
