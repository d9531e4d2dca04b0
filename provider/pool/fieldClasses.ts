/**
 * How a field of a cluster request decides a match:
 *
 * - `equal`: the same after canonical form (or the same if asked for, where the rule says so).
 * - `hash`: equal, but EMR does not give it back, so our own record decides.
 * - `at least`, `at most`: at least as good as asked.
 * - `member`: the cluster's is one of those asked for. `subset`: the cluster's are among those asked for.
 * - `covers`: what is asked for is there.
 * - `ignored`: a cluster that differs in it will do. `secret`: ignored, and never kept or hashed.
 * - `not sent`: not part of a cluster of a pool; steps are added later.
 */
export type Match =
  | "equal"
  | "hash"
  | "at least"
  | "at most"
  | "member"
  | "subset"
  | "covers"
  | "ignored"
  | "secret"
  | "not sent";

/** How one field of a cluster request takes part in matching. */
export interface FieldClass {
  readonly match: Match;
  /** Rules that compare it. */
  readonly rules?: string;
  /** It is part of the canonical form that the fingerprint is taken of. */
  readonly inFingerprint?: true;
}

/**
 * The one table of all fields of `RunJobFlow`, of `JobFlowInstancesConfig` and below. An entry stands for all
 * below it (`Configurations`, `Steps[]`), as these are compared or left out as a whole. A test compares it with
 * the fields of the installed SDK.
 * https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
 */
export const fieldClasses = {
  Name: { match: "ignored" },
  "Instances.MasterInstanceType": { match: "at least", rules: "R24, R25, R26, X6" },
  "Instances.SlaveInstanceType": { match: "at least", rules: "R24, R25, R26, X6" },
  "Instances.InstanceCount": { match: "at least", rules: "R24, R25" },
  "Instances.InstanceGroups[].InstanceRole": { match: "equal", rules: "R22" },
  "Instances.InstanceGroups[].InstanceType": { match: "at least", rules: "R24, R25, R26, X6" },
  "Instances.InstanceGroups[].InstanceCount": { match: "at least", rules: "R25, X3" },
  "Instances.InstanceGroups[].Name": { match: "ignored" },
  "Instances.InstanceGroups[].Market": { match: "at least", rules: "R23" },
  "Instances.InstanceGroups[].BidPrice": { match: "at least", rules: "R23" },
  "Instances.InstanceGroups[].Configurations": { match: "equal", rules: "X2" },
  "Instances.InstanceGroups[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumeSpecification.VolumeType": {
    match: "equal",
    rules: "R29",
  },
  "Instances.InstanceGroups[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumeSpecification.SizeInGB": {
    match: "at least",
    rules: "R29",
  },
  "Instances.InstanceGroups[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumeSpecification.Iops": {
    match: "at least",
    rules: "R29",
  },
  "Instances.InstanceGroups[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumeSpecification.Throughput": {
    match: "at least",
    rules: "R29",
  },
  "Instances.InstanceGroups[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumesPerInstance": {
    match: "at least",
    rules: "R29",
  },
  "Instances.InstanceGroups[].EbsConfiguration.EbsOptimized": { match: "at least", rules: "R28" },
  "Instances.InstanceGroups[].AutoScalingPolicy.Constraints.MinCapacity": { match: "ignored" },
  "Instances.InstanceGroups[].AutoScalingPolicy.Constraints.MaxCapacity": { match: "at least", rules: "X8" },
  "Instances.InstanceGroups[].AutoScalingPolicy.Rules[]": { match: "ignored" },
  "Instances.InstanceGroups[].CustomAmiId": { match: "equal", rules: "R7" },
  "Instances.InstanceFleets[].InstanceFleetType": { match: "equal", rules: "R37" },
  "Instances.InstanceFleets[].Name": { match: "ignored" },
  "Instances.InstanceFleets[].TargetOnDemandCapacity": { match: "at least", rules: "R32" },
  "Instances.InstanceFleets[].TargetSpotCapacity": { match: "at least", rules: "R33" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].InstanceType": { match: "subset", rules: "R30" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].WeightedCapacity": { match: "equal", rules: "R31" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].BidPrice": { match: "at least", rules: "R36" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].BidPriceAsPercentageOfOnDemandPrice": {
    match: "at least",
    rules: "R36",
  },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumeSpecification.VolumeType":
    { match: "equal", rules: "R34" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumeSpecification.SizeInGB":
    { match: "at least", rules: "R34" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumeSpecification.Iops":
    { match: "at least", rules: "R34" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumeSpecification.Throughput":
    { match: "at least", rules: "R34" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].EbsConfiguration.EbsBlockDeviceConfigs[].VolumesPerInstance":
    { match: "at least", rules: "R34" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].EbsConfiguration.EbsOptimized": {
    match: "at least",
    rules: "R34",
  },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].Configurations": { match: "equal", rules: "X2" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].CustomAmiId": { match: "equal", rules: "R7" },
  "Instances.InstanceFleets[].InstanceTypeConfigs[].Priority": { match: "ignored" },
  "Instances.InstanceFleets[].LaunchSpecifications.SpotSpecification.TimeoutDurationMinutes": {
    match: "at least",
    rules: "R35",
  },
  "Instances.InstanceFleets[].LaunchSpecifications.SpotSpecification.TimeoutAction": {
    match: "equal",
    rules: "R35",
  },
  "Instances.InstanceFleets[].LaunchSpecifications.SpotSpecification.BlockDurationMinutes": {
    match: "ignored",
  },
  "Instances.InstanceFleets[].LaunchSpecifications.SpotSpecification.AllocationStrategy": {
    match: "ignored",
  },
  "Instances.InstanceFleets[].LaunchSpecifications.OnDemandSpecification.AllocationStrategy": {
    match: "ignored",
  },
  "Instances.InstanceFleets[].LaunchSpecifications.OnDemandSpecification.CapacityReservationOptions.UsageStrategy":
    { match: "ignored" },
  "Instances.InstanceFleets[].LaunchSpecifications.OnDemandSpecification.CapacityReservationOptions.CapacityReservationPreference":
    { match: "ignored" },
  "Instances.InstanceFleets[].LaunchSpecifications.OnDemandSpecification.CapacityReservationOptions.CapacityReservationResourceGroupArn":
    { match: "equal", rules: "X16" },
  "Instances.InstanceFleets[].ResizeSpecifications": { match: "ignored" },
  "Instances.InstanceFleets[].Context": { match: "ignored" },
  "Instances.Ec2KeyName": { match: "equal", rules: "R14" },
  "Instances.Placement.AvailabilityZone": { match: "member", rules: "X5" },
  "Instances.Placement.AvailabilityZones[]": { match: "member", rules: "X5" },
  "Instances.KeepJobFlowAliveWhenNoSteps": { match: "equal", rules: "R3" },
  "Instances.TerminationProtected": { match: "equal", rules: "X9" },
  "Instances.UnhealthyNodeReplacement": { match: "ignored" },
  "Instances.HadoopVersion": { match: "equal", rules: "X14", inFingerprint: true },
  "Instances.Ec2SubnetId": { match: "member", rules: "R15" },
  "Instances.Ec2SubnetIds[]": { match: "member", rules: "R15" },
  "Instances.EmrManagedMasterSecurityGroup": { match: "equal", rules: "X1" },
  "Instances.EmrManagedSlaveSecurityGroup": { match: "equal", rules: "X1" },
  "Instances.ServiceAccessSecurityGroup": { match: "equal", rules: "X1" },
  "Instances.AdditionalMasterSecurityGroups[]": { match: "equal", rules: "X1" },
  "Instances.AdditionalSlaveSecurityGroups[]": { match: "equal", rules: "X1" },
  LogUri: { match: "ignored" },
  LogEncryptionKmsKeyId: { match: "equal", rules: "X1", inFingerprint: true },
  AdditionalInfo: { match: "hash", rules: "R12", inFingerprint: true },
  AmiVersion: { match: "equal", rules: "R6", inFingerprint: true },
  ReleaseLabel: { match: "equal", rules: "R6", inFingerprint: true },
  "Steps[]": { match: "not sent" },
  StepExecutionRoleArn: { match: "not sent" },
  "BootstrapActions[].Name": { match: "ignored" },
  "BootstrapActions[].ScriptBootstrapAction.Path": { match: "hash", rules: "R10, R11", inFingerprint: true },
  "BootstrapActions[].ScriptBootstrapAction.Args[]": { match: "hash", rules: "R10", inFingerprint: true },
  "SupportedProducts[]": { match: "hash", rules: "X13", inFingerprint: true },
  "NewSupportedProducts[].Name": { match: "hash", rules: "X13", inFingerprint: true },
  "NewSupportedProducts[].Args[]": { match: "hash", rules: "X13", inFingerprint: true },
  "Applications[].Name": { match: "equal", rules: "R8", inFingerprint: true },
  "Applications[].Version": { match: "ignored" },
  "Applications[].Args[]": { match: "ignored" },
  "Applications[].AdditionalInfo": { match: "ignored" },
  Configurations: { match: "equal", rules: "R9", inFingerprint: true },
  VisibleToAllUsers: { match: "ignored" },
  JobFlowRole: { match: "equal", rules: "X1", inFingerprint: true },
  ServiceRole: { match: "equal", rules: "X1", inFingerprint: true },
  "Tags[]": { match: "ignored" },
  SecurityConfiguration: { match: "equal", rules: "X1", inFingerprint: true },
  AutoScalingRole: { match: "equal", rules: "X15" },
  ScaleDownBehavior: { match: "ignored" },
  CustomAmiId: { match: "equal", rules: "R7", inFingerprint: true },
  EbsRootVolumeSize: { match: "at least", rules: "R16" },
  RepoUpgradeOnBoot: { match: "equal", rules: "X12", inFingerprint: true },
  "KerberosAttributes.Realm": { match: "equal", rules: "X1", inFingerprint: true },
  "KerberosAttributes.KdcAdminPassword": { match: "secret" },
  "KerberosAttributes.CrossRealmTrustPrincipalPassword": { match: "secret" },
  "KerberosAttributes.ADDomainJoinUser": { match: "equal", rules: "X1", inFingerprint: true },
  "KerberosAttributes.ADDomainJoinPassword": { match: "secret" },
  StepConcurrencyLevel: { match: "at most", rules: "R17, R18" },
  "ManagedScalingPolicy.ComputeLimits.UnitType": { match: "equal", rules: "X8" },
  "ManagedScalingPolicy.ComputeLimits.MinimumCapacityUnits": { match: "ignored" },
  "ManagedScalingPolicy.ComputeLimits.MaximumCapacityUnits": { match: "at least", rules: "X8, R25, R32" },
  "ManagedScalingPolicy.ComputeLimits.MaximumOnDemandCapacityUnits": { match: "at least", rules: "R25, R32" },
  "ManagedScalingPolicy.ComputeLimits.MaximumCoreCapacityUnits": { match: "at least", rules: "R25, R32" },
  "ManagedScalingPolicy.UtilizationPerformanceIndex": { match: "ignored" },
  "ManagedScalingPolicy.ScalingStrategy": { match: "ignored" },
  "PlacementGroupConfigs[]": { match: "equal", rules: "X10" },
  "AutoTerminationPolicy.IdleTimeout": { match: "ignored" },
  OSReleaseLabel: { match: "equal", rules: "X7" },
  EbsRootVolumeIops: { match: "at least", rules: "R16" },
  EbsRootVolumeThroughput: { match: "at least", rules: "R16" },
  ExtendedSupport: { match: "ignored" },
  MonitoringConfiguration: { match: "ignored" },
  SessionEnabled: { match: "covers", rules: "X11" },
} as const satisfies Record<string, FieldClass>;
