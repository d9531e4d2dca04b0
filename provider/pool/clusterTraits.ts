import type { InstanceFleetTraits } from "./instanceFleets";
import type { InstanceGroupTraits } from "./instanceGroups";

/** One bootstrap action as far as it decides a match: its name is for people. (R10) */
export interface BootstrapActionTraits {
  readonly path: string;
  readonly args: readonly string[];
}

/** Settings that form a boundary between users of one account: all of them must be the same. (X1) */
export interface SecurityTraits {
  readonly securityConfiguration?: string;
  readonly serviceRole?: string;
  readonly instanceProfile?: string;
  readonly managedMasterSecurityGroup?: string;
  readonly managedSlaveSecurityGroup?: string;
  readonly serviceAccessSecurityGroup?: string;
  /** Sorted and joined. */
  readonly additionalMasterSecurityGroups?: string;
  readonly additionalSlaveSecurityGroups?: string;
  readonly kerberosRealm?: string;
  readonly kerberosDomainJoinUser?: string;
  readonly logEncryptionKmsKeyId?: string;
}

/** Limits of a managed scaling policy. https://docs.aws.amazon.com/emr/latest/APIReference/API_ComputeLimits.html */
export interface ScalingLimits {
  readonly unitType: string;
  readonly maximum: number;
  readonly maximumOnDemand?: number;
  readonly maximumCore?: number;
}

/**
 * What a cluster is, apart from how it fares at the moment: one form for what a job asks for, for what one of our
 * clusters was launched as, and for what EMR describes. Canonical, so that rules compare values directly.
 */
export interface ClusterTraits {
  /** Release label; `ami-` and the version as requested before 4.x; empty if neither. (R6) */
  readonly release: string;
  /** AMI that runs, before 4.x: decides the limit of steps. (R19) */
  readonly runningAmi?: string;
  readonly osRelease?: string;
  readonly customAmi?: string;
  /** Sorted, lower case, joined by a comma. (R8) */
  readonly applications: string;
  /** Canonical JSON. (R9) */
  readonly configurations: string;
  readonly bootstrapActions: readonly BootstrapActionTraits[];
  /** Files uploaded for the bootstrap: URI to content. Where they lie is free. (R11) */
  readonly uploadedFiles: Readonly<Record<string, string>>;
  /** Digest by path, of scripts that could be read. (R11) */
  readonly bootstrapDigests: Readonly<Record<string, string>>;
  /** Canonical JSON, empty if none. (R12) */
  readonly additionalInfo: string;
  readonly supportedProducts: string;
  readonly repoUpgradeOnBoot: string;
  readonly hadoopVersion?: string;
  readonly keyName?: string;
  /** The subnets asked for, or the one it is in. (R15) */
  readonly subnets: readonly string[];
  /** The availability zones asked for, or the one it is in. (X5) */
  readonly zones: readonly string[];
  readonly rootVolumeSize?: number;
  readonly rootVolumeIops?: number;
  readonly rootVolumeThroughput?: number;
  /** Absent counts as 1. (R17) */
  readonly stepConcurrency: number;
  readonly security: SecurityTraits;
  readonly autoScalingRole?: string;
  readonly scaling?: ScalingLimits;
  /** Canonical JSON, empty if none. (X10) */
  readonly placementGroups: string;
  readonly sessionEnabled: boolean;
  readonly autoTerminate: boolean;
  readonly terminationProtected: boolean;
  /** Seconds. (X4) */
  readonly idleTimeout?: number;
  /** True: instance fleets. False: instance groups. (R13) */
  readonly usesFleets: boolean;
  readonly groups: readonly InstanceGroupTraits[];
  readonly fleets: readonly InstanceFleetTraits[];
}
