import { goodFleetJobProps, goodSecurityDocument } from "../../support/policies/programs";
import type { PolicyCase } from "./policyCase";

/** A security configuration's inputs, with its document changed. */
function document(change: (document: ReturnType<typeof goodSecurityDocument>) => void): string {
  const changed = goodSecurityDocument();
  change(changed);
  return JSON.stringify(changed);
}

const verifiedNames = { config: { verifiedNames: ["checked"] } };

/** Policies about releases, networks, identities, encryption and logs. */
export const securityCases: PolicyCase[] = [
  {
    policy: "release-minimum",
    kind: "job",
    set: { "cluster.releaseLabel": "emr-6.9.0" },
    found: "cluster.releaseLabel is emr-6.9.0. Allowed: emr-6.15.0 or later",
    unknownAt: "cluster.releaseLabel",
  },
  {
    policy: "release-minimum",
    kind: "job",
    set: { "cluster.releaseLabel": undefined, "cluster.amiVersion": "3.11.0" },
    found: "cluster.releaseLabel is not set.",
    unknownAt: "cluster",
  },
  {
    policy: "release-minimum",
    kind: "cluster",
    set: {},
    surroundings: { config: { deny: ["emr-7.5.0"] } },
    found: "releaseLabel is emr-7.5.0. Allowed: emr-6.15.0 or later, without emr-7.5.0.",
    unknownAt: "releaseLabel",
  },
  {
    policy: "custom-ami-approved",
    kind: "job",
    set: {
      "cluster.customAmiId": "ami-1",
      "cluster.instances.instanceGroups.1.customAmiId": "ami-2",
    },
    surroundings: { config: { approved: ["ami-1"] } },
    found: "cluster.instances.instanceGroups[1].customAmiId is ami-2. Allowed: ami-1.",
    unknownAt: "cluster.instances",
  },
  {
    policy: "custom-ami-approved",
    kind: "cluster",
    set: { customAmiId: "ami-1" },
    found: "customAmiId is ami-1. Allowed: no custom AMI.",
    unknownAt: "customAmiId",
  },
  {
    policy: "log-uri-required",
    kind: "job",
    set: { "cluster.logUri": undefined },
    found: "cluster.logUri is not set.",
    unknownAt: "cluster.logUri",
  },
  {
    policy: "log-uri-required",
    kind: "job",
    set: {
      "cluster.monitoringConfiguration.s3LoggingConfiguration.logTypeUploadPolicy": {
        "application-logs": "disabled",
      },
    },
    found:
      'cluster.monitoringConfiguration.s3LoggingConfiguration.logTypeUploadPolicy["application-logs"] is disabled.',
    unknownAt: "cluster.monitoringConfiguration",
  },
  {
    policy: "log-uri-required",
    kind: "cluster",
    set: {},
    surroundings: { config: { buckets: ["central-logs"] } },
    found: "logUri is s3://etl-logs/emr/. Allowed: s3://central-logs/….",
    unknownAt: "logUri",
  },
  {
    policy: "log-encryption",
    kind: "job",
    set: { "cluster.logEncryptionKmsKeyId": undefined },
    found: "cluster.logEncryptionKmsKeyId is not set.",
    unknownAt: "cluster.logEncryptionKmsKeyId",
  },
  {
    policy: "log-encryption",
    kind: "cluster",
    set: { logEncryptionKmsKeyId: undefined },
    found: "logEncryptionKmsKeyId is not set.",
    unknownAt: "logEncryptionKmsKeyId",
  },
  {
    policy: "security-configuration-required",
    kind: "job",
    set: { "cluster.securityConfiguration": undefined },
    found: "cluster.securityConfiguration is not set.",
    unknownAt: "cluster.securityConfiguration",
  },
  {
    policy: "security-configuration-required",
    kind: "cluster",
    set: {},
    surroundings: { config: { names: ["central-.*"] } },
    found: "securityConfiguration is etl-security. Allowed: central-.*.",
    unknownAt: "securityConfiguration",
  },
  {
    policy: "encryption-at-rest",
    kind: "securityConfiguration",
    set: {
      configuration: document((it) => {
        delete it.EncryptionConfiguration.AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration;
      }),
    },
    found: "configuration: LocalDiskEncryptionConfiguration is missing.",
    unknownAt: "configuration",
  },
  {
    policy: "encryption-at-rest",
    kind: "securityConfiguration",
    set: { configuration: "{}" },
    found: "configuration: EnableAtRestEncryption is not set.",
    unknownAt: "configuration",
  },
  {
    policy: "encryption-at-rest",
    kind: "securityConfiguration",
    set: { configuration: "{" },
    found: "configuration is not a JSON document.",
    unknownAt: "configuration",
  },
  ...(["encryption-at-rest", "encryption-in-transit", "imdsv2-only"] as const).flatMap((policy) => [
    {
      policy,
      kind: "job" as const,
      set: {},
      surroundings: verifiedNames,
      found: "cluster.securityConfiguration is etl-security. Allowed: checked.",
      unknownAt: "cluster.securityConfiguration",
    },
    {
      policy,
      kind: "cluster" as const,
      set: {},
      surroundings: verifiedNames,
      found: "securityConfiguration is etl-security. Allowed: checked.",
      unknownAt: "securityConfiguration",
    },
  ]),
  {
    policy: "encryption-in-transit",
    kind: "securityConfiguration",
    set: {
      configuration: document((it) => {
        it.EncryptionConfiguration.EnableInTransitEncryption = false;
      }),
    },
    found: "configuration: EnableInTransitEncryption is false.",
    unknownAt: "configuration",
  },
  {
    policy: "imdsv2-only",
    kind: "securityConfiguration",
    set: {
      configuration: document((it) => {
        delete it.InstanceMetadataServiceConfiguration;
      }),
    },
    found: "configuration: MinimumInstanceMetadataServiceVersion is not set.",
    unknownAt: "configuration",
  },
  {
    policy: "kerberos-or-runtime-role",
    kind: "job",
    set: { executionRoleArn: undefined },
    found: "Neither executionRoleArn nor cluster.kerberosAttributes is set.",
    unknownAt: "executionRoleArn",
  },
  {
    policy: "kerberos-or-runtime-role",
    kind: "cluster",
    set: { stepConcurrencyLevel: 4 },
    found: "kerberosAttributes is not set, and steps run side by side.",
    unknownAt: "kerberosAttributes",
  },
  {
    policy: "runtime-role-for-shared",
    kind: "job",
    set: { executionRoleArn: undefined },
    found: "executionRoleArn is not set in pool etl.",
    unknownAt: "executionRoleArn",
  },
  {
    policy: "private-subnet",
    kind: "job",
    set: { "cluster.instances.ec2SubnetId": undefined },
    found: "cluster.instances.ec2SubnetId is not set.",
    unknownAt: "cluster.instances.ec2SubnetId",
  },
  {
    policy: "private-subnet",
    kind: "job",
    from: goodFleetJobProps,
    set: {},
    surroundings: { config: { subnets: ["subnet-0a1b2c3d"] } },
    found: "cluster.instances.ec2SubnetIds has subnet-1a1b2c3d. Allowed: subnet-0a1b2c3d.",
    unknownAt: "cluster.instances.ec2SubnetIds.1",
  },
  {
    policy: "private-subnet",
    kind: "cluster",
    set: { "ec2Attributes.subnetId": undefined },
    found: "ec2Attributes.subnetId is not set.",
    unknownAt: "ec2Attributes",
  },
  {
    policy: "multi-subnet",
    kind: "job",
    from: goodFleetJobProps,
    set: { "cluster.instances.ec2SubnetIds.1": undefined, "cluster.instances.ec2SubnetIds.length": 1 },
    found: "cluster.instances.ec2SubnetIds lists 1 subnets.",
    unknownAt: "cluster.instances.ec2SubnetIds",
  },
  {
    policy: "multi-subnet",
    kind: "cluster",
    set: { coreInstanceGroup: undefined, coreInstanceFleet: { targetOnDemandCapacity: 2 } },
    found: "ec2Attributes.subnetId lists 1 subnets.",
    unknownAt: "ec2Attributes.subnetId",
  },
  {
    policy: "block-public-access-on",
    kind: "blockPublicAccess",
    set: { blockPublicSecurityGroupRules: false },
    found: "blockPublicSecurityGroupRules is false.",
    unknownAt: "blockPublicSecurityGroupRules",
  },
  {
    policy: "block-public-access-on",
    kind: "blockPublicAccess",
    set: { "permittedPublicSecurityGroupRuleRanges.0.maxRange": 80 },
    found: "permittedPublicSecurityGroupRuleRanges has 22 to 80. Allowed: port 22.",
    unknownAt: "permittedPublicSecurityGroupRuleRanges.0.maxRange",
  },
  {
    policy: "no-ssh-key-in-prod",
    kind: "job",
    set: { "cluster.instances.ec2KeyName": "ops" },
    found: "cluster.instances.ec2KeyName is ops.",
    unknownAt: "cluster.instances.ec2KeyName",
  },
  {
    policy: "no-ssh-key-in-prod",
    kind: "cluster",
    set: { "ec2Attributes.keyName": "ops" },
    found: "ec2Attributes.keyName is ops.",
    unknownAt: "ec2Attributes.keyName",
  },
  {
    policy: "roles-not-default",
    kind: "job",
    set: { "cluster.serviceRole": "EMR_DefaultRole" },
    found: "cluster.serviceRole is EMR_DefaultRole.",
    unknownAt: "cluster.serviceRole",
  },
  {
    policy: "roles-not-default",
    kind: "cluster",
    set: {},
    surroundings: { config: { names: ["etl-service"] } },
    found: "ec2Attributes.instanceProfile is etl-nodes. Allowed: etl-service.",
    unknownAt: "ec2Attributes.instanceProfile",
  },
];
