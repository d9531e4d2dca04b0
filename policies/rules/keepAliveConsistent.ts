import { definePolicy } from "../definePolicy";
import { clusterKinds } from "../resource";

export const keepAliveConsistent = definePolicy({
  name: "keep-alive-consistent",
  description: "A cluster of a pool, and every cluster with an idle timeout, must stay alive without steps.",
  why: "A cluster that ends after its last step can't be joined, and its idle timeout never acts.",
  remediationSteps: "Leave keepJobFlowAliveWhenNoSteps out, or set it to true.",
  severity: "high",
  tags: ["lifecycle", "pool"],
  url: "https://docs.aws.amazon.com/emr/latest/APIReference/API_JobFlowInstancesConfig.html",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: {},
  kinds: clusterKinds,
  check({ cluster, pooled }, _config, report) {
    const { path, value } = cluster.keepAlive;
    if (!value && (pooled !== undefined || cluster.idleTimeout.value !== undefined))
      report(`${path} is false.`, "Allowed: true.");
  },
  remediate({ cluster, pooled, props }) {
    if (cluster.keepAlive.value) return false;
    if (pooled !== undefined) pooled.cluster.instances!.keepJobFlowAliveWhenNoSteps = true;
    else if (cluster.idleTimeout.value !== undefined) props.keepJobFlowAliveWhenNoSteps = true;
    else return false;
    return true;
  },
});
