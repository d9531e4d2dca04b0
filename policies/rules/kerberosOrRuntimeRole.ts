import { definePolicy } from "../definePolicy";

export const kerberosOrRuntimeRole = definePolicy({
  name: "kerberos-or-runtime-role",
  description:
    "A cluster that several jobs share should tell its users apart, by Kerberos or by runtime roles.",
  why: "Otherwise every job of the pool acts with the same rights, those of the instance profile.",
  remediationSteps: "Set executionRoleArn of the job, or kerberosAttributes of the cluster.",
  severity: "medium",
  tags: ["security", "identity"],
  framework: {
    name: "AWS Config managed rules",
    version: "1",
    reference: "emr-kerberos-enabled",
    specification: "Checks if Amazon EMR clusters have Kerberos enabled",
  },
  url: "https://docs.aws.amazon.com/config/latest/developerguide/emr-kerberos-enabled.html",
  level: "advisory",
  levels: { dev: "disabled" },
  config: {},
  kinds: ["job", "cluster"],
  check({ cluster, job }, _config, report) {
    if (job === undefined && cluster.stepConcurrencyLevel.value === 1) return;
    if (cluster.hasKerberos || job?.executionRoleArn !== undefined) return;
    report(
      job === undefined
        ? "kerberosAttributes is not set, and steps run side by side."
        : "Neither executionRoleArn nor cluster.kerberosAttributes is set.",
      "Allowed: one of both.",
    );
  },
});
