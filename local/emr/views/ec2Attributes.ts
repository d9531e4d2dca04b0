import type { Ec2InstanceAttributes } from "@aws-sdk/client-emr";
import { derivedHex } from "../ids";
import type { ClusterRecord } from "../model";
import type { Wire } from "../wire";

/** What EMR says of the machines, with everything it fills in where the request is silent. */
export function ec2Attributes(cluster: ClusterRecord): Wire<Ec2InstanceAttributes> {
  const { Instances: instances, JobFlowRole: jobFlowRole } = cluster.request;
  const { placement } = cluster;
  return {
    Ec2KeyName: instances?.Ec2KeyName,
    Ec2SubnetId: placement.subnetId,
    RequestedEc2SubnetIds: instances?.Ec2SubnetIds ?? (instances?.Ec2SubnetId ? [instances.Ec2SubnetId] : []),
    Ec2AvailabilityZone: placement.availabilityZone,
    RequestedEc2AvailabilityZones: instances?.Placement?.AvailabilityZones ?? [],
    IamInstanceProfile: jobFlowRole,
    EmrManagedMasterSecurityGroup: placement.managedMasterSecurityGroup,
    EmrManagedSlaveSecurityGroup: placement.managedSlaveSecurityGroup,
    ServiceAccessSecurityGroup: instances?.ServiceAccessSecurityGroup,
    AdditionalMasterSecurityGroups: instances?.AdditionalMasterSecurityGroups ?? [],
    AdditionalSlaveSecurityGroups: instances?.AdditionalSlaveSecurityGroups ?? [],
  };
}

/** Known once the primary node runs. */
export function masterPublicDnsName(cluster: ClusterRecord): string | undefined {
  return cluster.lifecycle.state === "STARTING" ? undefined : publicDnsName(cluster, cluster.clusterId);
}

/** A name for an instance; its address is of a block that is reserved for documentation (RFC 5737). */
export function publicDnsName(cluster: ClusterRecord, seed: string): string {
  const host = 1 + (Number.parseInt(derivedHex(seed, 4), 16) % 254);
  const domain = cluster.region === "us-east-1" ? "compute-1" : `${cluster.region}.compute`;
  return `ec2-203-0-113-${host}.${domain}.amazonaws.com`;
}
