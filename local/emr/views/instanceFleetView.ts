import type { InstanceFleet, InstanceFleetState } from "@aws-sdk/client-emr";
import type { PhaseDurations } from "../clusterEvents";
import { fleetCounts, weight } from "../instances/capacity";
import { ebsBlockDevices } from "../instances/ebs";
import type { ClusterRecord, InstanceFleetRecord } from "../model";
import { isActive } from "../model";
import type { Wire } from "../wire";
import { epochSeconds } from "../wire";

/** A fleet as ListInstanceFleets shows it. */
export function instanceFleetView(
  cluster: ClusterRecord,
  fleet: InstanceFleetRecord,
  now: number,
  durations: PhaseDurations,
): Wire<InstanceFleet> {
  const { config } = fleet;
  const { state: clusterState, readyAt, endedAt } = cluster.lifecycle;
  const counts = fleetCounts(fleet, now, durations.resizing);
  const isUp = clusterState === "RUNNING" || clusterState === "WAITING";
  return {
    Id: fleet.instanceFleetId,
    Name: config.Name,
    Status: {
      State: isUp ? (counts.isResizing ? "RESIZING" : "RUNNING") : fleetState(clusterState),
      StateChangeReason: isActive(cluster)
        ? {}
        : { Code: "CLUSTER_TERMINATED", Message: "Cluster terminated" },
      Timeline: {
        CreationDateTime: epochSeconds(fleet.createdAt),
        ReadyDateTime: epochSeconds(readyAt),
        EndDateTime: epochSeconds(endedAt),
      },
    },
    InstanceFleetType: config.InstanceFleetType,
    TargetOnDemandCapacity: config.TargetOnDemandCapacity ?? 0,
    TargetSpotCapacity: config.TargetSpotCapacity ?? 0,
    ProvisionedOnDemandCapacity: isUp ? counts.onDemand * weight(fleet) : 0,
    ProvisionedSpotCapacity: isUp ? counts.spot * weight(fleet) : 0,
    InstanceTypeSpecifications: (config.InstanceTypeConfigs ?? []).map((type) => ({
      InstanceType: type.InstanceType,
      WeightedCapacity: type.WeightedCapacity ?? 1,
      BidPrice: type.BidPrice,
      BidPriceAsPercentageOfOnDemandPrice: type.BidPriceAsPercentageOfOnDemandPrice,
      Configurations: type.Configurations ?? [],
      EbsBlockDevices: ebsBlockDevices(type.EbsConfiguration),
      EbsOptimized: type.EbsConfiguration?.EbsOptimized ?? false,
      CustomAmiId: type.CustomAmiId,
      Priority: type.Priority,
    })),
    LaunchSpecifications: config.LaunchSpecifications,
    ResizeSpecifications: config.ResizeSpecifications,
    Context: config.Context,
  };
}

function fleetState(clusterState: string): InstanceFleetState {
  switch (clusterState) {
    case "STARTING":
      return "PROVISIONING";
    case "BOOTSTRAPPING":
      return "BOOTSTRAPPING";
    default:
      return "TERMINATED";
  }
}
