import { definePolicy } from "../definePolicy";
import { securityHub } from "../frameworks";
import { clusterKinds } from "../resource";
import {
  judgeSecurityDocument,
  type SecurityDocumentConfig,
  verifiedNamesProperty,
} from "../securityDocument";

export const encryptionAtRest = definePolicy<SecurityDocumentConfig>({
  name: "encryption-at-rest",
  description:
    "A security configuration must encrypt data on S3 and on local disks (judged for documents in the stack and for names in the configuration: the pack makes no AWS calls).",
  why: "Shuffle files, HDFS blocks and results hold the data of every job of the pool.",
  remediationSteps:
    "Enable at-rest encryption with an S3 and a local-disk encryption configuration in the security configuration.",
  severity: "high",
  tags: ["security", "encryption"],
  framework: securityHub("EMR.3", "Amazon EMR security configurations should be encrypted at rest"),
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/emr-controls.html#emr-3",
  level: "mandatory",
  config: { verifiedNames: verifiedNamesProperty },
  kinds: ["securityConfiguration", ...clusterKinds],
  check(resource, config, report) {
    const allowed = "Allowed: at-rest encryption of S3 and of local disks.";
    judgeSecurityDocument(resource, config, report, allowed, ({ EncryptionConfiguration: encryption }) => {
      if (!encryption?.EnableAtRestEncryption)
        return [`EnableAtRestEncryption is ${encryption?.EnableAtRestEncryption ?? "not set"}`];
      const { S3EncryptionConfiguration: s3, LocalDiskEncryptionConfiguration: disk } =
        encryption.AtRestEncryptionConfiguration ?? {};
      return [
        ...(s3?.EncryptionMode === undefined ? ["S3EncryptionConfiguration is missing"] : []),
        ...(disk?.EncryptionKeyProviderType === undefined
          ? ["LocalDiskEncryptionConfiguration is missing"]
          : []),
      ];
    });
  },
});
