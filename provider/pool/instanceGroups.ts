import type {
  EbsConfiguration,
  InstanceGroup,
  InstanceGroupConfig,
  VolumeSpecification,
} from "@aws-sdk/client-emr";
import { canonicalConfigurations } from "./configurations";

/** One EBS volume of an instance. Absent figures count as 0. (R29) */
export interface VolumeTraits {
  readonly type: string;
  readonly sizeGiB: number;
  readonly iops: number;
  readonly throughput: number;
}

/** Storage of the instances of a group, or of one type of a fleet. (R28, R29, R34) */
export interface EbsTraits {
  readonly optimized: boolean;
  readonly volumes: readonly VolumeTraits[];
}

/** One instance group: what is asked for, or what is there. */
export interface InstanceGroupTraits extends EbsTraits {
  readonly role: string;
  readonly type: string;
  /** Instances asked for. NaN where the request has no whole number. */
  readonly count: number;
  /** Instances that run; the same as `count` where nothing is known of the moment. (R25) */
  readonly running: number;
  readonly spot: boolean;
  /** Absent: up to the on-demand price. (R23) */
  readonly bidPrice?: string;
  readonly configurations: string;
  /** Its own, else the cluster's. (R7) */
  readonly customAmi?: string;
  /** `MaxCapacity` of its automatic scaling policy. (X8) */
  readonly scalingMaximum?: number;
}

const gone = new Set(["TERMINATED", "ENDED"]);

/** The groups EMR lists, without those that are gone for good (a removed task group stays in the listing). */
export function describedGroups(
  groups: readonly InstanceGroup[] | undefined,
  clusterAmi?: string,
): InstanceGroupTraits[] {
  return (groups ?? [])
    .filter((group) => !gone.has(group.Status?.State ?? ""))
    .map((group) => ({
      role: group.InstanceGroupType ?? "",
      type: group.InstanceType ?? "",
      count: group.RequestedInstanceCount ?? 0,
      running: group.RunningInstanceCount ?? 0,
      spot: group.Market === "SPOT",
      bidPrice: group.BidPrice || undefined,
      optimized: group.EbsOptimized === true,
      volumes: (group.EbsBlockDevices ?? []).map((device) => volume(device.VolumeSpecification)),
      configurations: canonicalConfigurations(group.Configurations),
      customAmi: group.CustomAmiId || clusterAmi,
      scalingMaximum: group.AutoScalingPolicy?.Constraints?.MaxCapacity,
    }));
}

/** The groups a request asks for. Nothing is assumed of its form: `null` for what is not a list of groups. */
export function requestedGroups(groups: unknown, clusterAmi?: string): InstanceGroupTraits[] | null {
  if (groups === undefined || groups === null) return [];
  if (!Array.isArray(groups)) return null;
  const result: InstanceGroupTraits[] = [];
  for (const item of groups as (InstanceGroupConfig | null | undefined)[]) {
    if (item === null || typeof item !== "object" || typeof item.InstanceRole !== "string") return null;
    const { InstanceCount: asked } = item;
    const count = asked !== undefined && Number.isInteger(asked) && asked >= 0 ? asked : Number.NaN;
    result.push({
      role: item.InstanceRole,
      type: item.InstanceType ?? "",
      count,
      running: count,
      spot: item.Market === "SPOT",
      bidPrice: item.BidPrice || undefined,
      ...requestedEbs(item.EbsConfiguration),
      configurations: canonicalConfigurations(item.Configurations),
      customAmi: item.CustomAmiId || clusterAmi,
      scalingMaximum: item.AutoScalingPolicy?.Constraints?.MaxCapacity,
    });
  }
  return result;
}

/** One entry a volume: `VolumesPerInstance` (default 1) of each. */
export function requestedEbs(configuration: EbsConfiguration | null | undefined): EbsTraits {
  return {
    optimized: configuration?.EbsOptimized === true,
    volumes: (configuration?.EbsBlockDeviceConfigs ?? []).flatMap((device) =>
      Array.from({ length: device.VolumesPerInstance ?? 1 }, () => volume(device.VolumeSpecification)),
    ),
  };
}

/** One volume by EMR's specification of it. */
export function volume(specification: VolumeSpecification | undefined): VolumeTraits {
  return {
    type: specification?.VolumeType ?? "",
    sizeGiB: specification?.SizeInGB ?? 0,
    iops: specification?.Iops ?? 0,
    throughput: specification?.Throughput ?? 0,
  };
}
