import { definePolicy } from "../definePolicy";

export const scaleDownIsNotTermination = definePolicy({
  name: "scale-down-is-not-termination",
  description: "A cluster with a scale-down behaviour must also have something that ends it.",
  why: "The scale-down behaviour says how single nodes leave; it never ends the cluster, which stays billed.",
  remediationSteps: "Set autoTerminationPolicy.idleTimeout.",
  severity: "medium",
  tags: ["cost", "lifecycle"],
  url: "https://github.com/hashicorp/terraform-provider-aws/issues/1929",
  level: "advisory",
  config: {},
  kinds: ["job", "cluster"],
  check({ cluster }, _config, report) {
    const { path, value } = cluster.scaleDownBehavior;
    if (value !== undefined && cluster.keepAlive.value && cluster.idleTimeout.value === undefined)
      report(`${path} is ${value} and no idle timeout is set.`, "Allowed: with an idle timeout.");
  },
});
