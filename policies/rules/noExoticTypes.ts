import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { matchesAny, patternList } from "../patterns";
import { clusterKinds } from "../resource";

export const noExoticTypes = definePolicy<{ patterns: string[] }>({
  name: "no-exotic-types",
  description: "Nodes should be of types that are easy to get.",
  why: "Special and very large types are scarce, so that launches and scale-out fail for lack of capacity.",
  remediationSteps: "Use more nodes of a smaller, common type.",
  severity: "low",
  tags: ["reliability", "hardware"],
  url: "https://aws.github.io/aws-emr-best-practices/docs/bestpractices/Reliability/best_practices/",
  level: "advisory",
  config: {
    patterns: patternList("Types or regular expressions that count as exotic.", [
      "[a-z]+\\d+[a-z]*(zn|dn)\\..*",
      ".*\\.(24|32|48)xlarge",
      ".*\\.metal.*",
    ]),
  },
  kinds: [...clusterKinds, "instanceGroup", "instanceFleet"],
  check({ cluster }, { patterns }, report) {
    eachKnown(cluster.nodes, (nodes) =>
      eachKnown(nodes.types, ({ path, instanceType }) => {
        if (matchesAny(instanceType, patterns))
          report(
            `${path === "" ? "instanceType" : `${path}.instanceType`} is ${instanceType}.`,
            `Allowed: types that don't match ${patterns.join(" or ")}.`,
          );
      }),
    );
  },
});
