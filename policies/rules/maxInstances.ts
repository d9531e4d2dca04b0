import { definePolicy } from "../definePolicy";
import { maximumInstances } from "../prices/maximumPrice";
import { clusterKinds } from "../resource";

export const maxInstances = definePolicy<{ max: number }>({
  name: "max-instances",
  description: "A cluster must not have, or be able to scale out to, more nodes than the limit.",
  why: "A wrong count or scaling limit is paid for, and uses up the account's quota for everyone.",
  remediationSteps: "Lower the instance counts, the fleets' capacities or the scaling limit.",
  severity: "medium",
  tags: ["cost", "hardware"],
  url: "https://docs.aws.amazon.com/general/latest/gr/emr.html",
  level: "mandatory",
  config: {
    max: {
      type: "integer",
      minimum: 1,
      maximum: 10000,
      default: 50,
      description: "Most nodes of a cluster.",
    },
  },
  profileConfig: { dev: { max: 10 } },
  kinds: [...clusterKinds, "instanceGroup", "instanceFleet", "managedScalingPolicy"],
  check({ cluster }, { max }, report) {
    const instances = maximumInstances(cluster);
    if (instances > max) report(`The cluster may have ${instances} nodes.`, `Allowed: at most ${max} nodes.`);
  },
});
