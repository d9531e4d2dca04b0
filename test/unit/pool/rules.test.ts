import type { InstanceFleetConfig, InstanceGroupConfig, RunJobFlowInput } from "@aws-sdk/client-emr";
import { describe, expect, it } from "vitest";
import type { Candidate, PoolRequest } from "../../../provider/pool/candidate";
import { decide, refusals } from "../../../provider/pool/decide";
import { shippedInstanceTypes } from "../../../provider/pool/instanceTypes";
import { rules } from "../../../provider/pool/rules";
import { candidateOf, plainCluster, poolRequest } from "./poolFixtures";

const now = new Date("2026-01-01T12:00:00Z");
const context = { now, instanceTypes: shippedInstanceTypes };

type Groups = Partial<InstanceGroupConfig>[];
const withGroups = (groups: Groups): RunJobFlowInput => ({
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
const volume = (VolumeType: string, SizeInGB: number, rest = {}) => ({
  EbsConfiguration: { EbsBlockDeviceConfigs: [{ VolumeSpecification: { VolumeType, SizeInGB, ...rest } }] },
});
const fleet = (rest: Partial<InstanceFleetConfig>, type = {}): RunJobFlowInput => ({
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
const set = (fields: Partial<RunJobFlowInput>): RunJobFlowInput => ({ ...plainCluster, ...fields });
const instances = (fields: object): RunJobFlowInput =>
  set({ Instances: { ...plainCluster.Instances, ...fields } });
const live = (facts: Partial<Candidate["live"]>, cluster = plainCluster) => candidateOf(cluster, facts);
const traits = (fields: Partial<Candidate["traits"]>): Candidate => {
  const candidate = candidateOf(plainCluster);
  return { ...candidate, traits: { ...candidate.traits, ...fields } };
};
const unfinished = (number: number) => ({ pending: number, running: 0, unfinished: number });
const spotTimeout = (action: "TERMINATE_CLUSTER" | "SWITCH_TO_ON_DEMAND") => ({
  LaunchSpecifications: { SpotSpecification: { TimeoutAction: action, TimeoutDurationMinutes: 60 } },
});
const reservation = (arn: string) => ({
  LaunchSpecifications: {
    OnDemandSpecification: {
      AllocationStrategy: "lowest-price" as const,
      CapacityReservationOptions: { CapacityReservationResourceGroupArn: arn },
    },
  },
});
const scaling = (maximum: number) =>
  set({
    ManagedScalingPolicy: {
      ComputeLimits: { UnitType: "Instances", MinimumCapacityUnits: 2, MaximumCapacityUnits: maximum },
    },
  });
const autoScaling = (maximum: number): Groups => [
  {},
  {
    InstanceRole: "CORE",
    AutoScalingPolicy: { Constraints: { MinCapacity: 1, MaxCapacity: maximum }, Rules: [] },
  },
];

/** Each rule with a candidate that fails it and nothing else, and what the reason must say. */
const only: [rule: string, asked: PoolRequest, candidate: Candidate, reason: string][] = [
  ["R1", poolRequest(), { ...candidateOf(plainCluster), pool: "other" }, "pool: other, asked etl"],
  ["R1", poolRequest(), { ...candidateOf(plainCluster), pool: null }, "pool: none, asked etl"],
  ["R2", poolRequest(), live({ state: "STARTING" }), "state: STARTING, asked WAITING"],
  ["R2", poolRequest(), live({ state: "TERMINATING" }), "state: TERMINATING, asked WAITING"],
  ["R3", poolRequest(), traits({ autoTerminate: true }), "AutoTerminate: true"],
  ["R6", poolRequest(), candidateOf(set({ ReleaseLabel: "emr-7.4.0" })), "emr-7.4.0, asked emr-7.5.0"],
  ["R7", poolRequest(), traits({ customAmi: "ami-1" }), "CustomAmiId: ami-1, asked none"],
  ["R8", poolRequest(), candidateOf(set({ Applications: [{ Name: "Hive" }] })), "hive, asked spark"],
  [
    "R9",
    poolRequest(set({ Configurations: [{ Classification: "a", Properties: { p: "1" } }] })),
    candidateOf(set({ Configurations: [{ Classification: "a", Properties: { p: "2" } }] })),
    "a p: 2, asked 1",
  ],
  [
    "R10",
    poolRequest(),
    candidateOf(set({ BootstrapActions: [{ Name: "b", ScriptBootstrapAction: { Path: "s3://b/x.sh" } }] })),
    "s3://b/x.sh, asked none",
  ],
  [
    "R11",
    poolRequest(plainCluster, { uploadedFiles: { "s3://b/f": "1" } }),
    traits({ uploadedFiles: { "s3://c/f": "2" } }),
    "bootstrap files: f (sha256",
  ],
  [
    "R11",
    poolRequest(set({ BootstrapActions: [{ Name: "b", ScriptBootstrapAction: { Path: "s3://b/x.sh" } }] }), {
      bootstrapDigests: { "s3://b/x.sh": "new" },
    }),
    traits({
      bootstrapActions: [{ path: "s3://b/x.sh", args: [] }],
      bootstrapDigests: { "s3://b/x.sh": "old" },
    }),
    "old when the cluster was launched, asked new",
  ],
  [
    "R12",
    poolRequest(set({ AdditionalInfo: '{"a":1}' })),
    candidateOf(set({ AdditionalInfo: '{"a":2}' })),
    '{"a":2}, asked {"a":1}',
  ],
  ["R13", poolRequest(fleet({})), candidateOf(plainCluster), "INSTANCE_GROUP, asked INSTANCE_FLEET"],
  [
    "R14",
    poolRequest(instances({ Ec2KeyName: "a" })),
    candidateOf(instances({ Ec2KeyName: "b" })),
    "b, asked a",
  ],
  [
    "R15",
    poolRequest(instances({ Ec2SubnetIds: ["s-1", "s-2"] })),
    candidateOf(instances({ Ec2SubnetId: "s-3" })),
    "s-3, asked s-1 or s-2",
  ],
  ["R15", poolRequest(), candidateOf(instances({ Ec2SubnetId: "s-3" })), "s-3, asked none"],
  [
    "R16",
    poolRequest(set({ EbsRootVolumeSize: 50 })),
    candidateOf(set({ EbsRootVolumeSize: 40 })),
    "40 GiB < 50 GiB asked",
  ],
  ["R16", poolRequest(), candidateOf(set({ EbsRootVolumeSize: 40 })), "40, asked none"],
  ["R17", poolRequest(), candidateOf(set({ StepConcurrencyLevel: 2 })), "2 > 1 accepted"],
  [
    "R18",
    poolRequest(plainCluster, { maxConcurrentSteps: 2 }),
    live(
      { state: "RUNNING", steps: { pending: 1, running: 1, unfinished: 2 } },
      set({ StepConcurrencyLevel: 2 }),
    ),
    "2 pending or running",
  ],
  ["R18", poolRequest(), live({ slots: { total: 1, taken: 1 } }), "0 of 1 free < 1 needed"],
  [
    "R19",
    poolRequest(plainCluster, { stepsToAdd: 2 }),
    live({ stepsTotal: 999 }),
    "999 on the cluster + 2 > 1000",
  ],
  [
    "R20",
    poolRequest(plainCluster, { maxConcurrentSteps: 3 }),
    live({ steps: unfinished(1) }, set({ StepConcurrencyLevel: 3 })),
    "1 unfinished steps",
  ],
  [
    "R38",
    poolRequest(plainCluster, { minAvailableMB: 1024 }),
    live({ yarn: { availableMB: 512 } }),
    "512 MB < 1024 MB asked",
  ],
  [
    "R38",
    poolRequest(plainCluster, { minAvailableVirtualCores: 4 }),
    live({ yarn: { availableMB: 512 } }),
    "none < 4 asked",
  ],
  ["R38", poolRequest(plainCluster, { minAvailableMB: 1 }), live({ yarn: null }), "can't be read"],
  ["R41", poolRequest(), live({ lock: { owner: "other", expiresAt: now.getTime() + 1 } }), "locked by other"],
  ["R22", poolRequest(), candidateOf(withGroups([{}])), "no CORE"],
  [
    "R22",
    poolRequest(withGroups([{}])),
    candidateOf(withGroups([{}, { InstanceRole: "TASK" }])),
    "TASK on the cluster",
  ],
  [
    "R23",
    poolRequest(withGroups([{}])),
    candidateOf(withGroups([{ Market: "SPOT" }])),
    "SPOT, asked ON_DEMAND",
  ],
  [
    "R23",
    poolRequest(withGroups([{ Market: "SPOT", BidPrice: "10" }])),
    candidateOf(withGroups([{ Market: "SPOT", BidPrice: "9.5" }])),
    "9.5 < 10 asked",
  ],
  [
    "R24",
    poolRequest(withGroups([{ InstanceType: "r5.xlarge" }])),
    candidateOf(withGroups([{ InstanceType: "m5.xlarge" }])),
    "MASTER: 16 GiB per instance < 32 GiB asked",
  ],
  [
    "R25",
    poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceCount: 4 }])),
    candidateOf(withGroups([{}, { InstanceRole: "CORE", InstanceCount: 3 }])),
    "CORE: 12 vCPUs running (3 x m5.xlarge) < 16 asked (4 x m5.xlarge)",
  ],
  [
    "R26",
    poolRequest(withGroups([{ InstanceType: "new.type" }])),
    candidateOf(withGroups([{ InstanceType: "m5.xlarge" }])),
    "m5.xlarge, asked new.type",
  ],
  [
    "R26",
    poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceType: "new.type", InstanceCount: 2 }])),
    candidateOf(withGroups([{}, { InstanceRole: "CORE", InstanceType: "new.type" }])),
    "1 running of new.type < 2 asked",
  ],
  [
    "R26",
    poolRequest(withGroups([{}, { InstanceRole: "CORE" }])),
    candidateOf(
      withGroups([{}, { InstanceRole: "CORE" }, { InstanceRole: "TASK", InstanceType: "new.type" }]),
    ),
    "new.type, whose size is not known",
  ],
  [
    "R28",
    poolRequest(withGroups([{ EbsConfiguration: { EbsOptimized: true } }])),
    candidateOf(withGroups([{}])),
    "EbsOptimized: false, asked true",
  ],
  [
    "R29",
    poolRequest(withGroups([volume("gp3", 100, { Throughput: 500 })])),
    candidateOf(withGroups([volume("gp3", 100, { Throughput: 125 })])),
    "gp3 100 GiB 125 MiB/s, asked gp3 100 GiB 500 MiB/s",
  ],
  [
    "R37",
    poolRequest({
      ...fleet({}),
      Instances: {
        InstanceFleets: [
          ...fleet({}).Instances!.InstanceFleets!,
          {
            InstanceFleetType: "CORE",
            TargetSpotCapacity: 1,
            InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
          },
        ],
      },
    }),
    candidateOf(fleet({})),
    "no CORE",
  ],
  [
    "R30",
    poolRequest(fleet({})),
    candidateOf(fleet({}, { InstanceType: "m5.4xlarge" })),
    "types m5.4xlarge, asked only m5.xlarge",
  ],
  [
    "R31",
    poolRequest(fleet({})),
    candidateOf(fleet({}, { WeightedCapacity: 2 })),
    "WeightedCapacity: 2, asked 1",
  ],
  [
    "R32",
    poolRequest(fleet({ TargetOnDemandCapacity: 2 })),
    candidateOf(fleet({ TargetSpotCapacity: 9 })),
    "on-demand capacity 1 < 2 asked",
  ],
  [
    "R33",
    poolRequest(fleet({ TargetSpotCapacity: 3 })),
    candidateOf(fleet({ TargetOnDemandCapacity: 2, TargetSpotCapacity: 1 })),
    "1 + 1 surplus on-demand < 3 asked",
  ],
  [
    "R34",
    poolRequest(fleet({}, { EbsConfiguration: { EbsOptimized: true } })),
    candidateOf(fleet({})),
    "m5.xlarge: EbsOptimized",
  ],
  [
    "R35",
    poolRequest(fleet({})),
    candidateOf(fleet(spotTimeout("TERMINATE_CLUSTER"))),
    "TERMINATE_CLUSTER, asked none",
  ],
  [
    "R36",
    poolRequest(fleet({}, { BidPriceAsPercentageOfOnDemandPrice: 80 })),
    candidateOf(fleet({}, { BidPriceAsPercentageOfOnDemandPrice: 60 })),
    "60 % of on-demand < 80 % of on-demand asked",
  ],
  [
    "R36",
    poolRequest(fleet({})),
    candidateOf(fleet({}, { BidPrice: "9" })),
    "9 USD < 100 % of on-demand asked",
  ],
  [
    "R36",
    poolRequest(fleet({}, { BidPrice: "10" })),
    candidateOf(fleet({}, { BidPrice: "9" })),
    "9 USD < 10 USD asked",
  ],
  [
    "X1",
    poolRequest(set({ JobFlowRole: "admin" })),
    candidateOf(plainCluster),
    "JobFlowRole: EMR_EC2_DefaultRole, asked admin",
  ],
  [
    "X2",
    poolRequest(withGroups([{ Configurations: [{ Classification: "a", Properties: { p: "1" } }] }])),
    candidateOf(withGroups([{}])),
    "a p: none, asked 1",
  ],
  [
    "X3",
    poolRequest(withGroups([{ InstanceCount: 3 }])),
    candidateOf(withGroups([{ InstanceType: "m5.4xlarge" }])),
    "1 masters < 3 asked",
  ],
  ["X4", poolRequest(), live({ lastActivity: now.getTime() - 540_000 }), "60 s left, asked more than 60 s"],
  [
    "X5",
    poolRequest(instances({ Placement: { AvailabilityZone: "a" } })),
    candidateOf(instances({ Placement: { AvailabilityZone: "b" } })),
    "b, asked a",
  ],
  [
    "X6",
    poolRequest(withGroups([{}])),
    candidateOf(withGroups([{ InstanceType: "m6g.2xlarge" }])),
    "m6g.2xlarge is AARCH64, asked X86_64",
  ],
  [
    "X7",
    poolRequest(set({ OSReleaseLabel: "2.0.1" })),
    candidateOf(set({ OSReleaseLabel: "2.0.2" })),
    "2.0.2, asked 2.0.1",
  ],
  ["X8", poolRequest(scaling(20)), candidateOf(scaling(10)), "up to 10 Instances < 20 asked"],
  [
    "X8",
    poolRequest(withGroups(autoScaling(9))),
    candidateOf(withGroups(autoScaling(5))),
    "up to 5 instances < 9 asked",
  ],
  ["X9", poolRequest(), traits({ terminationProtected: true }), "TerminationProtected: true, asked false"],
  [
    "X10",
    poolRequest(set({ PlacementGroupConfigs: [{ InstanceRole: "MASTER" }] })),
    candidateOf(plainCluster),
    "none, asked MASTER:SPREAD",
  ],
  [
    "X11",
    poolRequest(set({ SessionEnabled: true })),
    candidateOf(plainCluster),
    "SessionEnabled: false, asked true",
  ],
  [
    "X12",
    poolRequest(set({ CustomAmiId: "ami-1" })),
    candidateOf(set({ CustomAmiId: "ami-1", RepoUpgradeOnBoot: "NONE" })),
    "NONE, asked SECURITY",
  ],
  ["X13", poolRequest(set({ SupportedProducts: ["mapr"] })), candidateOf(plainCluster), "none, asked"],
  [
    "X14",
    poolRequest(instances({ HadoopVersion: "1" })),
    candidateOf(instances({ HadoopVersion: "2" })),
    "2, asked 1",
  ],
  [
    "X15",
    poolRequest({ ...withGroups(autoScaling(5)), AutoScalingRole: "a" }),
    candidateOf({ ...withGroups(autoScaling(5)), AutoScalingRole: "b" }),
    "b, asked a",
  ],
  [
    "X16",
    poolRequest(fleet(reservation("arn:1"))),
    candidateOf(fleet(reservation("arn:2"))),
    "arn:2, asked arn:1",
  ],
];

describe("each rule alone", () => {
  it.each(only)("%s refuses, and only it", (rule, asked, candidate, reason) => {
    const { join, verdicts } = decide(asked, [candidate], context);
    expect(verdicts[0]!.refused.map((failed) => failed.rule)).toEqual([rule]);
    expect(verdicts[0]!.refused[0]!.reason).toContain(reason);
    expect(verdicts[0]!.refused[0]!.reason.endsWith(` (${rule})`)).toBe(true);
    expect(join).toBeNull();
  });

  it.each(rules.map(({ number }) => number))("without %s a cluster is joined that must not be", (number) => {
    const without = rules.filter((rule) => rule.number !== number);
    const examples = only.filter(([rule]) => rule === number);
    expect(examples.length).toBeGreaterThan(0);
    for (const [, asked, candidate] of examples)
      expect(decide(asked, [candidate], context, without).join).toBe(0);
  });
});

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
      "a fleet that covers spot by on-demand",
      poolRequest(fleet({ TargetSpotCapacity: 1 })),
      candidateOf(fleet({ TargetOnDemandCapacity: 2 })),
      true,
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

describe("choice", () => {
  const sized = (id: string, count: number, facts: Partial<Candidate["live"]> = {}) =>
    candidateOf(withGroups([{}, { InstanceRole: "CORE", InstanceCount: count }]), facts, id);
  const ids = (request: PoolRequest, candidates: Candidate[]) =>
    decide(request, candidates, context).ranking.map((index) => candidates[index]!.id);
  const small = withGroups([{}, { InstanceRole: "CORE", InstanceCount: 1 }]);

  it("takes most compute first, or least with best-fit", () => {
    const candidates = [sized("j-2", 2), sized("j-9", 9), sized("j-1", 1)];
    expect(ids(poolRequest(small), candidates)).toEqual(["j-9", "j-2", "j-1"]);
    expect(ids(poolRequest(small, { prefer: "best-fit" }), candidates)).toEqual(["j-1", "j-2", "j-9"]);
  });

  it("then the longest idle, then by id", () => {
    const at = (minutes: number) => ({ lastActivity: now.getTime() - minutes * 60_000 });
    const candidates = [sized("j-c", 1, at(1)), sized("j-b", 1, at(2)), sized("j-a", 1, at(1))];
    expect(ids(poolRequest(small), candidates)).toEqual(["j-b", "j-a", "j-c"]);
  });

  it("joins a cluster named by its id, whatever it is", () => {
    const candidates = [sized("j-1", 9), { ...sized("j-2", 1), pool: null }];
    expect(ids(poolRequest(small, { clusterId: "j-2" }), candidates)).toEqual(["j-2"]);
  });

  it("lists refusals nearest miss first", () => {
    const candidates = [
      { ...candidateOf(plainCluster, {}, "j-pool"), pool: "other" },
      candidateOf(set({ ReleaseLabel: "emr-6.0.0", ServiceRole: "x" }), {}, "j-two"),
      candidateOf(set({ ReleaseLabel: "emr-6.0.0" }), {}, "j-release"),
      candidateOf(plainCluster, { state: "STARTING" }, "j-starting"),
      candidateOf(withGroups([{}, { InstanceRole: "CORE" }]), {}, "j-small"),
    ];
    const found = refusals(decide(poolRequest(), candidates, context));
    expect(found.map(({ clusterId }) => clusterId)).toEqual([
      "j-starting",
      "j-small",
      "j-release",
      "j-two",
      "j-pool",
    ]);
  });

  it("waits only for what can pass", () => {
    const busy = candidateOf(plainCluster, { slots: { total: 1, taken: 1 } });
    const never = candidateOf(set({ StepConcurrencyLevel: 2 }), { slots: { total: 2, taken: 0 } });
    const request = poolRequest(plainCluster, { maxConcurrentSteps: 2, stepsToAdd: 3, parallelSteps: true });
    expect(decide(poolRequest(), [busy], context).verdicts[0]!.worthWaitingFor).toBe(true);
    expect(decide(request, [never], context).verdicts[0]).toMatchObject({
      joinable: false,
      worthWaitingFor: false,
    });
  });
});
