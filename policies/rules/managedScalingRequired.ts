import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";

export const managedScalingRequired = definePolicy<{ threshold: number }>({
  name: "managed-scaling-required",
  description: "A cluster with more core and task nodes than the threshold should use managed scaling.",
  why: "Between jobs of a pool, the nodes of a large cluster stand idle unless it scales in.",
  remediationSteps:
    "Set cluster.managedScalingPolicy, or add an aws.emr.ManagedScalingPolicy for the cluster to the stack.",
  severity: "low",
  tags: ["cost", "scaling"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-scaling.html",
  level: "advisory",
  config: {
    threshold: {
      type: "integer",
      minimum: 0,
      maximum: 1000,
      default: 3,
      description: "Most core and task nodes of a cluster without managed scaling.",
    },
  },
  checkStack(stack, { threshold }, report) {
    eachKnown(stack.ofKind(...clusterKinds), (resource) => {
      const { cluster } = resource;
      if (cluster.managedScaling !== undefined || stack.isScaled(resource)) return;
      const units = cluster.nodes
        .filter((nodes) => nodes.role !== "MASTER")
        .reduce((total, nodes) => total + nodes.onDemandUnits + nodes.spotUnits, 0);
      if (units > threshold)
        report(
          resource,
          `The cluster has ${units} core and task nodes and no managed scaling.`,
          `Allowed without it: at most ${threshold}.`,
        );
    });
  },
});
