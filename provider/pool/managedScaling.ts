import type { ClusterTraits, ScalingLimits } from "./clusterTraits";
import { groupSatisfies } from "./groupSatisfies";
import { instanceCounts } from "./instanceCounts";
import type { InstanceGroupTraits } from "./instanceGroups";
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

/** Units that core and task may have together. https://docs.aws.amazon.com/emr/latest/APIReference/API_ComputeLimits.html */
export const mostUnits = ({ maximum }: ScalingLimits): number => maximum;

/** Units that core may have. */
export const mostCoreUnits = ({ maximum, maximumCore }: ScalingLimits): number =>
  Math.min(maximum, maximumCore ?? maximum);

/** Units that core and task may have on demand. */
export const mostOnDemandUnits = ({ maximum, maximumOnDemand }: ScalingLimits): number =>
  Math.min(maximum, maximumOnDemand ?? maximum);

/** A group asked for, and the group of the cluster that is to hold it. */
interface Share {
  readonly role: string;
  readonly asked: InstanceGroupTraits;
  readonly holder: InstanceGroupTraits;
}

const ceilings: readonly {
  readonly name: string;
  readonly limit: (limits: ScalingLimits) => number;
  readonly counts: (share: Share) => boolean;
}[] = [
  { name: "CORE and TASK", limit: mostUnits, counts: () => true },
  { name: "CORE", limit: mostCoreUnits, counts: ({ role }) => role === "CORE" },
  { name: "CORE and TASK on demand", limit: mostOnDemandUnits, counts: ({ holder }) => !holder.spot },
];

/**
 * Whether the core and task groups asked for fit below the limits of the cluster's policy (R25). Each is given to a
 * group of its role that satisfies it and counts there in whole instances of that group's type, so a cluster passes
 * only if EMR may grow it to a size that holds the request. Of a request beyond its own limits counts what these let
 * through: a cluster launched for it would get no more.
 */
export function managedLimitRefuses(
  asked: ClusterTraits,
  actual: ClusterTraits,
  pairs: readonly GroupPair[],
  types: InstanceTypeTable,
): string | undefined {
  const { scaling: limits } = actual;
  if (!limits) return undefined;
  const judged = pairs.filter(({ role, extra }) => scaled.has(role) && !extra);
  const shares = sharesOf(judged, limits, types, (pair) => pair.actual);
  for (const { label, asked: groups } of judged) {
    const left = groups.find((group) => !shares.some((share) => share.asked === group));
    // Where one group is asked for, the rules that judge each group by it say what it lacks.
    if (left && groups.length > 1)
      return `${label}: no group can grow to hold the ${left.count} x ${left.type} asked`;
  }
  const own = asked.scaling;
  for (const { name, limit, counts } of ceilings) {
    const counted = shares.filter(counts);
    const needed = unitsOf(counted, limits, types);
    if (needed <= limit(limits)) continue;
    const launched = own && sharesOf(judged, own, types, (pair) => pair.asked);
    const withinOwn =
      launched && needed * limit(own!) <= limit(limits) * unitsOf(launched.filter(counts), own!, types);
    if (!withinOwn) {
      const groups = instanceCounts(
        counted.map((share) => share.asked),
        ({ type }) => type,
        ({ count }) => count,
      );
      return `${name}: up to ${limit(limits)} ${limits.unitType} by managed scaling < ${needed} needed for ${groups.join(" + ")} asked`;
    }
  }
  return undefined;
}

/** Each group asked for with the one of `groups` that holds it in fewest units; none where none satisfies it. */
function sharesOf(
  pairs: readonly GroupPair[],
  limits: ScalingLimits,
  types: InstanceTypeTable,
  groups: (pair: GroupPair) => readonly InstanceGroupTraits[],
): Share[] {
  const shares: Share[] = [];
  for (const pair of pairs)
    for (const asked of pair.asked) {
      const units = (holder: InstanceGroupTraits) =>
        unitsOf([{ role: pair.role, asked, holder }], limits, types);
      // Spot first: it leaves the limit of on-demand units to those who need it.
      const [holder] = groups(pair)
        .filter((group) => groupSatisfies(group, asked, types))
        .sort((a, b) => Number(b.spot) - Number(a.spot) || units(a) - units(b));
      if (holder) shares.push({ role: pair.role, asked, holder });
    }
  return shares;
}

/** What the shares take, in units of the limits: whole instances of each holder. */
function unitsOf(shares: readonly Share[], { unitType }: ScalingLimits, types: InstanceTypeTable): number {
  // A type of unknown size is only held by the same type, so that any figure gives the number of instances.
  const vCpu = ({ type }: InstanceGroupTraits) => types.get(type)?.vCpu ?? 1;
  const compute = new Map<InstanceGroupTraits, number>();
  for (const { asked, holder } of shares)
    compute.set(holder, (compute.get(holder) ?? 0) + asked.count * vCpu(asked));
  let units = 0;
  for (const [holder, total] of compute)
    units += Math.ceil(total / vCpu(holder)) * (unitType === "VCPU" ? vCpu(holder) : 1);
  return units;
}
