import { definePolicy } from "../definePolicy";

export const unhealthyNodeReplacement = definePolicy({
  name: "unhealthy-node-replacement",
  description: "A cluster should replace unhealthy nodes.",
  why: "A node with full or broken disks otherwise stays in the cluster, and jobs wait or fail.",
  remediationSteps: "Set unhealthyNodeReplacement to true.",
  severity: "low",
  tags: ["reliability", "lifecycle"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-node-replacement.html",
  level: "advisory",
  levels: { dev: "disabled" },
  config: {},
  kinds: ["job", "cluster"],
  check({ cluster }, _config, report) {
    const { path, value } = cluster.unhealthyNodeReplacement;
    if (value !== true) report(`${path} is ${value ?? "not set"}.`, "Allowed: true.");
  },
  remediate({ cluster, job, props }) {
    if (cluster.unhealthyNodeReplacement.value === true) return false;
    if (job === undefined) props.unhealthyNodeReplacement = true;
    else {
      job.cluster.instances ??= {};
      job.cluster.instances.unhealthyNodeReplacement = true;
    }
    return true;
  },
});
