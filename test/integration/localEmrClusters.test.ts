import type { InstanceFleetConfig, RunJobFlowInput } from "@aws-sdk/client-emr";
import {
  AddInstanceFleetCommand,
  AddInstanceGroupsCommand,
  AddTagsCommand,
  DescribeClusterCommand,
  DescribeReleaseLabelCommand,
  GetAutoTerminationPolicyCommand,
  GetManagedScalingPolicyCommand,
  ListBootstrapActionsCommand,
  ListInstanceFleetsCommand,
  ListInstanceGroupsCommand,
  ListInstancesCommand,
  ListReleaseLabelsCommand,
  ModifyClusterCommand,
  ModifyInstanceFleetCommand,
  ModifyInstanceGroupsCommand,
  PutAutoTerminationPolicyCommand,
  PutManagedScalingPolicyCommand,
  paginateListClusters,
  paginateListSupportedInstanceTypes,
  RemoveAutoTerminationPolicyCommand,
  RemoveManagedScalingPolicyCommand,
  RemoveTagsCommand,
  SetTerminationProtectionCommand,
  TerminateJobFlowsCommand,
} from "@aws-sdk/client-emr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterRequest, commandStep, LocalEmrHarness } from "./localEmrHarness";

let harness: LocalEmrHarness;

beforeAll(async () => {
  harness = await LocalEmrHarness.start({ stepExecution: "manual" });
});

afterAll(() => harness.stop());

const describeCluster = async (ClusterId: string) =>
  (await harness.emr.send(new DescribeClusterCommand({ ClusterId }))).Cluster!;

describe("RunJobFlow", () => {
  it("keeps what was asked and fills in what AWS fills in", async () => {
    const id = await harness.launch({
      LogUri: "s3://b/logs",
      Applications: [{ Name: "Spark" }],
      Tags: [{ Key: "team", Value: "data" }],
      BootstrapActions: [{ Name: "install", ScriptBootstrapAction: { Path: "s3://b/i.sh", Args: ["x"] } }],
      Configurations: [{ Classification: "spark", Properties: { maximizeResourceAllocation: "true" } }],
    });
    const cluster = await describeCluster(id);
    expect(id).toMatch(/^j-[0-9A-Z]{13}$/);
    expect(cluster).toMatchObject({
      Id: id,
      LogUri: "s3n://b/logs/",
      AutoTerminate: false,
      TerminationProtected: false,
      InstanceCollectionType: "INSTANCE_GROUP",
      Applications: [{ Name: "Spark", Version: "3.5.2" }],
      Tags: [{ Key: "team", Value: "data" }],
      Configurations: [{ Classification: "spark", Properties: { maximizeResourceAllocation: "true" } }],
      StepConcurrencyLevel: 1,
      Ec2InstanceAttributes: {
        Ec2SubnetId: expect.stringMatching(/^subnet-[0-9a-f]{17}$/),
        Ec2AvailabilityZone: "us-east-1a",
        EmrManagedMasterSecurityGroup: expect.stringMatching(/^sg-/),
        IamInstanceProfile: "EMR_EC2_DefaultRole",
      },
      MasterPublicDnsName: expect.stringMatching(/\.amazonaws\.com$/),
      NormalizedInstanceHours: 8,
    });
    expect(cluster.Status?.Timeline?.ReadyDateTime).toBeInstanceOf(Date);
    const actions = await harness.emr.send(new ListBootstrapActionsCommand({ ClusterId: id }));
    expect(actions.BootstrapActions).toEqual([{ Name: "install", ScriptPath: "s3://b/i.sh", Args: ["x"] }]);
  });

  it("keeps no passwords, in answers or on disk", async () => {
    const id = await harness.launch({
      SecurityConfiguration: "kerberos",
      KerberosAttributes: { Realm: "EC2.INTERNAL", KdcAdminPassword: "hunter2" },
    });
    expect((await describeCluster(id)).KerberosAttributes).toEqual({ Realm: "EC2.INTERNAL" });
  });

  const fleet = (
    type: "MASTER" | "CORE",
    change: Partial<InstanceFleetConfig> = {},
  ): InstanceFleetConfig => ({
    InstanceFleetType: type,
    TargetOnDemandCapacity: 1,
    InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
    ...change,
  });

  const refusals: { why: string; change: Partial<RunJobFlowInput>; message: RegExp }[] = [
    {
      why: "unknown release",
      change: { ReleaseLabel: "emr-99.0.0" },
      message: /release label is invalid: emr-99/,
    },
    {
      why: "release and AMI",
      change: { AmiVersion: "3.11.0" },
      message: /Only one AMI version and release label/,
    },
    { why: "no service role", change: { ServiceRole: "" }, message: /ServiceRole is required/ },
    { why: "no instance profile", change: { JobFlowRole: "" }, message: /InstanceProfile is required/ },
    {
      why: "concurrency out of range",
      change: { StepConcurrencyLevel: 300 },
      message: /Value '300' at 'stepConcurrencyLevel' failed.*less than or equal to 256/,
    },
    {
      why: "idle timeout too short",
      change: { AutoTerminationPolicy: { IdleTimeout: 10 } },
      message: /Value '10' at 'autoTerminationPolicy.idleTimeout' failed.*greater than or equal to 60/,
    },
    {
      why: "auto-termination before 5.30",
      change: { ReleaseLabel: "emr-5.29.0", AutoTerminationPolicy: { IdleTimeout: 60 } },
      message: /Auto-termination is not supported/,
    },
    {
      why: "concurrency before 5.28",
      change: { ReleaseLabel: "emr-5.27.0", StepConcurrencyLevel: 2 },
      message: /Step concurrency is supported in EMR release emr-5\.28/,
    },
    { why: "a name EMR refuses", change: { Name: "a$b" }, message: /invalid characters/ },
    { why: "a long name", change: { Name: "x".repeat(257) }, message: /length less than or equal to 256/ },
    {
      why: "groups and fleets",
      change: { Instances: { InstanceFleets: [fleet("MASTER")] } },
      message: /one and only one of the following/,
    },
    {
      why: "unknown type",
      change: {
        Instances: {
          InstanceGroups: [{ InstanceRole: "MASTER", InstanceType: "m5.huge", InstanceCount: 1 }],
        },
      },
      message: /Invalid instance type: m5\.huge/,
    },
    {
      why: "a type the release doesn't have",
      change: {
        ReleaseLabel: "emr-5.20.0",
        Instances: {
          InstanceGroups: [{ InstanceRole: "MASTER", InstanceType: "m7g.xlarge", InstanceCount: 1 }],
        },
      },
      message: /m7g\.xlarge is not supported by EMR release emr-5\.20\.0/,
    },
    {
      why: "two masters",
      change: {
        Instances: {
          InstanceGroups: [{ InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 2 }],
        },
      },
      message: /exactly 1 or 3 instances/,
    },
    {
      why: "a fleet without capacity",
      change: {
        Instances: {
          InstanceGroups: undefined,
          InstanceFleets: [fleet("MASTER"), fleet("CORE", { TargetOnDemandCapacity: 0 })],
        },
      },
      message: /capacity of the CORE instance fleet must be greater than 0/,
    },
    {
      why: "a step that would cancel at concurrency 2",
      change: {
        StepConcurrencyLevel: 2,
        Steps: [{ ...commandStep("true"), ActionOnFailure: "CANCEL_AND_WAIT" }],
      },
      message: /CANCEL_AND_WAIT is not supported when StepConcurrencyLevel is greater than 1/,
    },
  ];

  it.each(refusals)("refuses $why with a ValidationException", async ({ change, message }) => {
    await expect(harness.launch(change)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe("unknown and malformed ids", () => {
  it.each([
    ["j-NOSUCHCLUSTER", "InvalidRequestException", "Cluster id 'j-NOSUCHCLUSTER' is not valid."],
    ["cluster", "ValidationException", "clusterId 'cluster' is not valid."],
  ])("%s: %s", async (id, name, message) => {
    await expect(describeCluster(id)).rejects.toMatchObject({ name, message });
  });

  it("adding steps to an unknown cluster is a ValidationException", async () => {
    await expect(harness.addSteps("j-NOSUCHCLUSTER", commandStep("true"))).rejects.toMatchObject({
      name: "ValidationException",
      message: "Specified job flow ID does not exist.",
    });
  });
});

describe("listing 1,000 clusters", () => {
  it("pages by 50, newest first, by state and time, and quickly", async () => {
    const many = await LocalEmrHarness.start();
    try {
      const input = clusterRequest();
      const half = (state: string, ageSeconds: number) =>
        Array.from({ length: 500 }, (_, number) => ({
          input: { ...input, Name: `${state} ${number}` },
          state,
          ageSeconds,
        }));
      await many.admin("emr/clusters", [...half("TERMINATED", 7200), ...half("WAITING", 60)]);
      const pages = [];
      for await (const page of paginateListClusters({ client: many.emr }, { ClusterStates: ["WAITING"] }))
        pages.push(page.Clusters!);
      expect(pages.map((page) => page.length)).toEqual(Array(10).fill(50));
      const names = pages.flat().map((cluster) => cluster.Name);
      expect(names[0]).toBe("WAITING 499");
      expect(new Set(names).size).toBe(500);
      const anHourAgo = new Date(Date.now() - 3_600_000);
      let recent = 0;
      for await (const page of paginateListClusters({ client: many.emr }, { CreatedAfter: anHourAgo }))
        recent += page.Clusters!.length;
      expect(recent).toBe(500);
    } finally {
      await many.stop();
    }
  });

  it("refuses a marker that isn't one", async () => {
    const pages = paginateListClusters({ client: harness.emr, startingToken: "???" }, {});
    await expect(pages.next()).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("instances", () => {
  it("groups: counts follow a resize, volumes are listed one by one", async () => {
    const id = await harness.launch({
      Instances: {
        InstanceGroups: [
          { InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 1 },
          {
            InstanceRole: "CORE",
            InstanceType: "r5.2xlarge",
            InstanceCount: 2,
            Market: "SPOT",
            BidPrice: "0.3",
            EbsConfiguration: {
              EbsBlockDeviceConfigs: [
                { VolumeSpecification: { VolumeType: "gp3", SizeInGB: 100 }, VolumesPerInstance: 2 },
              ],
            },
          },
        ],
      },
    });
    const groups = async () =>
      (await harness.emr.send(new ListInstanceGroupsCommand({ ClusterId: id }))).InstanceGroups!;
    const [, core] = await groups();
    expect(core).toMatchObject({
      Id: expect.stringMatching(/^ig-/),
      Market: "SPOT",
      BidPrice: "0.3",
      RequestedInstanceCount: 2,
      RunningInstanceCount: 2,
      EbsBlockDevices: [
        {
          Device: "/dev/sdb",
          VolumeSpecification: { VolumeType: "gp3", SizeInGB: 100, Iops: 3000, Throughput: 125 },
        },
        { Device: "/dev/sdc" },
      ],
    });
    await harness.admin("emr/settings", { durations: { resizing: 60_000 } });
    await harness.emr.send(
      new ModifyInstanceGroupsCommand({
        ClusterId: id,
        InstanceGroups: [{ InstanceGroupId: core!.Id!, InstanceCount: 5 }],
      }),
    );
    await harness.emr.send(
      new AddInstanceGroupsCommand({
        JobFlowId: id,
        InstanceGroups: [{ InstanceRole: "TASK", InstanceType: "m5.xlarge", InstanceCount: 1 }],
      }),
    );
    const during = await groups();
    expect(during.map((group) => [group.Status?.State, group.RunningInstanceCount])).toEqual([
      ["RUNNING", 1],
      ["RESIZING", 2],
      ["RESIZING", 0],
    ]);
    await harness.moveClock(60);
    expect((await groups()).map((group) => group.RunningInstanceCount)).toEqual([1, 5, 1]);
    await harness.admin("emr/settings", { durations: { resizing: 0 } });
    const listed = await harness.emr.send(
      new ListInstancesCommand({ ClusterId: id, InstanceGroupTypes: ["CORE"] }),
    );
    expect(new Set(listed.Instances!.map((instance) => instance.Ec2InstanceId)).size).toBe(5);
    expect(listed.Instances![0]).toMatchObject({
      InstanceGroupId: core!.Id,
      Market: "SPOT",
      EbsVolumes: [{}, {}],
    });
    await expect(harness.emr.send(new ListInstanceFleetsCommand({ ClusterId: id }))).rejects.toMatchObject({
      name: "InvalidRequestException",
    });
  });

  it("fleets: provisioned capacity comes in whole instances", async () => {
    const id = await harness.launch({
      Instances: {
        InstanceGroups: undefined,
        InstanceFleets: [
          {
            InstanceFleetType: "MASTER",
            TargetOnDemandCapacity: 1,
            InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
          },
          {
            InstanceFleetType: "CORE",
            TargetOnDemandCapacity: 3,
            TargetSpotCapacity: 8,
            InstanceTypeConfigs: [
              { InstanceType: "m5.2xlarge", WeightedCapacity: 2 },
              { InstanceType: "m5.xlarge" },
            ],
            LaunchSpecifications: {
              SpotSpecification: { TimeoutDurationMinutes: 10, TimeoutAction: "SWITCH_TO_ON_DEMAND" },
            },
          },
        ],
      },
    });
    const fleets = async () =>
      (await harness.emr.send(new ListInstanceFleetsCommand({ ClusterId: id }))).InstanceFleets!;
    const [, core] = await fleets();
    expect(core).toMatchObject({
      Id: expect.stringMatching(/^if-/),
      TargetOnDemandCapacity: 3,
      ProvisionedOnDemandCapacity: 4,
      ProvisionedSpotCapacity: 8,
      LaunchSpecifications: { SpotSpecification: { TimeoutAction: "SWITCH_TO_ON_DEMAND" } },
    });
    expect((await describeCluster(id)).InstanceCollectionType).toBe("INSTANCE_FLEET");
    await harness.emr.send(
      new ModifyInstanceFleetCommand({
        ClusterId: id,
        InstanceFleet: { InstanceFleetId: core!.Id!, TargetOnDemandCapacity: 6, TargetSpotCapacity: 0 },
      }),
    );
    await harness.emr.send(
      new AddInstanceFleetCommand({
        ClusterId: id,
        InstanceFleet: {
          InstanceFleetType: "TASK",
          TargetSpotCapacity: 1,
          InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
        },
      }),
    );
    expect(
      (await fleets()).map((fleet) => [fleet.ProvisionedOnDemandCapacity, fleet.ProvisionedSpotCapacity]),
    ).toEqual([
      [1, 0],
      [6, 0],
      [0, 1],
    ]);
    await expect(harness.emr.send(new ListInstanceGroupsCommand({ ClusterId: id }))).rejects.toMatchObject({
      name: "InvalidRequestException",
      ErrorCode: "API_DOES_NOT_SUPPORT_INSTANCE_FLEET_CLUSTERS",
    });
  });
});

describe("settings of a cluster", () => {
  it("policies can be put, read and removed", async () => {
    const ClusterId = await harness.launch();
    const idle = () => harness.emr.send(new GetAutoTerminationPolicyCommand({ ClusterId }));
    const scaling = () => harness.emr.send(new GetManagedScalingPolicyCommand({ ClusterId }));
    expect([(await idle()).AutoTerminationPolicy, (await scaling()).ManagedScalingPolicy]).toEqual([
      undefined,
      undefined,
    ]);
    const limits = { UnitType: "Instances" as const, MinimumCapacityUnits: 1, MaximumCapacityUnits: 4 };
    await harness.emr.send(
      new PutAutoTerminationPolicyCommand({ ClusterId, AutoTerminationPolicy: { IdleTimeout: 900 } }),
    );
    await harness.emr.send(
      new PutManagedScalingPolicyCommand({ ClusterId, ManagedScalingPolicy: { ComputeLimits: limits } }),
    );
    expect((await idle()).AutoTerminationPolicy).toEqual({ IdleTimeout: 900 });
    expect((await scaling()).ManagedScalingPolicy).toEqual({ ComputeLimits: limits });
    await expect(
      harness.emr.send(
        new PutManagedScalingPolicyCommand({
          ClusterId,
          ManagedScalingPolicy: { ComputeLimits: { ...limits, UnitType: "InstanceFleetUnits" } },
        }),
      ),
    ).rejects.toMatchObject({ name: "ValidationException" });
    await harness.emr.send(new RemoveAutoTerminationPolicyCommand({ ClusterId }));
    await harness.emr.send(new RemoveManagedScalingPolicyCommand({ ClusterId }));
    expect([(await idle()).AutoTerminationPolicy, (await scaling()).ManagedScalingPolicy]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("tags are added, replaced and removed", async () => {
    const ResourceId = await harness.launch({ Tags: [{ Key: "a", Value: "1" }] });
    await harness.emr.send(
      new AddTagsCommand({ ResourceId, Tags: [{ Key: "a", Value: "2" }, { Key: "b" }] }),
    );
    await harness.emr.send(new RemoveTagsCommand({ ResourceId, TagKeys: ["b", "none"] }));
    expect((await describeCluster(ResourceId)).Tags).toEqual([{ Key: "a", Value: "2" }]);
  });

  it("a higher concurrency starts the steps that wait", async () => {
    const ClusterId = await harness.launch();
    const [first, second] = await harness.addSteps(ClusterId, commandStep("true"), commandStep("true"));
    expect((await harness.step(ClusterId, second!)).Status?.State).toBe("PENDING");
    const answer = await harness.emr.send(new ModifyClusterCommand({ ClusterId, StepConcurrencyLevel: 2 }));
    expect(answer.StepConcurrencyLevel).toBe(2);
    const states = await Promise.all([first, second].map((id) => harness.step(ClusterId, id!)));
    expect(states.map((step) => step.Status?.State)).toEqual(["RUNNING", "RUNNING"]);
    await expect(
      harness.addSteps(ClusterId, { ...commandStep("true"), ActionOnFailure: "TERMINATE_CLUSTER" }),
    ).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("termination protection: the others of the call end", async () => {
    const [kept, ended] = [await harness.launch(), await harness.launch()];
    await harness.emr.send(
      new SetTerminationProtectionCommand({ JobFlowIds: [kept], TerminationProtected: true }),
    );
    await expect(
      harness.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [kept, ended] })),
    ).rejects.toMatchObject({ name: "ValidationException", message: expect.stringContaining("protected") });
    expect((await describeCluster(kept)).Status?.State).toBe("WAITING");
    expect((await describeCluster(ended)).Status?.State).toMatch(/^TERMINAT/);
    await expect(harness.addSteps(ended, commandStep("true"))).rejects.toMatchObject({
      name: "ValidationException",
      message: "A job flow that is shutting down, terminated, or finished may not be modified.",
    });
  });
});

describe("releases", () => {
  it("lists them newest first, with applications and instance types", async () => {
    const labels = await harness.emr.send(new ListReleaseLabelsCommand({ Filters: { Prefix: "emr-7.5" } }));
    expect(labels.ReleaseLabels).toEqual(["emr-7.5.0"]);
    const release = await harness.emr.send(new DescribeReleaseLabelCommand({ ReleaseLabel: "emr-7.5.0" }));
    expect(release.Applications).toContainEqual({ Name: "Hadoop", Version: "3.4.0" });
    const types = [];
    const pages = paginateListSupportedInstanceTypes({ client: harness.emr }, { ReleaseLabel: "emr-7.5.0" });
    for await (const page of pages) types.push(...page.SupportedInstanceTypes!);
    expect(types).toHaveLength(677);
    expect(types.find((type) => type.Type === "m6g.xlarge")).toMatchObject({ MemoryGB: 15.25, VCPU: 4 });
    await expect(
      harness.emr.send(new DescribeReleaseLabelCommand({ ReleaseLabel: "emr-0.0.0" })),
    ).rejects.toMatchObject({ name: "ValidationException" });
  });
});
