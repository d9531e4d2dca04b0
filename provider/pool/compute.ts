import type { ClusterTraits } from "./clusterTraits";
import type { InstanceTypeTable } from "./instanceTypes";

/**
 * vCPUs of all running instances, by which clusters are ranked (R39). Types of unknown size count as 0. EMR says
 * of a fleet only its capacity, not how many of each type run, so the least that capacity may be is taken.
 */
export function runningCompute(traits: ClusterTraits, types: InstanceTypeTable): number {
  let total = 0;
  for (const { type, running } of traits.groups) total += running * (types.get(type)?.vCpu ?? 0);
  for (const fleet of traits.fleets) {
    let perUnit = Number.POSITIVE_INFINITY;
    for (const { type, weight } of fleet.types)
      perUnit = Math.min(perUnit, (types.get(type)?.vCpu ?? 0) / (weight || 1));
    if (Number.isFinite(perUnit)) total += (fleet.provisionedOnDemand + fleet.provisionedSpot) * perUnit;
  }
  return Number.isFinite(total) ? total : 0;
}
