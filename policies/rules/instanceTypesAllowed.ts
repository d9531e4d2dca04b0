import { definePolicy } from "../definePolicy";
import { parseInstanceType } from "../instanceType";
import { eachKnown } from "../known";
import { matchesAny, patternList } from "../patterns";
import { clusterKinds } from "../resource";

interface InstanceTypesConfig {
  allow: string[];
  block: string[];
  previousGenerationFamilies: string[];
}

export const instanceTypesAllowed = definePolicy<InstanceTypesConfig>({
  name: "instance-types-allowed",
  description: "Nodes must be of allowed instance types of a current generation.",
  why: "Types of a previous generation cost more for the same work, and lists keep licences and quotas in hand.",
  remediationSteps: "Use an instance type of the list, of a current generation.",
  severity: "medium",
  tags: ["cost", "hardware"],
  url: "https://aws.amazon.com/ec2/previous-generation/",
  level: "mandatory",
  config: {
    allow: patternList("Types or regular expressions, one of which must match; empty: all.", []),
    block: patternList("Types or regular expressions that must not match."),
    previousGenerationFamilies: {
      type: "array",
      items: { type: "string" },
      maxItems: 100,
      default: ["m1", "m2", "m3", "c1", "c3", "cc2", "cr1", "cg1", "r3", "i2", "hs1", "g2", "t1"],
      description: "Families that count as previous generation.",
    },
  },
  kinds: [...clusterKinds, "instanceGroup", "instanceFleet"],
  check({ cluster }, { allow, block, previousGenerationFamilies }, report) {
    eachKnown(cluster.nodes, (nodes) =>
      eachKnown(nodes.types, ({ path, instanceType }) => {
        const found = `${path === "" ? "instanceType" : `${path}.instanceType`} is ${instanceType}`;
        const family = parseInstanceType(instanceType)?.family ?? "";
        if (previousGenerationFamilies.includes(family))
          report(`${found}, of a previous generation.`, "Allowed: current generations.");
        else if (matchesAny(instanceType, block))
          report(`${found}.`, `Allowed: types that don't match ${block.join(" or ")}.`);
        else if (allow.length > 0 && !matchesAny(instanceType, allow))
          report(`${found}.`, `Allowed: types that match ${allow.join(" or ")}.`);
      }),
    );
  },
});
