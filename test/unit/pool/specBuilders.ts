import type { InstanceFleetConfig, InstanceGroupConfig, RunJobFlowInput } from "@aws-sdk/client-emr";
import type { Candidate } from "../../../provider/pool/candidate";
import { shippedInstanceTypes } from "../../../provider/pool/instanceTypes";
import { candidateOf, plainCluster } from "./poolFixtures";

export const now = new Date("2026-01-01T12:00:00Z");
export const context = { now, instanceTypes: shippedInstanceTypes };

export type Groups = Partial<InstanceGroupConfig>[];
export const withGroups = (groups: Groups): RunJobFlowInput => ({
  ...plainCluster,
  Instances: {
    KeepJobFlowAliveWhenNoSteps: true,
    InstanceGroups: groups.map((group) => ({
      InstanceRole: "MASTER",
      InstanceType: "m5.xlarge",
      InstanceCount: 1,
      ...group,
    })),
  },
});
export const volume = (VolumeType: string, SizeInGB: number, rest = {}) => ({
  EbsConfiguration: { EbsBlockDeviceConfigs: [{ VolumeSpecification: { VolumeType, SizeInGB, ...rest } }] },
});
export const fleet = (rest: Partial<InstanceFleetConfig>, type = {}): RunJobFlowInput => ({
  ...plainCluster,
  Instances: {
    KeepJobFlowAliveWhenNoSteps: true,
    InstanceFleets: [
      {
        InstanceFleetType: "MASTER",
        TargetOnDemandCapacity: 1,
        InstanceTypeConfigs: [{ InstanceType: "m5.xlarge", ...type }],
        ...rest,
      },
    ],
  },
});
export const set = (fields: Partial<RunJobFlowInput>): RunJobFlowInput => ({ ...plainCluster, ...fields });
export const instances = (fields: object): RunJobFlowInput =>
  set({ Instances: { ...plainCluster.Instances, ...fields } });
export const live = (facts: Partial<Candidate["live"]>, cluster = plainCluster) =>
  candidateOf(cluster, facts);
export const traits = (fields: Partial<Candidate["traits"]>): Candidate => {
  const candidate = candidateOf(plainCluster);
  return { ...candidate, traits: { ...candidate.traits, ...fields } };
};
export const unfinished = (number: number) => ({ pending: number, running: 0, unfinished: number });
export const spotTimeout = (action: "TERMINATE_CLUSTER" | "SWITCH_TO_ON_DEMAND") => ({
  LaunchSpecifications: { SpotSpecification: { TimeoutAction: action, TimeoutDurationMinutes: 60 } },
});
export const reservation = (arn: string) => ({
  LaunchSpecifications: {
    OnDemandSpecification: {
      AllocationStrategy: "lowest-price" as const,
      CapacityReservationOptions: { CapacityReservationResourceGroupArn: arn },
    },
  },
});
export const scaling = (maximum: number) =>
  set({
    ManagedScalingPolicy: {
      ComputeLimits: { UnitType: "Instances", MinimumCapacityUnits: 2, MaximumCapacityUnits: maximum },
    },
  });
export const autoScaling = (maximum: number): Groups => [
  {},
  {
    InstanceRole: "CORE",
    AutoScalingPolicy: { Constraints: { MinCapacity: 1, MaxCapacity: maximum }, Rules: [] },
  },
];
