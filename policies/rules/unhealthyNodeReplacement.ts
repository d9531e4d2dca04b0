import { definePolicy } from "../definePolicy";
import { clusterKinds } from "../resource";

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
  kinds: clusterKinds,
  check({ cluster }, _config, report) {
    const { path, value } = cluster.unhealthyNodeReplacement;
    if (value !== true) report(`${path} is ${value ?? "not set"}.`, "Allowed: true.");
  },
  remediate({ cluster, pooled, props }) {
    if (cluster.unhealthyNodeReplacement.value === true) return false;
    if (pooled === undefined) props.unhealthyNodeReplacement = true;
    else {
      pooled.cluster.instances ??= {};
      pooled.cluster.instances.unhealthyNodeReplacement = true;
    }
    return true;
  },
});
