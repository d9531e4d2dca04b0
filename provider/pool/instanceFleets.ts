import type { InstanceFleet, InstanceFleetConfig } from "@aws-sdk/client-emr";
import { canonicalConfigurations } from "./configurations";
import { type EbsTraits, requestedEbs, volume } from "./instanceGroups";

/** One instance type of a fleet. */
export interface FleetTypeTraits extends EbsTraits {
  readonly type: string;
  /** Units of capacity an instance counts for; absent counts as 1. (R31) */
  readonly weight: number;
  readonly bidPrice?: string;
  /** Percent of the on-demand price; 100 where neither form of bid is given. (R36) */
  readonly bidPercentage?: number;
  readonly configurations: string;
  /** Its own, else the cluster's. (R7) */
  readonly customAmi?: string;
}

/** One instance fleet: what is asked for, or what is there. Capacities in the fleet's units. */
export interface InstanceFleetTraits {
  readonly role: string;
  readonly onDemand: number;
  readonly spot: number;
  /** Capacity there is; the same as the target where nothing is known of the moment. (R32, R33) */
  readonly provisionedOnDemand: number;
  readonly provisionedSpot: number;
  readonly types: readonly FleetTypeTraits[];
  /** What happens if spot capacity can't be had in time, and after how many minutes. (R35) */
  readonly spotTimeoutAction?: string;
  readonly spotTimeoutMinutes?: number;
  readonly reservationArn?: string;
}

/** The fleets EMR lists, without those that are gone for good. */
export function describedFleets(
  fleets: readonly InstanceFleet[] | undefined,
  clusterAmi?: string,
): InstanceFleetTraits[] {
  return (fleets ?? [])
    .filter((fleet) => fleet.Status?.State !== "TERMINATED")
    .map((fleet) => ({
      role: fleet.InstanceFleetType ?? "",
      onDemand: fleet.TargetOnDemandCapacity ?? 0,
      spot: fleet.TargetSpotCapacity ?? 0,
      provisionedOnDemand: fleet.ProvisionedOnDemandCapacity ?? 0,
      provisionedSpot: fleet.ProvisionedSpotCapacity ?? 0,
      types: (fleet.InstanceTypeSpecifications ?? []).map((type) => ({
        type: type.InstanceType ?? "",
        weight: type.WeightedCapacity ?? 1,
        ...bid(type.BidPrice, type.BidPriceAsPercentageOfOnDemandPrice),
        optimized: type.EbsOptimized === true,
        volumes: (type.EbsBlockDevices ?? []).map((device) => volume(device.VolumeSpecification)),
        configurations: canonicalConfigurations(type.Configurations),
        customAmi: type.CustomAmiId || clusterAmi,
      })),
      ...launchSpecifications(fleet.LaunchSpecifications),
    }));
}

/** The fleets a request asks for; `null` for what is not a list of fleets. */
export function requestedFleets(fleets: unknown, clusterAmi?: string): InstanceFleetTraits[] | null {
  if (fleets === undefined || fleets === null) return [];
  if (!Array.isArray(fleets)) return null;
  const result: InstanceFleetTraits[] = [];
  for (const item of fleets as (InstanceFleetConfig | null | undefined)[]) {
    if (item === null || typeof item !== "object" || typeof item.InstanceFleetType !== "string") return null;
    const onDemand = item.TargetOnDemandCapacity ?? 0;
    const spot = item.TargetSpotCapacity ?? 0;
    result.push({
      role: item.InstanceFleetType,
      onDemand,
      spot,
      provisionedOnDemand: onDemand,
      provisionedSpot: spot,
      types: (item.InstanceTypeConfigs ?? []).map((type) => ({
        type: type.InstanceType ?? "",
        weight: type.WeightedCapacity ?? 1,
        ...bid(type.BidPrice, type.BidPriceAsPercentageOfOnDemandPrice),
        ...requestedEbs(type.EbsConfiguration),
        configurations: canonicalConfigurations(type.Configurations),
        customAmi: type.CustomAmiId || clusterAmi,
      })),
      ...launchSpecifications(item.LaunchSpecifications),
    });
  }
  return result;
}

/** A price and a percentage are never both given; neither means 100 % of the on-demand price. */
function bid(price: string | undefined, percentage: number | undefined) {
  return price ? { bidPrice: price } : { bidPercentage: percentage ?? 100 };
}

function launchSpecifications(specifications: InstanceFleet["LaunchSpecifications"]) {
  return {
    spotTimeoutAction: specifications?.SpotSpecification?.TimeoutAction,
    spotTimeoutMinutes: specifications?.SpotSpecification?.TimeoutDurationMinutes,
    reservationArn:
      specifications?.OnDemandSpecification?.CapacityReservationOptions?.CapacityReservationResourceGroupArn,
  };
}
