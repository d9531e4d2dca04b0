import { definePolicy } from "../definePolicy";
import { clusterKinds } from "../resource";

export const noTerminationProtection = definePolicy({
  name: "no-termination-protection",
  description: "A cluster that ends by itself must not be protected against termination.",
  why: "A protected cluster outlives its jobs and its stack, and stays billed until somebody removes the protection.",
  remediationSteps:
    "Leave terminationProtected (aws.emr.Cluster: terminationProtection) out, or set it to false.",
  severity: "high",
  tags: ["lifecycle", "pool"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/UsingEMR_TerminationProtection.html",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: {},
  kinds: clusterKinds,
  check({ cluster }, _config, report) {
    const { path, value } = cluster.terminationProtected;
    if (value) report(`${path} is true.`, "Allowed: false.");
  },
  remediate({ cluster, pooled, props }) {
    if (!cluster.terminationProtected.value) return false;
    if (pooled === undefined) props.terminationProtection = false;
    else pooled.cluster.instances!.terminationProtected = false;
    return true;
  },
});
