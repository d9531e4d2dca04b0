import type { ClusterTraits } from "./clusterTraits";
import type { InstanceTypeTable } from "./instanceTypes";
import type { GroupPair } from "./rolePairs";

const none: ReadonlySet<string> = new Set();
const scaled: ReadonlySet<string> = new Set(["CORE", "TASK"]);

/**
 * Roles whose size a managed scaling policy decides. An idle cluster is scaled in, so it would look too small
 * just when it is free: there the limits count instead of the instances that happen to run.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-scaling.html
 */
export function managedRoles(traits: ClusterTraits): ReadonlySet<string> {
  return traits.scaling ? scaled : none;
}

/** Whether core and task groups asked for fit below the limits of the cluster's policy. (R25) */
export function managedLimitRefuses(
  asked: ClusterTraits,
  actual: ClusterTraits,
  pairs: readonly GroupPair[],
  types: InstanceTypeTable,
): string | undefined {
  const limits = actual.scaling;
  if (!limits) return undefined;
  const judged = pairs.filter(({ role, extra }) => scaled.has(role) && !extra);
  const compute = (role?: string) =>
    judged
      .filter((pair) => role === undefined || pair.role === role)
      .flatMap((pair) => pair.asked)
      .reduce((total, { type, count }) => total + count * (types.get(type)?.vCpu ?? 1), 0);
  const perUnit = limits.unitType === "VCPU" ? 1 : smallest(pairs, types);
  const maximum = limits.maximum * perUnit;
  const maximumCore = Math.min(limits.maximumCore ?? limits.maximum, limits.maximum) * perUnit;
  const policy = `managed scaling up to ${limits.maximum} ${limits.unitType}`;
  if (compute("CORE") > maximumCore)
    return `CORE: ${maximumCore} vCPUs (${policy}, ${limits.maximumCore ?? limits.maximum} of them CORE) < ${compute("CORE")} asked`;
  if (compute() > maximum) return `CORE and TASK: ${maximum} vCPUs (${policy}) < ${compute()} asked`;
  const onDemand = Math.min(limits.maximumOnDemand ?? limits.maximum, limits.maximum) * perUnit;
  const fixed = asked.groups
    .filter(({ role, spot }) => scaled.has(role) && !spot)
    .reduce((total, { type, count }) => total + count * (types.get(type)?.vCpu ?? 1), 0);
  return fixed > onDemand
    ? `CORE and TASK: ${onDemand} on-demand vCPUs (${policy}, ${limits.maximumOnDemand} on demand) < ${fixed} asked`
    : undefined;
}

/** Compute of one unit where units are instances: EMR may add any of the types, so the smallest is sure. */
function smallest(pairs: readonly GroupPair[], types: InstanceTypeTable): number {
  const sizes = pairs
    .filter(({ role }) => scaled.has(role))
    .flatMap(({ actual }) => actual.map(({ type }) => types.get(type)?.vCpu ?? 1));
  return sizes.length > 0 ? Math.min(...sizes) : 1;
}
