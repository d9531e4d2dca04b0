import type { PolicyDefinition } from "./definePolicy";
import { actionMatchesConcurrency } from "./rules/actionMatchesConcurrency";
import { artifactBucketAllowed } from "./rules/artifactBucketAllowed";
import { blockPublicAccessOn } from "./rules/blockPublicAccessOn";
import { bootstrapPinned } from "./rules/bootstrapPinned";
import { coreOnDemand } from "./rules/coreOnDemand";
import { customAmiApproved } from "./rules/customAmiApproved";
import { ebsSizing } from "./rules/ebsSizing";
import { encryptionAtRest } from "./rules/encryptionAtRest";
import { encryptionInTransit } from "./rules/encryptionInTransit";
import { fleetWeightsProportional } from "./rules/fleetWeightsProportional";
import { hdfsReplication } from "./rules/hdfsReplication";
import { hourlyPriceLimit } from "./rules/hourlyPriceLimit";
import { idleTimeoutRequired } from "./rules/idleTimeoutRequired";
import { imdsv2Only } from "./rules/imdsv2Only";
import { instanceTypesAllowed } from "./rules/instanceTypesAllowed";
import { keepAliveConsistent } from "./rules/keepAliveConsistent";
import { kerberosOrRuntimeRole } from "./rules/kerberosOrRuntimeRole";
import { logEncryption } from "./rules/logEncryption";
import { logUriRequired } from "./rules/logUriRequired";
import { managedScalingBounds } from "./rules/managedScalingBounds";
import { managedScalingRequired } from "./rules/managedScalingRequired";
import { masterOnDemand } from "./rules/masterOnDemand";
import { maxInstances } from "./rules/maxInstances";
import { multiSubnet } from "./rules/multiSubnet";
import { noDebuggingStep } from "./rules/noDebuggingStep";
import { noExoticTypes } from "./rules/noExoticTypes";
import { noOpenSecurityGroups } from "./rules/noOpenSecurityGroups";
import { noSecretsInArgs } from "./rules/noSecretsInArgs";
import { noSshKeyInProd } from "./rules/noSshKeyInProd";
import { noTerminateOnShared } from "./rules/noTerminateOnShared";
import { noTerminationProtection } from "./rules/noTerminationProtection";
import { poolFragmentation } from "./rules/poolFragmentation";
import { poolMaxClusters } from "./rules/poolMaxClusters";
import { poolNameAllowed } from "./rules/poolNameAllowed";
import { preferGraviton } from "./rules/preferGraviton";
import { privateSubnet } from "./rules/privateSubnet";
import { rawClusterSteps } from "./rules/rawClusterSteps";
import { releaseMinimum } from "./rules/releaseMinimum";
import { requiredTags } from "./rules/requiredTags";
import { reuseExpected } from "./rules/reuseExpected";
import { rolesNotDefault } from "./rules/rolesNotDefault";
import { rotationLimit } from "./rules/rotationLimit";
import { runtimeRoleForShared } from "./rules/runtimeRoleForShared";
import { scaleDownIsNotTermination } from "./rules/scaleDownIsNotTermination";
import { securityConfigurationRequired } from "./rules/securityConfigurationRequired";
import { spotViaFleet } from "./rules/spotViaFleet";
import { stackHourlyPriceLimit } from "./rules/stackHourlyPriceLimit";
import { stackMaxJobs } from "./rules/stackMaxJobs";
import { stackMaxLaunches } from "./rules/stackMaxLaunches";
import { stepConcurrencyLimit } from "./rules/stepConcurrencyLimit";
import { unhealthyNodeReplacement } from "./rules/unhealthyNodeReplacement";
import { waitBounded } from "./rules/waitBounded";

/** Every policy of the pack, in the order of `docs/policies.md`: idle timeouts and pool names come first. */
export const catalog = [
  idleTimeoutRequired,
  poolNameAllowed,
  keepAliveConsistent,
  scaleDownIsNotTermination,
  poolMaxClusters,
  stackMaxJobs,
  stackMaxLaunches,
  hourlyPriceLimit,
  stackHourlyPriceLimit,
  instanceTypesAllowed,
  preferGraviton,
  maxInstances,
  managedScalingRequired,
  managedScalingBounds,
  masterOnDemand,
  coreOnDemand,
  spotViaFleet,
  fleetWeightsProportional,
  multiSubnet,
  noExoticTypes,
  releaseMinimum,
  customAmiApproved,
  logUriRequired,
  logEncryption,
  securityConfigurationRequired,
  encryptionAtRest,
  encryptionInTransit,
  imdsv2Only,
  kerberosOrRuntimeRole,
  runtimeRoleForShared,
  privateSubnet,
  blockPublicAccessOn,
  noOpenSecurityGroups,
  noSshKeyInProd,
  rolesNotDefault,
  requiredTags,
  noSecretsInArgs,
  noTerminateOnShared,
  actionMatchesConcurrency,
  stepConcurrencyLimit,
  noTerminationProtection,
  noDebuggingStep,
  bootstrapPinned,
  artifactBucketAllowed,
  waitBounded,
  reuseExpected,
  poolFragmentation,
  rawClusterSteps,
  ebsSizing,
  hdfsReplication,
  rotationLimit,
  unhealthyNodeReplacement,
] as unknown as readonly PolicyDefinition[];
