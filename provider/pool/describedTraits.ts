import type {
  AutoTerminationPolicy,
  Cluster,
  Command,
  InstanceFleet,
  InstanceGroup,
  ManagedScalingPolicy,
} from "@aws-sdk/client-emr";
import type { ClusterTraits } from "./clusterTraits";
import { canonicalConfigurations } from "./configurations";
import { describedFleets } from "./instanceFleets";
import { describedGroups } from "./instanceGroups";
import {
  type BootstrapContents,
  canonicalAdditionalInfo,
  canonicalApplications,
  canonicalKey,
  canonicalPlacementGroups,
  canonicalRelease,
  canonicalRepoUpgrade,
  canonicalRole,
  canonicalSet,
  scalingLimits,
} from "./requestTraits";

/**
 * What EMR's reads say of a cluster: `DescribeCluster` and, beside it, the answers of `ListInstanceGroups`,
 * `ListInstanceFleets`, `ListBootstrapActions`, `GetAutoTerminationPolicy` and `GetManagedScalingPolicy`.
 */
export interface DescribedCluster extends Cluster {
  InstanceGroups?: InstanceGroup[];
  InstanceFleets?: InstanceFleet[];
  BootstrapActions?: Command[];
  AutoTerminationPolicy?: AutoTerminationPolicy;
  ManagedScalingPolicy?: ManagedScalingPolicy;
}

/** Facts about a described cluster that no call of EMR gives. */
export interface DescribedExtras extends BootstrapContents {
  /** `AdditionalInfo` it was launched with. */
  readonly additionalInfo?: unknown;
}

/** What a cluster is by EMR's description: for adopted clusters and snapshots. */
export function describedTraits(cluster: DescribedCluster, extras: DescribedExtras = {}): ClusterTraits {
  const ec2 = cluster.Ec2InstanceAttributes;
  return {
    release: canonicalRelease(cluster.ReleaseLabel, cluster.RequestedAmiVersion),
    runningAmi: cluster.RunningAmiVersion || cluster.RequestedAmiVersion || undefined,
    osRelease: cluster.OSReleaseLabel || undefined,
    customAmi: cluster.CustomAmiId || undefined,
    applications: canonicalApplications(cluster.Applications),
    configurations: canonicalConfigurations(cluster.Configurations),
    bootstrapActions: (cluster.BootstrapActions ?? []).map((action) => ({
      path: action.ScriptPath ?? "",
      args: action.Args ?? [],
    })),
    uploadedFiles: extras.uploadedFiles ?? {},
    bootstrapDigests: extras.bootstrapDigests ?? {},
    additionalInfo: canonicalAdditionalInfo(extras.additionalInfo),
    supportedProducts: "",
    repoUpgradeOnBoot: canonicalRepoUpgrade(cluster.CustomAmiId, cluster.RepoUpgradeOnBoot),
    keyName: ec2?.Ec2KeyName || undefined,
    subnets: ec2?.Ec2SubnetId ? [ec2.Ec2SubnetId] : [],
    zones: ec2?.Ec2AvailabilityZone ? [ec2.Ec2AvailabilityZone] : [],
    rootVolumeSize: cluster.EbsRootVolumeSize || undefined,
    rootVolumeIops: cluster.EbsRootVolumeIops || undefined,
    rootVolumeThroughput: cluster.EbsRootVolumeThroughput || undefined,
    stepConcurrency: cluster.StepConcurrencyLevel ?? 1,
    security: {
      securityConfiguration: cluster.SecurityConfiguration || undefined,
      serviceRole: canonicalRole(cluster.ServiceRole),
      instanceProfile: canonicalRole(ec2?.IamInstanceProfile),
      managedMasterSecurityGroup: ec2?.EmrManagedMasterSecurityGroup || undefined,
      managedSlaveSecurityGroup: ec2?.EmrManagedSlaveSecurityGroup || undefined,
      serviceAccessSecurityGroup: ec2?.ServiceAccessSecurityGroup || undefined,
      additionalMasterSecurityGroups: canonicalSet(ec2?.AdditionalMasterSecurityGroups),
      additionalSlaveSecurityGroups: canonicalSet(ec2?.AdditionalSlaveSecurityGroups),
      kerberosRealm: cluster.KerberosAttributes?.Realm || undefined,
      kerberosDomainJoinUser: cluster.KerberosAttributes?.ADDomainJoinUser || undefined,
      logEncryptionKmsKeyId: canonicalKey(cluster.LogEncryptionKmsKeyId),
    },
    autoScalingRole: canonicalRole(cluster.AutoScalingRole),
    scaling: scalingLimits(cluster.ManagedScalingPolicy),
    placementGroups: canonicalPlacementGroups(cluster.PlacementGroups),
    sessionEnabled: cluster.SessionEnabled === true,
    autoTerminate: cluster.AutoTerminate === true,
    terminationProtected: cluster.TerminationProtected === true,
    idleTimeout: cluster.AutoTerminationPolicy?.IdleTimeout,
    usesFleets: cluster.InstanceCollectionType
      ? cluster.InstanceCollectionType === "INSTANCE_FLEET"
      : Boolean(cluster.InstanceFleets?.length),
    groups: describedGroups(cluster.InstanceGroups, cluster.CustomAmiId || undefined),
    fleets: describedFleets(cluster.InstanceFleets, cluster.CustomAmiId || undefined),
  };
}
