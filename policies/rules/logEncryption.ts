import { definePolicy } from "../definePolicy";
import { clusterKinds } from "../resource";

export const logEncryption = definePolicy({
  name: "log-encryption",
  description: "A cluster's logs should be encrypted with a KMS key.",
  why: "Logs hold step arguments, data samples and stack traces.",
  remediationSteps:
    "Set logEncryptionKmsKeyId to the ARN of a KMS key that the cluster's instance profile may use.",
  severity: "medium",
  tags: ["security", "logging", "encryption"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-debugging.html",
  level: "advisory",
  config: {},
  kinds: clusterKinds,
  check({ cluster }, _config, report) {
    const { path, value } = cluster.logEncryptionKmsKeyId;
    if (value === undefined) report(`${path} is not set.`, "Allowed: the ARN of a KMS key.");
  },
});
