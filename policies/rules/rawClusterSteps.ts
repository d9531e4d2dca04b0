import { definePolicy } from "../definePolicy";

export const rawClusterSteps = definePolicy({
  name: "raw-cluster-steps",
  description: "Steps should be jobs of a pool, not part of an aws.emr.Cluster.",
  why: "Inline steps run once at the launch, and changing them replaces the cluster.",
  remediationSteps: "Use PooledEmrJob, with the cluster's settings as its cluster input.",
  severity: "low",
  tags: ["pool", "steps"],
  url: "https://github.com/hashicorp/terraform-provider-aws/issues/9902",
  level: "advisory",
  config: {},
  kinds: ["cluster"],
  check({ cluster }, _config, report) {
    const steps = cluster.steps.length;
    if (steps > 0) report(`steps has ${steps} entries.`, "Allowed: none.");
  },
});
