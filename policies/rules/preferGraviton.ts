import { definePolicy } from "../definePolicy";
import { parseInstanceType } from "../instanceType";
import { eachKnown } from "../known";
import { matchesAny, patternList } from "../patterns";
import { isRelease, releaseAtLeast } from "../release";
import { clusterKinds } from "../resource";

export const preferGraviton = definePolicy<{ exemptTypes: string[] }>({
  name: "prefer-graviton",
  description: "General purpose, compute and memory nodes should be Graviton where the release supports it.",
  why: "Graviton types do the same work for about a fifth less, if the job brings no x86 binaries.",
  remediationSteps: "Use the type's Graviton counterpart (m7g for m7i), or exempt the type.",
  severity: "low",
  tags: ["cost", "hardware"],
  url: "https://aws.github.io/aws-emr-best-practices/docs/bestpractices/Cost%20Optimizations/best_practices/",
  level: "advisory",
  config: {
    exemptTypes: patternList("Types or regular expressions of nodes that must stay x86."),
  },
  kinds: clusterKinds,
  check({ cluster }, { exemptTypes }, report) {
    const label = cluster.releaseLabel.value;
    if (label === undefined || !isRelease(label) || !supportsGraviton(label)) return;
    eachKnown(cluster.nodes, (nodes) =>
      eachKnown(nodes.types, ({ path, instanceType }) => {
        const type = parseInstanceType(instanceType);
        if (type === undefined || type.isGraviton || !["m", "c", "r"].includes(type.series)) return;
        if (!matchesAny(instanceType, exemptTypes))
          report(`${path}.instanceType is ${instanceType}.`, `Allowed with ${label}: Graviton types.`);
      }),
    );
  },
});

/** https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-supported-instance-types.html */
function supportsGraviton(label: string): boolean {
  return releaseAtLeast(label, label.startsWith("emr-5") ? "emr-5.30.0" : "emr-6.1.0");
}
