import { z } from "zod";
import {
  autoTerminationPolicy,
  configurations,
  managedScalingPolicy,
  stepConcurrencyLevel,
  stepConfig,
  string256,
  tag,
} from "./members";

const ebsConfiguration = z.object({
  EbsBlockDeviceConfigs: z
    .array(
      z.object({
        VolumeSpecification: z.object({
          VolumeType: z.string(),
          Iops: z.number().int().optional(),
          SizeInGB: z.number().int(),
          Throughput: z.number().int().optional(),
        }),
        VolumesPerInstance: z.number().int().min(1).optional(),
      }),
    )
    .optional(),
  EbsOptimized: z.boolean().optional(),
});

export const instanceGroupConfig = z.object({
  Name: string256.optional(),
  Market: z.enum(["ON_DEMAND", "SPOT"]).optional(),
  InstanceRole: z.enum(["MASTER", "CORE", "TASK"]),
  BidPrice: string256.optional(),
  InstanceType: z.string().min(1).max(256),
  InstanceCount: z.number().int().min(0),
  Configurations: configurations.optional(),
  EbsConfiguration: ebsConfiguration.optional(),
  AutoScalingPolicy: z.looseObject({}).optional(),
  CustomAmiId: string256.optional(),
});

const launchSpecifications = z.looseObject({
  SpotSpecification: z
    .looseObject({
      TimeoutDurationMinutes: z.number().int().min(5).max(1440),
      TimeoutAction: z.enum(["SWITCH_TO_ON_DEMAND", "TERMINATE_CLUSTER"]),
    })
    .optional(),
  OnDemandSpecification: z.looseObject({ AllocationStrategy: z.string() }).optional(),
});

export const instanceFleetConfig = z.object({
  Name: string256.optional(),
  InstanceFleetType: z.enum(["MASTER", "CORE", "TASK"]),
  TargetOnDemandCapacity: z.number().int().min(0).optional(),
  TargetSpotCapacity: z.number().int().min(0).optional(),
  InstanceTypeConfigs: z
    .array(
      z.object({
        InstanceType: z.string().min(1).max(256),
        WeightedCapacity: z.number().int().min(0).optional(),
        BidPrice: string256.optional(),
        BidPriceAsPercentageOfOnDemandPrice: z.number().min(0).optional(),
        EbsConfiguration: ebsConfiguration.optional(),
        Configurations: configurations.optional(),
        CustomAmiId: string256.optional(),
        Priority: z.number().min(0).optional(),
      }),
    )
    .max(30)
    .optional(),
  LaunchSpecifications: launchSpecifications.optional(),
  ResizeSpecifications: z.looseObject({}).optional(),
  Context: string256.optional(),
});

const placement = z.object({
  AvailabilityZone: z.string().optional(),
  AvailabilityZones: z.array(string256).optional(),
});

const instances = z.object({
  MasterInstanceType: string256.optional(),
  SlaveInstanceType: string256.optional(),
  InstanceCount: z.number().int().min(1).optional(),
  InstanceGroups: z.array(instanceGroupConfig).optional(),
  InstanceFleets: z.array(instanceFleetConfig).optional(),
  Ec2KeyName: string256.optional(),
  Placement: placement.optional(),
  KeepJobFlowAliveWhenNoSteps: z.boolean().optional(),
  TerminationProtected: z.boolean().optional(),
  UnhealthyNodeReplacement: z.boolean().optional(),
  HadoopVersion: string256.optional(),
  Ec2SubnetId: string256.optional(),
  Ec2SubnetIds: z.array(string256).optional(),
  EmrManagedMasterSecurityGroup: string256.optional(),
  EmrManagedSlaveSecurityGroup: string256.optional(),
  ServiceAccessSecurityGroup: string256.optional(),
  AdditionalMasterSecurityGroups: z.array(string256).optional(),
  AdditionalSlaveSecurityGroups: z.array(string256).optional(),
});

export const bootstrapAction = z.object({
  Name: string256,
  ScriptBootstrapAction: z.object({ Path: z.string(), Args: z.array(z.string()).optional() }),
});

const application = z.object({
  Name: z.string(),
  Version: z.string().optional(),
  Args: z.array(z.string()).optional(),
  AdditionalInfo: z.record(z.string(), z.string()).optional(),
});

const kerberosAttributes = z.object({
  Realm: z.string(),
  KdcAdminPassword: z.string(),
  CrossRealmTrustPrincipalPassword: z.string().optional(),
  ADDomainJoinUser: z.string().optional(),
  ADDomainJoinPassword: z.string().optional(),
});

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html */
export const runJobFlow = z.object({
  // EMR refuses these characters in a cluster's name, with this text.
  Name: z
    .string()
    .max(256)
    .superRefine((name, context) => {
      if (/[<>$|`\r\n\t]/.test(name))
        context.addIssue({
          code: "custom",
          message: "Name contains invalid characters: <, >, $, |, ` and line breaks are not allowed.",
        });
    }),
  LogUri: z.string().max(10_280).optional(),
  LogEncryptionKmsKeyId: z.string().optional(),
  AdditionalInfo: z.string().max(10_280).optional(),
  AmiVersion: string256.optional(),
  ReleaseLabel: string256.optional(),
  Instances: instances,
  Steps: z.array(stepConfig).max(256).optional(),
  StepExecutionRoleArn: z.string().optional(),
  BootstrapActions: z.array(bootstrapAction).max(16).optional(),
  SupportedProducts: z.array(string256).optional(),
  NewSupportedProducts: z
    .array(z.object({ Name: string256.optional(), Args: z.array(z.string()).optional() }))
    .optional(),
  Applications: z.array(application).optional(),
  Configurations: configurations.optional(),
  VisibleToAllUsers: z.boolean().optional(),
  JobFlowRole: z.string().optional(),
  ServiceRole: z.string().optional(),
  Tags: z.array(tag).max(50).optional(),
  SecurityConfiguration: z.string().optional(),
  AutoScalingRole: z.string().optional(),
  ScaleDownBehavior: z.enum(["TERMINATE_AT_INSTANCE_HOUR", "TERMINATE_AT_TASK_COMPLETION"]).optional(),
  CustomAmiId: string256.optional(),
  EbsRootVolumeSize: z.number().int().min(10).max(100).optional(),
  RepoUpgradeOnBoot: z.enum(["SECURITY", "NONE"]).optional(),
  KerberosAttributes: kerberosAttributes.optional(),
  StepConcurrencyLevel: stepConcurrencyLevel.optional(),
  ManagedScalingPolicy: managedScalingPolicy.optional(),
  PlacementGroupConfigs: z
    .array(
      z.object({
        InstanceRole: z.enum(["MASTER", "CORE", "TASK"]),
        PlacementStrategy: z.string().optional(),
      }),
    )
    .optional(),
  AutoTerminationPolicy: autoTerminationPolicy.optional(),
  OSReleaseLabel: string256.optional(),
  EbsRootVolumeIops: z.number().int().optional(),
  EbsRootVolumeThroughput: z.number().int().optional(),
  ExtendedSupport: z.boolean().optional(),
  MonitoringConfiguration: z.looseObject({}).optional(),
  SessionEnabled: z.boolean().optional(),
});
