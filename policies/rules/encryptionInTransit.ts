import { definePolicy } from "../definePolicy";
import { securityHub } from "../frameworks";
import { clusterKinds } from "../resource";
import {
  judgeSecurityDocument,
  type SecurityDocumentConfig,
  verifiedNamesProperty,
} from "../securityDocument";

export const encryptionInTransit = definePolicy<SecurityDocumentConfig>({
  name: "encryption-in-transit",
  description:
    "A security configuration must encrypt traffic between nodes (judged for documents in the stack and for names in the configuration: the pack makes no AWS calls).",
  why: "Nodes send each other the data of every job of the pool.",
  remediationSteps: "Enable in-transit encryption with TLS certificates in the security configuration.",
  severity: "high",
  tags: ["security", "encryption"],
  framework: securityHub("EMR.4", "Amazon EMR security configurations should be encrypted in transit"),
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/emr-controls.html#emr-4",
  level: "mandatory",
  config: { verifiedNames: verifiedNamesProperty },
  kinds: ["securityConfiguration", ...clusterKinds],
  check(resource, config, report) {
    judgeSecurityDocument(resource, config, report, "Allowed: in-transit encryption.", (document) => {
      const isEnabled = document.EncryptionConfiguration?.EnableInTransitEncryption;
      return isEnabled ? [] : [`EnableInTransitEncryption is ${isEnabled ?? "not set"}`];
    });
  },
});
