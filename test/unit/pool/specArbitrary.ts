import type { Configuration, RunJobFlowInput } from "@aws-sdk/client-emr";
import fc from "fast-check";

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,5}$/);
const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
const optional = <T>(item: fc.Arbitrary<T>) => fc.option(item, { nil: undefined });
const properties: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.oneof(word, fc.constant("__proto__")),
  word,
  { maxKeys: 3 },
);
const type = fc.constantFrom("m5.xlarge", "m5.2xlarge", "r5.xlarge", "m6g.xlarge", "no.such");

const { configuration } = fc.letrec<{ configuration: Configuration }>((tie) => ({
  configuration: fc.record(
    {
      Classification: word,
      Properties: properties,
      Configurations: fc.oneof(
        { depthSize: "small" },
        fc.constant<Configuration[]>([]),
        few(tie("configuration")),
      ),
    },
    { requiredKeys: ["Classification"] },
  ),
}));
const ebs = fc.record({
  EbsOptimized: fc.boolean(),
  EbsBlockDeviceConfigs: few(
    fc.record({
      VolumeSpecification: fc.record({
        VolumeType: fc.constantFrom("gp2", "gp3"),
        SizeInGB: fc.integer({ min: 1, max: 9 }),
        Throughput: optional(fc.integer({ min: 1, max: 3 })),
      }),
      VolumesPerInstance: fc.integer({ min: 1, max: 3 }),
    }),
  ),
});
const group = (InstanceRole: "MASTER" | "CORE" | "TASK") =>
  fc.record(
    {
      InstanceRole: fc.constant(InstanceRole),
      InstanceType: type,
      InstanceCount: fc.integer({ min: InstanceRole === "MASTER" ? 1 : 0, max: 9 }),
      Market: fc.constantFrom("SPOT" as const, "ON_DEMAND" as const),
      BidPrice: fc.constantFrom("0.5", "10", "9.5"),
      Configurations: few(configuration),
      EbsConfiguration: ebs,
      CustomAmiId: word,
    },
    { requiredKeys: ["InstanceRole", "InstanceType", "InstanceCount"] },
  );
const groups = fc
  .tuple(group("MASTER"), optional(group("CORE")), few(group("TASK")))
  .map(([master, core, tasks]) => ({
    InstanceGroups: core ? [master, core, ...tasks] : [master],
  }));
const fleet = (InstanceFleetType: "MASTER" | "CORE" | "TASK") =>
  fc.record({
    InstanceFleetType: fc.constant(InstanceFleetType),
    TargetOnDemandCapacity: fc.nat({ max: 5 }),
    TargetSpotCapacity: fc.nat({ max: 5 }),
    InstanceTypeConfigs: fc.uniqueArray(
      fc.record(
        {
          InstanceType: type,
          WeightedCapacity: fc.integer({ min: 1, max: 8 }),
          BidPriceAsPercentageOfOnDemandPrice: fc.integer({ min: 1, max: 120 }),
          EbsConfiguration: ebs,
          Configurations: few(configuration),
        },
        { requiredKeys: ["InstanceType"] },
      ),
      { selector: (item) => item.InstanceType, minLength: 1, maxLength: 3 },
    ),
  });
const fleets = fc
  .tuple(fleet("MASTER"), optional(fleet("CORE")), optional(fleet("TASK")))
  .map(([master, core, task]) => ({
    InstanceFleets: core ? [master, core, ...(task ? [task] : [])] : [master],
  }));
const network = fc.record(
  {
    Ec2KeyName: word,
    Ec2SubnetIds: few(word),
    AdditionalMasterSecurityGroups: few(word),
    EmrManagedMasterSecurityGroup: word,
    Placement: fc.record({ AvailabilityZone: word }),
  },
  { requiredKeys: [] },
);

/** Cluster requests of every form that a pool may launch. */
export const clusterSpec: fc.Arbitrary<RunJobFlowInput> = fc
  .tuple(
    fc.record(
      {
        ReleaseLabel: fc.constantFrom("emr-7.5.0", "emr-6.15.0"),
        CustomAmiId: word,
        RepoUpgradeOnBoot: fc.constantFrom("NONE" as const, "SECURITY" as const),
        Applications: few(fc.record({ Name: fc.constantFrom("Spark", "Hive", "Hadoop", "Flink") })),
        Configurations: few(configuration),
        BootstrapActions: few(
          fc.record({
            Name: word,
            ScriptBootstrapAction: fc.record({ Path: word, Args: few(word) }, { requiredKeys: ["Path"] }),
          }),
        ),
        AdditionalInfo: fc.json(),
        SecurityConfiguration: word,
        ServiceRole: word,
        JobFlowRole: word,
        LogEncryptionKmsKeyId: word,
        KerberosAttributes: fc.record({ Realm: word, KdcAdminPassword: word }),
        EbsRootVolumeSize: fc.integer({ min: 10, max: 20 }),
        ManagedScalingPolicy: fc.record({
          // Also limits below what the groups start with: EMR scales such a cluster in.
          ComputeLimits: fc.record(
            {
              UnitType: fc.constantFrom("Instances" as const, "VCPU" as const, "InstanceFleetUnits" as const),
              MinimumCapacityUnits: fc.constant(1),
              MaximumCapacityUnits: fc.integer({ min: 1, max: 100 }),
              MaximumOnDemandCapacityUnits: fc.nat({ max: 20 }),
              MaximumCoreCapacityUnits: fc.integer({ min: 1, max: 20 }),
            },
            { requiredKeys: ["UnitType", "MinimumCapacityUnits", "MaximumCapacityUnits"] },
          ),
        }),
        OSReleaseLabel: word,
        SessionEnabled: fc.boolean(),
      },
      { requiredKeys: ["ReleaseLabel"] },
    ),
    fc.oneof(groups, fleets),
    network,
  )
  .map(([spec, instances, rest]) => ({
    ...(spec as RunJobFlowInput),
    Name: "generated",
    Instances: { ...instances, ...rest, KeepJobFlowAliveWhenNoSteps: true },
  }));
