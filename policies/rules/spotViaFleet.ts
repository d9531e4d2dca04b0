import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";

interface SpotConfig {
  minTypes: number;
}

export const spotViaFleet = definePolicy<SpotConfig>({
  name: "spot-via-fleet",
  description: "Spot nodes should come from a fleet of several types that switches to on-demand.",
  why: "One spot type in one place is often not to be had, and the launch then waits or fails.",
  remediationSteps:
    "Use an instance fleet with an allocation strategy, enough instance types and the time-out action SWITCH_TO_ON_DEMAND.",
  severity: "low",
  tags: ["reliability", "spot"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-instance-fleet.html",
  level: "advisory",
  levels: { dev: "disabled" },
  config: {
    minTypes: {
      type: "integer",
      minimum: 1,
      maximum: 30,
      default: 5,
      description: "Fewest instance types of a fleet with spot capacity.",
    },
  },
  kinds: [...clusterKinds, "instanceGroup", "instanceFleet"],
  check({ cluster }, { minTypes }, report) {
    eachKnown(cluster.nodes, (nodes) => {
      // That the primary node isn't spot at all is master-on-demand's to say.
      if (nodes.role === "MASTER" || nodes.spotUnits === 0) return;
      const path = nodes.path || "The resource";
      if (nodes.form === "group")
        return report(`${path} is a spot instance group.`, "Allowed: instance fleets.");
      const types = nodes.types.length;
      if (types < minTypes)
        report(`${path} has ${types} instance types for spot.`, `Allowed: at least ${minTypes}.`);
      if (nodes.spotAllocationStrategy === undefined)
        report(`${path} has no spot allocation strategy.`, "Allowed: price-capacity-optimized or another.");
      if (nodes.spotTimeoutAction !== "SWITCH_TO_ON_DEMAND")
        report(
          `${path} has the spot time-out action ${nodes.spotTimeoutAction ?? "of EMR's default"}.`,
          "Allowed: SWITCH_TO_ON_DEMAND.",
        );
    });
  },
});
