import { definePolicy } from "../definePolicy";
import { matchesAny, patternList } from "../patterns";
import { clusterKinds } from "../resource";

export const securityConfigurationRequired = definePolicy<{ names: string[] }>({
  name: "security-configuration-required",
  description: "A cluster must have an allowed security configuration.",
  why: "Encryption, IMDSv2, Kerberos and runtime roles are set nowhere else.",
  remediationSteps: "Set securityConfiguration to the name of an allowed security configuration.",
  severity: "high",
  tags: ["security", "encryption"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html",
  level: "mandatory",
  config: { names: patternList("Allowed names or regular expressions; empty: all.") },
  kinds: clusterKinds,
  check({ cluster }, { names }, report) {
    const { path, value } = cluster.securityConfiguration;
    const allowed = `Allowed: ${names.length === 0 ? "any name" : names.join(" or ")}.`;
    if (value === undefined) report(`${path} is not set.`, allowed);
    else if (names.length > 0 && !matchesAny(value, names)) report(`${path} is ${value}.`, allowed);
  },
});
