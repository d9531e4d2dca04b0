import { definePolicy } from "../definePolicy";
import { clusterKinds } from "../resource";
import {
  judgeSecurityDocument,
  type SecurityDocumentConfig,
  verifiedNamesProperty,
} from "../securityDocument";

export const imdsv2Only = definePolicy<SecurityDocumentConfig>({
  name: "imdsv2-only",
  description:
    "A security configuration should turn off version 1 of the instance metadata service (judged for documents in the stack and for names in the configuration: the pack makes no AWS calls).",
  why: "Version 1 hands the instance profile's credentials to any request that a job can be tricked into.",
  remediationSteps:
    "Set InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion to 2 in the security configuration.",
  severity: "medium",
  tags: ["security", "network"],
  framework: {
    name: "CIS AWS Foundations Benchmark",
    version: "3.0.0",
    reference: "5.6",
    specification: "Ensure that EC2 Metadata Service only allows IMDSv2",
  },
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html#emr-security-configuration-imdsv2",
  level: "advisory",
  config: { verifiedNames: verifiedNamesProperty },
  kinds: ["securityConfiguration", ...clusterKinds],
  check(resource, config, report) {
    judgeSecurityDocument(resource, config, report, "Allowed: version 2.", (document) => {
      const version = document.InstanceMetadataServiceConfiguration?.MinimumInstanceMetadataServiceVersion;
      return version === 2 ? [] : [`MinimumInstanceMetadataServiceVersion is ${version ?? "not set"}`];
    });
  },
});
