import type { ComputeLimits, RunJobFlowInput } from "@aws-sdk/client-emr";
import { describe, expect, it } from "vitest";
import type { Candidate, PoolRequest } from "../../../provider/pool/candidate";
import { decide } from "../../../provider/pool/decide";
import { candidateOf, plainCluster, poolRequest } from "./poolFixtures";
import { autoScaling, context, fleet, instances, live, now, scaling, set, withGroups } from "./specBuilders";

describe("what is satisfied", () => {
  const twoTask = (first: string, second: string, spot = false): RunJobFlowInput =>
    withGroups([
      {},
      { InstanceRole: "CORE" },
      { InstanceRole: "TASK", InstanceType: first, InstanceCount: 2, ...(spot && { Market: "SPOT" }) },
      { InstanceRole: "TASK", InstanceType: second, InstanceCount: 2 },
    ]);
  const volumes = (...sizes: number[]) => ({
    EbsConfiguration: {
      EbsBlockDeviceConfigs: sizes.map((SizeInGB) => ({
        VolumeSpecification: { VolumeType: "gp3", SizeInGB },
      })),
    },
  });
  const coreAndTask = withGroups([
    {},
    { InstanceRole: "CORE", InstanceType: "m5.2xlarge", InstanceCount: 2 },
    { InstanceRole: "TASK", InstanceType: "m5.xlarge", InstanceCount: 2 },
  ]);
  const spotAndOnDemand = withGroups([
    {},
    { InstanceRole: "CORE" },
    { InstanceRole: "TASK", Market: "SPOT", InstanceCount: 4 },
    { InstanceRole: "TASK", InstanceType: "m5.4xlarge" },
  ]);
  const files = (folder: string) => ({ [`${folder}/a.sh`]: "1", [`${folder}/b.tgz`]: "2" });
  const bootstrap = (folder: string, alias = "#data") =>
    set({
      BootstrapActions: [
        {
          Name: "b",
          ScriptBootstrapAction: {
            Path: `${folder}/a.sh`,
            Args: [`--x=${folder}/b.tgz${alias}`, `${folder}/a.sh,${folder}/b.tgz`],
          },
        },
      ],
    });
  const uploadedTo = (folder: string): Candidate => {
    const candidate = candidateOf(bootstrap(folder));
    return { ...candidate, traits: { ...candidate.traits, uploadedFiles: files(folder) } };
  };
  const coreFleet: RunJobFlowInput = {
    ...plainCluster,
    Instances: {
      InstanceFleets: (["MASTER", "CORE"] as const).map((InstanceFleetType) => ({
        InstanceFleetType,
        TargetOnDemandCapacity: 2,
        InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
      })),
    },
  };
  const instanceLimit = (MaximumCapacityUnits: number): ComputeLimits => ({
    UnitType: "Instances",
    MinimumCapacityUnits: 1,
    MaximumCapacityUnits,
  });
  const managed = (cluster: RunJobFlowInput, ComputeLimits: ComputeLimits): Candidate =>
    candidateOf({ ...cluster, ManagedScalingPolicy: { ComputeLimits } });

  it.each<[string, PoolRequest, Candidate, boolean]>([
    [
      "roles by name and by ARN",
      poolRequest(set({ ServiceRole: "arn:aws:iam::1:role/EMR_DefaultRole" })),
      candidateOf(plainCluster),
      true,
    ],
    [
      "security groups in another order",
      poolRequest(instances({ AdditionalMasterSecurityGroups: ["b", "a"] })),
      candidateOf(instances({ AdditionalMasterSecurityGroups: ["a", "b"] })),
      true,
    ],
    ["a key pair nobody asked for", poolRequest(), candidateOf(instances({ Ec2KeyName: "b" })), true],
    [
      "volumes that fit only crosswise",
      poolRequest(withGroups([volumes(100, 10)])),
      candidateOf(withGroups([volumes(10, 100)])),
      true,
    ],
    [
      "one volume for two",
      poolRequest(withGroups([volumes(10, 10)])),
      candidateOf(withGroups([volumes(100)])),
      false,
    ],
    [
      "two task groups in another order",
      poolRequest(twoTask("m5.xlarge", "r5.xlarge")),
      candidateOf(twoTask("r5.xlarge", "m5.xlarge")),
      true,
    ],
    [
      "compute of the wrong one of two groups",
      poolRequest(twoTask("m5.xlarge", "r5.4xlarge")),
      candidateOf(twoTask("m5.4xlarge", "m5.4xlarge")),
      false,
    ],
    [
      "two groups, one of them spot",
      poolRequest(twoTask("m5.xlarge", "m5.xlarge")),
      candidateOf(twoTask("m5.xlarge", "m5.xlarge", true)),
      false,
    ],
    [
      "a starting cluster with joinStarting",
      poolRequest(plainCluster, { joinStarting: true }),
      live({ state: "BOOTSTRAPPING" }),
      true,
    ],
    ["X4 with a second more", poolRequest(), live({ lastActivity: now.getTime() - 539_000 }), true],
    [
      "a lock that has just expired",
      poolRequest(),
      live({ lock: { owner: "other", expiresAt: now.getTime() } }),
      true,
    ],
    [
      "managed scaling: limits count",
      poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceCount: 9 }])),
      candidateOf(scaling(9)),
      true,
    ],
    [
      "managed scaling: limits too low",
      poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceCount: 10 }])),
      candidateOf(scaling(9)),
      false,
    ],
    [
      "managed scaling: a type of unknown size that is scaled in",
      poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceType: "new.type", InstanceCount: 4 }])),
      managed(
        withGroups([{}, { InstanceRole: "CORE", InstanceType: "new.type", InstanceCount: 1 }]),
        instanceLimit(4),
      ),
      true,
    ],
    [
      "managed scaling: a type of unknown size beyond the limit",
      poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceType: "new.type", InstanceCount: 5 }])),
      managed(
        withGroups([{}, { InstanceRole: "CORE", InstanceType: "new.type", InstanceCount: 1 }]),
        instanceLimit(4),
      ),
      false,
    ],
    [
      "managed scaling: other types in CORE and TASK, each counted as what it is",
      poolRequest(coreAndTask),
      managed(coreAndTask, instanceLimit(4)),
      true,
    ],
    [
      "managed scaling: one instance too few for CORE and TASK",
      poolRequest(coreAndTask),
      managed(coreAndTask, instanceLimit(3)),
      false,
    ],
    [
      "managed scaling: spot asked for, only on-demand there, whose limit is lower",
      poolRequest(withGroups([{}, { InstanceRole: "CORE", Market: "SPOT", InstanceCount: 4 }])),
      managed(withGroups([{}, { InstanceRole: "CORE" }]), {
        ...instanceLimit(9),
        MaximumOnDemandCapacityUnits: 2,
      }),
      false,
    ],
    [
      "managed scaling: spot is held by spot, where the limit on demand leaves no room",
      poolRequest(spotAndOnDemand),
      managed(spotAndOnDemand, { ...instanceLimit(6), MaximumOnDemandCapacityUnits: 2 }),
      true,
    ],
    [
      "managed scaling: a request beyond its own limits, in the cluster launched for it",
      poolRequest({ ...coreAndTask, ManagedScalingPolicy: { ComputeLimits: instanceLimit(2) } }),
      managed(coreAndTask, instanceLimit(2)),
      true,
    ],
    [
      "managed scaling: a request beyond its own limits, in a cluster of smaller machines",
      poolRequest({ ...coreAndTask, ManagedScalingPolicy: { ComputeLimits: instanceLimit(2) } }),
      managed(
        withGroups([
          {},
          { InstanceRole: "CORE", InstanceType: "r5.xlarge" },
          { InstanceRole: "TASK", InstanceType: "r5.xlarge" },
        ]),
        instanceLimit(2),
      ),
      false,
    ],
    [
      "managed scaling and a YARN minimum: sizes are not compared",
      poolRequest(coreAndTask, { minAvailableMB: 1 }),
      { ...managed(coreAndTask, instanceLimit(1)), live: live({ yarn: { availableMB: 1 } }).live },
      true,
    ],
    [
      "managed scaling of fleets: core limit too low",
      poolRequest(coreFleet),
      managed(coreFleet, {
        ...instanceLimit(9),
        UnitType: "InstanceFleetUnits",
        MaximumCoreCapacityUnits: 1,
      }),
      false,
    ],
    [
      "automatic scaling: only instances that run count",
      poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceCount: 4 }])),
      candidateOf(withGroups(autoScaling(10))),
      false,
    ],
    [
      "a fleet that covers spot by on-demand",
      poolRequest(fleet({ TargetSpotCapacity: 1 })),
      candidateOf(fleet({ TargetOnDemandCapacity: 2 })),
      true,
    ],
    [
      "uploaded files that lie elsewhere, alone, in options, with an alias and in a list",
      poolRequest(bootstrap("s3://mine/dt=1"), { uploadedFiles: files("s3://mine/dt=1") }),
      uploadedTo("s3://theirs"),
      true,
    ],
    [
      "an alias that differs",
      poolRequest(bootstrap("s3://mine", "#other"), { uploadedFiles: files("s3://mine") }),
      uploadedTo("s3://theirs"),
      false,
    ],
    [
      "a path that only starts like an uploaded file's",
      poolRequest(bootstrap("s3://mine", ".old"), { uploadedFiles: files("s3://mine") }),
      uploadedTo("s3://theirs"),
      false,
    ],
    [
      "groups that are no list",
      poolRequest(instances({ InstanceGroups: "x" })),
      candidateOf(plainCluster),
      false,
    ],
  ])("%s", (_, asked, candidate, satisfied) => {
    const { verdicts } = decide(asked, [candidate], context);
    expect(verdicts[0]!.joinable, JSON.stringify(verdicts[0]!.refused)).toBe(satisfied);
  });
});
