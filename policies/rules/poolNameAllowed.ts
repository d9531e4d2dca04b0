import { definePolicy } from "../definePolicy";
import { matchesAny } from "../patterns";
import { pooledKinds } from "../resource";

interface PoolNameConfig {
  patterns: string[];
  stackPools: Record<string, string[]>;
  poolsTag: string;
}

export const poolNameAllowed = definePolicy<PoolNameConfig>({
  name: "pool-name-allowed",
  description: "Jobs and kept clusters may be in allowed pools only, and in those that their stack may use.",
  why: "Whoever joins a pool shares its clusters, their roles and their data access, and a misspelt name opens a pool of its own.",
  remediationSteps:
    "Set pool.name to an allowed pool, or ask the pool's owner to add the name to the policy's configuration.",
  severity: "high",
  tags: ["pool", "security"],
  url: "https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: {
    patterns: {
      type: "array",
      items: { type: "string", format: "regex" },
      minItems: 1,
      maxItems: 200,
      default: ["[a-z0-9]+([._-][a-z0-9]+)*"],
      description:
        "Names or regular expressions, one of which must match the whole name; the default is lower case, because ETL and etl would be two pools.",
    },
    stackPools: {
      type: "object",
      additionalProperties: { type: "array", items: { type: "string" } },
      default: {},
      description: "Pools by stack (name or project/stack): a stack listed here may use only its pools.",
    },
    poolsTag: {
      type: "string",
      maxLength: 40,
      default: "",
      description:
        "Stack tag that lists, comma-separated, the pools the stack may use; empty: tags are not looked at.",
    },
  },
  kinds: pooledKinds,
  check(resource, { patterns, stackPools, poolsTag }, report) {
    const name = resource.pooled!.pool.name;
    if (!matchesAny(name, patterns))
      report(`pool.name is ${JSON.stringify(name)}.`, `Allowed: names that match ${patterns.join(" or ")}.`);
    const { stackName, projectName } = resource;
    const listed = stackPools[`${projectName}/${stackName}`] ?? stackPools[stackName];
    if (listed !== undefined && !listed.includes(name))
      report(
        `pool.name is ${JSON.stringify(name)} in stack ${stackName}.`,
        `Allowed for this stack: ${listed.join(", ") || "no pool"}.`,
      );
    if (poolsTag === "") return;
    const tagged = (resource.stackTags.get(poolsTag) ?? "").split(",").map((pool) => pool.trim());
    if (!tagged.includes(name))
      report(
        `pool.name is ${JSON.stringify(name)} in stack ${stackName}.`,
        `Allowed by the stack's tag ${poolsTag}: ${tagged.join(", ") || "no pool"}.`,
      );
  },
});
