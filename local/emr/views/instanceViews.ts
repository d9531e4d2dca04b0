import type { Instance, InstanceRoleType, InstanceState } from "@aws-sdk/client-emr";
import type { PhaseDurations } from "../clusterEvents";
import { derivedHex } from "../ids";
import { fleetCounts, groupCounts } from "../instances/capacity";
import { ebsBlockDevices } from "../instances/ebs";
import type { ClusterRecord } from "../model";
import type { Wire } from "../wire";
import { epochSeconds } from "../wire";
import { masterPublicDnsName, publicDnsName } from "./ec2Attributes";

interface InstanceOfRole {
  readonly role: InstanceRoleType;
  readonly view: Wire<Instance>;
}

/** All instances of a cluster. They follow from its groups and fleets: only their number is kept. */
export function instanceViews(
  cluster: ClusterRecord,
  now: number,
  durations: PhaseDurations,
): InstanceOfRole[] {
  const groups = cluster.instanceGroups.flatMap((group) => {
    const { config, instanceGroupId } = group;
    const market = config.Market ?? "ON_DEMAND";
    return repeat(groupCounts(group, now, durations.resizing).settled, (index) => ({
      role: config.InstanceRole!,
      view: {
        ...common(cluster, `${instanceGroupId} ${index}`, config.InstanceRole === "MASTER" && index === 0),
        InstanceGroupId: instanceGroupId,
        Market: market,
        InstanceType: config.InstanceType,
        EbsVolumes: volumes(`${instanceGroupId} ${index}`, config.EbsConfiguration),
      },
    }));
  });
  const fleets = cluster.instanceFleets.flatMap((fleet) => {
    const { config, instanceFleetId } = fleet;
    const type = config.InstanceTypeConfigs?.[0];
    const { onDemand, spot } = fleetCounts(fleet, now, durations.resizing);
    return repeat(onDemand + spot, (index) => ({
      role: config.InstanceFleetType!,
      view: {
        ...common(
          cluster,
          `${instanceFleetId} ${index}`,
          config.InstanceFleetType === "MASTER" && index === 0,
        ),
        InstanceFleetId: instanceFleetId,
        Market: index < onDemand ? ("ON_DEMAND" as const) : ("SPOT" as const),
        InstanceType: type?.InstanceType,
        EbsVolumes: volumes(`${instanceFleetId} ${index}`, type?.EbsConfiguration),
      },
    }));
  });
  return [...groups, ...fleets];
}

function repeat<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function common(cluster: ClusterRecord, seed: string, isPrimary: boolean): Wire<Instance> {
  const { createdAt, readyAt, endedAt } = cluster.lifecycle;
  const [a, b] = [2, 4].map((start) => Number.parseInt(derivedHex(seed, 8).slice(start, start + 2), 16));
  const state = instanceState(cluster);
  const publicName = isPrimary ? (masterPublicDnsName(cluster) ?? "") : publicDnsName(cluster, seed);
  return {
    Id: `ci-${derivedHex(`${seed} emr`, 13).toUpperCase()}`,
    Ec2InstanceId: `i-${derivedHex(seed, 17)}`,
    PublicDnsName: publicName,
    PublicIpAddress: /^ec2-([\d-]+)/.exec(publicName)?.[1]?.replaceAll("-", "."),
    PrivateDnsName: `ip-10-0-${a}-${b}.${cluster.region === "us-east-1" ? "ec2" : `${cluster.region}.compute`}.internal`,
    PrivateIpAddress: `10.0.${a}.${b}`,
    Status: {
      State: state,
      StateChangeReason:
        state === "TERMINATED" ? { Code: "CLUSTER_TERMINATED", Message: "Instance was terminated." } : {},
      Timeline: {
        CreationDateTime: epochSeconds(createdAt),
        ReadyDateTime: epochSeconds(readyAt),
        EndDateTime: epochSeconds(endedAt),
      },
    },
  };
}

function instanceState(cluster: ClusterRecord): InstanceState {
  switch (cluster.lifecycle.state) {
    case "STARTING":
      return "PROVISIONING";
    case "BOOTSTRAPPING":
      return "BOOTSTRAPPING";
    case "RUNNING":
    case "WAITING":
    case "TERMINATING":
      return "RUNNING";
    default:
      return "TERMINATED";
  }
}

function volumes(seed: string, configuration: Parameters<typeof ebsBlockDevices>[0]) {
  return ebsBlockDevices(configuration).map(({ Device }) => ({
    Device,
    VolumeId: `vol-${derivedHex(`${seed} ${Device}`, 17)}`,
  }));
}
