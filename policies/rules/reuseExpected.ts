import { definePolicy } from "../definePolicy";
import { matchesAny, patternList, productionStacks } from "../patterns";
import { pooledKinds } from "../resource";

interface ReuseConfig {
  prodStacks: string[];
  oneOffPools: string[];
  pinnable: string[];
}

export const reuseExpected = definePolicy<ReuseConfig>({
  name: "reuse-expected",
  description:
    "Production should use lasting pools, and a job of another stack should not pin a cluster of its own choice.",
  why: "A pool whose name is new each time can never be joined, and a pinned cluster may be production's.",
  remediationSteps: "Use a lasting pool name, and leave pool.clusterId out.",
  severity: "low",
  tags: ["cost", "pool"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-overview-benefits.html",
  level: "advisory",
  config: {
    prodStacks: patternList("Production stacks, or regular expressions.", productionStacks),
    oneOffPools: patternList("Pool names that show a pool for one use, as regular expressions.", [
      ".*\\d{8,}.*",
      ".*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}.*",
    ]),
    pinnable: patternList("Cluster ids, or regular expressions, that any stack may pin."),
  },
  kinds: pooledKinds,
  check({ job, pooled, stackName }, { prodStacks, oneOffPools, pinnable }, report) {
    const { name } = pooled!.pool;
    const isProduction = matchesAny(stackName, prodStacks);
    if (isProduction && matchesAny(name, oneOffPools))
      report(`pool.name is ${name}, which is for one use.`, "Allowed in production: lasting pools.");
    const clusterId = job?.pool.clusterId;
    if (!isProduction && clusterId !== undefined && !matchesAny(clusterId, pinnable))
      report(
        `pool.clusterId is ${clusterId} in stack ${stackName}.`,
        `Allowed outside production: ${pinnable.join(" or ") || "no pinned cluster"}.`,
      );
  },
});
