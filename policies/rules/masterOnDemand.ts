import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";

export const masterOnDemand = definePolicy({
  name: "master-on-demand",
  description: "The primary node must be on-demand.",
  why: "When the primary node is reclaimed, the cluster ends and every job on it fails.",
  remediationSteps: "Use market ON_DEMAND (no bid price, no spot capacity) for the primary node.",
  severity: "high",
  tags: ["reliability", "spot"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-instances-guidelines.html",
  level: "mandatory",
  levels: { dev: "disabled" },
  config: {},
  kinds: clusterKinds,
  check({ cluster }, _config, report) {
    eachKnown(cluster.nodes, ({ role, path, spotUnits }) => {
      if (role === "MASTER" && spotUnits > 0) report(`${path} is spot.`, "Allowed: on-demand.");
    });
  },
});
