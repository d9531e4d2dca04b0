import { definePolicy } from "../definePolicy";
import { pooledKinds } from "../resource";

export const managedScalingBounds = definePolicy<{ maxRatio: number }>({
  name: "managed-scaling-bounds",
  description: "Managed scaling should have a bounded range and an on-demand limit.",
  why: "A wide range scales out on one job's peak, and without an on-demand limit all of it at full price.",
  remediationSteps:
    "Raise the minimum or lower the maximum, and set maximumOnDemandCapacityUnits (aws.emr.ManagedScalingPolicy: maximumOndemandCapacityUnits).",
  severity: "low",
  tags: ["cost", "scaling"],
  url: "https://aws.github.io/aws-emr-best-practices/docs/bestpractices/Features/Managed%20Scaling/best_practices/",
  level: "advisory",
  config: {
    maxRatio: {
      type: "number",
      minimum: 1,
      maximum: 1000,
      default: 10,
      description: "Largest allowed maximum, as a multiple of the minimum.",
    },
  },
  kinds: [...pooledKinds, "managedScalingPolicy"],
  check({ cluster }, { maxRatio }, report) {
    const scaling = cluster.managedScaling;
    if (scaling === undefined) return;
    const { path, minimum, maximum } = scaling;
    if (maximum > minimum * maxRatio)
      report(`${path} scales from ${minimum} to ${maximum}.`, `Allowed: a maximum of ${minimum * maxRatio}.`);
    if (scaling.maximumOnDemand === undefined)
      report(`${path} has no limit for on-demand units.`, `Allowed: a limit of at most ${maximum}.`);
  },
});
