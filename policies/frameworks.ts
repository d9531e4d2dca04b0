import type { PolicyComplianceFramework } from "@pulumi/policy/policy";

/** A control of the AWS Security Hub standard: https://docs.aws.amazon.com/securityhub/latest/userguide/emr-controls.html */
export function securityHub(control: string, title: string): PolicyComplianceFramework {
  return {
    name: "AWS Foundational Security Best Practices",
    version: "1.0.0",
    reference: control,
    specification: title,
  };
}
