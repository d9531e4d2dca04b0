import { definePolicy } from "../definePolicy";
import { parseInstanceType } from "../instanceType";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";

export const fleetWeightsProportional = definePolicy<{ tolerancePercent: number }>({
  name: "fleet-weights-proportional",
  description: "The weights of a fleet's instance types should follow their vCPUs.",
  why: "With other weights, the same target capacity gives clusters of very different power.",
  remediationSteps: "Set weightedCapacity in proportion to the type's number of vCPUs.",
  severity: "low",
  tags: ["reliability", "hardware"],
  url: "https://aws.github.io/aws-emr-best-practices/docs/bestpractices/Reliability/best_practices/",
  level: "advisory",
  config: {
    tolerancePercent: {
      type: "number",
      minimum: 0,
      maximum: 500,
      default: 20,
      description:
        "How far a type's weight per vCPU may lie from that of the fleet's first type, in percent.",
    },
  },
  kinds: [...clusterKinds, "instanceFleet"],
  check({ cluster }, { tolerancePercent }, report) {
    eachKnown(cluster.nodes, (nodes) => {
      if (nodes.form !== "fleet") return;
      let reference: { instanceType: string; perVcpu: number } | undefined;
      eachKnown(nodes.types, ({ path, instanceType, weight }) => {
        const vcpus = parseInstanceType(instanceType)?.vcpus;
        if (vcpus === undefined) return;
        const perVcpu = weight / vcpus;
        reference ??= { instanceType, perVcpu };
        const apart = Math.abs(perVcpu / reference.perVcpu - 1) * 100;
        if (apart > tolerancePercent)
          report(
            `${path}.weightedCapacity is ${weight} for the ${vcpus} vCPUs of ${instanceType}.`,
            `Allowed beside ${reference.instanceType}: ${reference.perVcpu * vcpus}, give or take ${tolerancePercent} %.`,
          );
      });
    });
  },
});
