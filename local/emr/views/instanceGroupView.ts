import type { InstanceGroup, InstanceGroupState } from "@aws-sdk/client-emr";
import type { PhaseDurations } from "../clusterEvents";
import { groupCounts } from "../instances/capacity";
import { ebsBlockDevices } from "../instances/ebs";
import type { ClusterRecord, InstanceGroupRecord } from "../model";
import { isActive } from "../model";
import type { Wire } from "../wire";
import { epochSeconds } from "../wire";

/** A group as ListInstanceGroups shows it. */
export function instanceGroupView(
  cluster: ClusterRecord,
  group: InstanceGroupRecord,
  now: number,
  durations: PhaseDurations,
): Wire<InstanceGroup> {
  const { config } = group;
  const counts = groupCounts(group, now, durations.resizing);
  const state = groupState(cluster, counts.isResizing);
  return {
    Id: group.instanceGroupId,
    Name: config.Name ?? config.InstanceRole,
    Market: config.Market ?? (config.BidPrice === undefined ? "ON_DEMAND" : "SPOT"),
    InstanceGroupType: config.InstanceRole,
    BidPrice: config.BidPrice,
    InstanceType: config.InstanceType,
    RequestedInstanceCount: counts.requested,
    RunningInstanceCount: state === "RUNNING" || state === "RESIZING" ? counts.settled : 0,
    Status: {
      State: state,
      StateChangeReason: isActive(cluster)
        ? {}
        : { Code: "CLUSTER_TERMINATED", Message: "Job flow terminated" },
      Timeline: {
        CreationDateTime: epochSeconds(group.createdAt),
        ReadyDateTime: epochSeconds(cluster.lifecycle.readyAt),
        EndDateTime: epochSeconds(cluster.lifecycle.endedAt),
      },
    },
    Configurations: config.Configurations ?? [],
    ConfigurationsVersion: 0,
    LastSuccessfullyAppliedConfigurations: config.Configurations ?? [],
    LastSuccessfullyAppliedConfigurationsVersion: 0,
    EbsBlockDevices: ebsBlockDevices(config.EbsConfiguration),
    EbsOptimized: config.EbsConfiguration?.EbsOptimized ?? false,
    ShrinkPolicy: {},
    AutoScalingPolicy: autoScalingPolicy(config.AutoScalingPolicy),
    CustomAmiId: config.CustomAmiId,
  };
}

function groupState(cluster: ClusterRecord, isResizing: boolean): InstanceGroupState {
  switch (cluster.lifecycle.state) {
    case "STARTING":
      return "PROVISIONING";
    case "BOOTSTRAPPING":
      return "BOOTSTRAPPING";
    case "RUNNING":
    case "WAITING":
      return isResizing ? "RESIZING" : "RUNNING";
    case "TERMINATING":
      return "SHUTTING_DOWN";
    default:
      return "TERMINATED";
  }
}

function autoScalingPolicy(policy: Wire<InstanceGroup>["AutoScalingPolicy"]) {
  return policy === undefined
    ? undefined
    : { Status: { State: "ATTACHED" as const, StateChangeReason: {} }, ...policy };
}
