import type { Configuration, RunJobFlowInput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { malformed } from "./requestTraits";

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const whole = z.int().nonnegative().nullish();
const price = z.union([z.string(), z.number()]).nullish();

const configuration: z.ZodType<Configuration> = z.looseObject({
  Classification: z.string().optional(),
  Properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  get Configurations() {
    return z.array(configuration).nullish();
  },
}) as never;
const configurations = z.array(configuration).nullish();

const ebs = z
  .looseObject({
    EbsOptimized: z.boolean().nullish(),
    EbsBlockDeviceConfigs: z
      .array(
        z.looseObject({
          VolumeSpecification: z
            .looseObject({ VolumeType: text, SizeInGB: whole, Iops: whole, Throughput: whole })
            .nullish(),
          // An EC2 instance takes far fewer.
          VolumesPerInstance: z.int().min(0).max(1000).nullish(),
        }),
      )
      .nullish(),
  })
  .nullish();

const group = z.looseObject({
  InstanceRole: z.string(),
  InstanceType: text,
  Market: text,
  BidPrice: price,
  EbsConfiguration: ebs,
  Configurations: configurations,
  CustomAmiId: text,
});

const fleet = z.looseObject({
  InstanceFleetType: z.string(),
  TargetOnDemandCapacity: whole,
  TargetSpotCapacity: whole,
  InstanceTypeConfigs: z
    .array(
      z.looseObject({
        InstanceType: text,
        WeightedCapacity: whole,
        BidPrice: price,
        BidPriceAsPercentageOfOnDemandPrice: z.number().nullish(),
        EbsConfiguration: ebs,
        Configurations: configurations,
        CustomAmiId: text,
      }),
    )
    .nullish(),
  LaunchSpecifications: z
    .looseObject({
      SpotSpecification: z.looseObject({ TimeoutAction: text, TimeoutDurationMinutes: whole }).nullish(),
      OnDemandSpecification: z.looseObject({}).nullish(),
    })
    .nullish(),
});

interface Form {
  readonly form: z.ZodType;
  /** What stands for a value that has not this form. */
  readonly instead: unknown;
}

const aName: Form = { form: text, instead: malformed };
const aList: Form = { form: texts, instead: [malformed] };
const noGroups = [{ InstanceRole: malformed }];

const requestForms: Readonly<Record<string, Form>> = {
  ReleaseLabel: aName,
  AmiVersion: aName,
  CustomAmiId: aName,
  OSReleaseLabel: aName,
  ServiceRole: aName,
  JobFlowRole: aName,
  AutoScalingRole: aName,
  SecurityConfiguration: aName,
  LogEncryptionKmsKeyId: aName,
  SupportedProducts: aList,
  NewSupportedProducts: { form: z.array(z.looseObject({})).nullish(), instead: [{ Name: malformed }] },
  Applications: { form: z.array(z.looseObject({ Name: text })).nullish(), instead: [{ Name: malformed }] },
  Configurations: {
    form: configurations,
    instead: [{ Classification: malformed, Properties: { form: "not EMR's" } }],
  },
  BootstrapActions: {
    form: z
      .array(z.looseObject({ ScriptBootstrapAction: z.looseObject({ Path: text, Args: texts }).nullish() }))
      .nullish(),
    instead: [{ ScriptBootstrapAction: { Path: malformed } }],
  },
  PlacementGroupConfigs: {
    form: z.array(z.looseObject({ InstanceRole: text, PlacementStrategy: text })).nullish(),
    instead: [{ InstanceRole: malformed }],
  },
  ManagedScalingPolicy: {
    form: z
      .looseObject({
        ComputeLimits: z
          .looseObject({
            UnitType: text,
            MaximumCapacityUnits: whole,
            MaximumOnDemandCapacityUnits: whole,
            MaximumCoreCapacityUnits: whole,
          })
          .nullish(),
      })
      .nullish(),
    instead: { ComputeLimits: { UnitType: malformed } },
  },
  KerberosAttributes: {
    form: z.looseObject({ Realm: text, ADDomainJoinUser: text }).nullish(),
    instead: { Realm: malformed },
  },
  Instances: { form: z.looseObject({}).nullish(), instead: { InstanceGroups: noGroups } },
};

const instancesForms: Readonly<Record<string, Form>> = {
  InstanceGroups: { form: z.array(group).nullish(), instead: noGroups },
  InstanceFleets: { form: z.array(fleet).nullish(), instead: [{ InstanceFleetType: malformed }] },
  InstanceCount: { form: whole, instead: 0 },
  MasterInstanceType: aName,
  SlaveInstanceType: aName,
  Ec2KeyName: aName,
  Ec2SubnetId: aName,
  Ec2SubnetIds: aList,
  HadoopVersion: aName,
  Placement: {
    form: z.looseObject({ AvailabilityZone: text, AvailabilityZones: texts }).nullish(),
    instead: { AvailabilityZone: malformed },
  },
  EmrManagedMasterSecurityGroup: aName,
  EmrManagedSlaveSecurityGroup: aName,
  ServiceAccessSecurityGroup: aName,
  AdditionalMasterSecurityGroups: aList,
  AdditionalSlaveSecurityGroups: aList,
};

/**
 * A request that nobody has checked, with what is not of EMR's form replaced by what no cluster has: a malformed
 * request matches nothing, by the rule that compares the field, and EMR gets to explain when it is launched. Only
 * for snapshots: inputs of resources and of the command line are refused instead.
 */
export function matchableForm(request: object): RunJobFlowInput {
  const checked = withForms(request, requestForms) as RunJobFlowInput;
  return checked.Instances
    ? { ...checked, Instances: withForms(checked.Instances, instancesForms) }
    : checked;
}

function withForms(value: object, forms: Readonly<Record<string, Form>>): object {
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => {
      const known = Object.hasOwn(forms, field) ? forms[field] : undefined;
      return [field, known && !known.form.safeParse(item).success ? known.instead : item];
    }),
  );
}
