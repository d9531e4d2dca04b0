import type { InstanceGroupConfig, ManagedScalingPolicy, RunJobFlowInput } from "@aws-sdk/client-emr";
import { canonicalJson } from "./canonicalJson";
import type { BootstrapActionTraits, ClusterTraits, ScalingLimits } from "./clusterTraits";
import { canonicalConfigurations, compareCodeUnits } from "./configurations";
import { requestedFleets } from "./instanceFleets";
import { requestedGroups } from "./instanceGroups";

/** What the traits of a request need beside `RunJobFlow`. */
export interface BootstrapContents {
  /** Files uploaded for the bootstrap: URI to content. */
  readonly uploadedFiles?: Readonly<Record<string, string>>;
  /** Digest by path, of scripts that could be read. */
  readonly bootstrapDigests?: Readonly<Record<string, string>>;
}

/**
 * What a `RunJobFlow` request asks for, in canonical form. Also what a cluster launched with it is: judging our
 * own clusters by what they were launched with keeps what AWS fills in (subnet, groups, root volume) from
 * refusing them.
 */
export function requestTraits(request: RunJobFlowInput, contents: BootstrapContents = {}): ClusterTraits {
  const instances = request.Instances;
  const customAmi = request.CustomAmiId || undefined;
  const fleets = requestedFleets(instances?.InstanceFleets, customAmi);
  const kerberos = request.KerberosAttributes;
  return {
    release: canonicalRelease(request.ReleaseLabel, request.AmiVersion),
    runningAmi: request.AmiVersion || undefined,
    osRelease: request.OSReleaseLabel || undefined,
    customAmi,
    applications: canonicalApplications(request.Applications),
    configurations: canonicalConfigurations(request.Configurations),
    bootstrapActions: (request.BootstrapActions ?? []).map(
      (action): BootstrapActionTraits => ({
        path: action.ScriptBootstrapAction?.Path ?? "",
        args: action.ScriptBootstrapAction?.Args ?? [],
      }),
    ),
    uploadedFiles: contents.uploadedFiles ?? {},
    bootstrapDigests: contents.bootstrapDigests ?? {},
    additionalInfo: canonicalAdditionalInfo(request.AdditionalInfo),
    supportedProducts: canonicalProducts(request),
    repoUpgradeOnBoot: canonicalRepoUpgrade(request.CustomAmiId, request.RepoUpgradeOnBoot),
    hadoopVersion: instances?.HadoopVersion || undefined,
    keyName: instances?.Ec2KeyName || undefined,
    subnets: nonEmpty([...(instances?.Ec2SubnetIds ?? []), instances?.Ec2SubnetId]),
    zones: nonEmpty([
      ...(instances?.Placement?.AvailabilityZones ?? []),
      instances?.Placement?.AvailabilityZone,
    ]),
    rootVolumeSize: request.EbsRootVolumeSize || undefined,
    rootVolumeIops: request.EbsRootVolumeIops || undefined,
    rootVolumeThroughput: request.EbsRootVolumeThroughput || undefined,
    stepConcurrency: request.StepConcurrencyLevel ?? 1,
    security: {
      securityConfiguration: request.SecurityConfiguration || undefined,
      serviceRole: canonicalRole(request.ServiceRole),
      instanceProfile: canonicalRole(request.JobFlowRole),
      managedMasterSecurityGroup: instances?.EmrManagedMasterSecurityGroup || undefined,
      managedSlaveSecurityGroup: instances?.EmrManagedSlaveSecurityGroup || undefined,
      serviceAccessSecurityGroup: instances?.ServiceAccessSecurityGroup || undefined,
      additionalMasterSecurityGroups: canonicalSet(instances?.AdditionalMasterSecurityGroups),
      additionalSlaveSecurityGroups: canonicalSet(instances?.AdditionalSlaveSecurityGroups),
      kerberosRealm: kerberos?.Realm || undefined,
      kerberosDomainJoinUser: kerberos?.ADDomainJoinUser || undefined,
      logEncryptionKmsKeyId: canonicalKey(request.LogEncryptionKmsKeyId),
    },
    autoScalingRole: canonicalRole(request.AutoScalingRole),
    scaling: scalingLimits(request.ManagedScalingPolicy),
    placementGroups: canonicalPlacementGroups(request.PlacementGroupConfigs),
    sessionEnabled: request.SessionEnabled === true,
    autoTerminate: instances?.KeepJobFlowAliveWhenNoSteps === false,
    terminationProtected: instances?.TerminationProtected === true,
    idleTimeout: request.AutoTerminationPolicy?.IdleTimeout,
    usesFleets: fleets === null || fleets.length > 0,
    groups:
      requestedGroups(instances?.InstanceGroups ?? classicGroups(instances), customAmi) ?? malformedGroups,
    fleets: fleets ?? malformedFleets,
  };
}

/** Stands for what is not of EMR's form: no cluster has it, so nothing matches and EMR gets to explain. */
export const malformed = "(malformed)";
const malformedGroups = requestedGroups([{ InstanceRole: malformed }]) ?? [];
const malformedFleets = requestedFleets([{ InstanceFleetType: malformed }]) ?? [];

/** `InstanceCount` machines, one of them the master: the form before instance groups. */
function classicGroups(instances: RunJobFlowInput["Instances"]): InstanceGroupConfig[] | undefined {
  if (!instances || instances.InstanceFleets?.length) return undefined;
  const count = instances.InstanceCount ?? (instances.MasterInstanceType ? 1 : 0);
  if (count < 1) return undefined;
  const master = instances.MasterInstanceType ?? instances.SlaveInstanceType;
  const groups: InstanceGroupConfig[] = [{ InstanceRole: "MASTER", InstanceType: master, InstanceCount: 1 }];
  if (count > 1)
    groups.push({
      InstanceRole: "CORE",
      InstanceType: instances.SlaveInstanceType ?? master,
      InstanceCount: count - 1,
    });
  return groups;
}

/** The release label; before 4.x `ami-` and the version as requested; empty if neither. (R6) */
export function canonicalRelease(releaseLabel: string | undefined, amiVersion: string | undefined): string {
  return releaseLabel || (amiVersion ? `ami-${amiVersion}` : "");
}

/** Names in lower case, each once, sorted. (R8) */
export function canonicalApplications(applications: readonly { Name?: string }[] | null | undefined): string {
  if (!applications?.length) return "";
  return [...new Set(applications.map(({ Name }) => (Name ?? "").toLowerCase()))].sort().join(",");
}

/** Canonical JSON where it is JSON, as EMR wants it; else the text itself. (R12) */
export function canonicalAdditionalInfo(info: unknown): string {
  if (info === undefined || info === null || info === "") return "";
  if (typeof info !== "string") return canonicalJson(info);
  try {
    return canonicalJson(JSON.parse(info));
  } catch {
    return info;
  }
}

/** A role or instance profile by name: EMR takes and reports either form, and both must be of the same account. */
export function canonicalRole(role: string | null | undefined): string | undefined {
  if (!role) return undefined;
  return role.startsWith("arn:") ? role.slice(role.lastIndexOf("/") + 1) : role;
}

/** A KMS key by its id; aliases stay as they are. */
export function canonicalKey(key: string | null | undefined): string | undefined {
  if (!key) return undefined;
  const separator = key.startsWith("arn:") ? key.indexOf(":key/") : -1;
  return separator < 0 ? key : key.slice(separator + 5);
}

/** Sorted, each once, joined; absent if empty. */
export function canonicalSet(values: readonly string[] | null | undefined): string | undefined {
  const present = nonEmpty(values ?? []);
  return present.length > 0 ? [...new Set(present)].sort().join(",") : undefined;
}

/** Only clusters with a custom AMI take notice of it; SECURITY is EMR's default. */
export function canonicalRepoUpgrade(customAmi: string | undefined, value: string | undefined): string {
  return customAmi ? (value ?? "SECURITY") : "";
}

/** `role:strategy` of each, sorted and joined; SPREAD is EMR's default strategy. Empty if none. (X10) */
export function canonicalPlacementGroups(
  groups: readonly { InstanceRole?: string; PlacementStrategy?: string }[] | null | undefined,
): string {
  if (!groups?.length) return "";
  const items = groups.map((group) => `${group.InstanceRole ?? ""}:${group.PlacementStrategy ?? "SPREAD"}`);
  return items.sort(compareCodeUnits).join(",");
}

/** Limits of a managed scaling policy; absent if there is none. (X8, R25, R32) */
export function scalingLimits(policy: ManagedScalingPolicy | null | undefined): ScalingLimits | undefined {
  const limits = policy?.ComputeLimits;
  if (!limits) return undefined;
  return {
    unitType: limits.UnitType ?? "",
    maximum: limits.MaximumCapacityUnits ?? 0,
    maximumOnDemand: limits.MaximumOnDemandCapacityUnits,
    maximumCore: limits.MaximumCoreCapacityUnits,
  };
}

/** Legacy third-party software of AMI 2.x and 3.x. */
function canonicalProducts(request: RunJobFlowInput): string {
  const products = [...(request.SupportedProducts ?? [])].sort();
  const configured = (request.NewSupportedProducts ?? []).map((product) => canonicalJson(product)).sort();
  return products.length + configured.length > 0 ? canonicalJson([products, configured]) : "";
}

function nonEmpty(values: readonly (string | null | undefined)[]): string[] {
  return values.filter((value): value is string => typeof value === "string" && value !== "");
}
