import { parseInstanceType } from "../instanceType";
import type { ClusterView, NodesView, NodeTypeView } from "../views/clusterView";
import type { PriceTable } from "./priceTable";

/** What a cluster may cost at most. */
export interface PriceEstimate {
  /** US dollars an hour, all nodes at on-demand price, scaled out to the limits. */
  perHour: number;
  /** Instance types that the table doesn't know; they are not in the sum. */
  unpriced: string[];
}

/** The most a cluster may cost: spot counts at the on-demand price, which is its upper bound in practice. */
export function maximumPrice(cluster: ClusterView, prices: PriceTable): PriceEstimate {
  const { nodes, managedScaling } = cluster;
  const unpriced = new Set<string>();
  /** The dearest type of `nodes`, by price for one of the units that `unitsOf` counts. */
  const dearestUnit = (types: readonly NodeTypeView[], unitsOf: (type: NodeTypeView) => number) =>
    types.reduce((dearest, type) => {
      const hourly = prices.hourly(type.instanceType);
      if (hourly === undefined) unpriced.add(type.instanceType);
      return Math.max(dearest, (hourly ?? 0) / unitsOf(type));
    }, 0);
  const priceOf = (part: NodesView) => {
    const units = maximumUnits(part);
    return units === 0 ? 0 : units * dearestUnit(part.types, (type) => type.weight);
  };
  const isScaled = (part: NodesView) => managedScaling !== undefined && part.role !== "MASTER";

  const fixed = sum(nodes.filter((part) => !isScaled(part)).map(priceOf));
  const scaledNodes = nodes.filter(isScaled);
  const asked = sum(scaledNodes.map(priceOf));
  if (managedScaling === undefined) return { perHour: fixed + asked, unpriced: [...unpriced] };
  const { unitType, maximum } = managedScaling;
  const types = scaledNodes.flatMap((part) => part.types);
  const limit =
    maximum *
    dearestUnit(types, (type) => {
      if (unitType === "VCPU") return parseInstanceType(type.instanceType)?.vcpus ?? 4;
      return unitType === "InstanceFleetUnits" ? type.weight : 1;
    });
  return { perHour: fixed + Math.max(asked, limit), unpriced: [...unpriced] };
}

/** Instances of a group, units of a fleet, scaled out. */
function maximumUnits(part: NodesView): number {
  return Math.max(part.onDemandUnits + part.spotUnits, part.scalingMaximum ?? 0);
}

/** The most nodes the cluster may have, scaled out to its limits. */
export function maximumInstances(cluster: ClusterView): number {
  const { nodes, managedScaling } = cluster;
  const instances = (parts: NodesView[]) =>
    sum(parts.map((part) => maximumUnits(part) / lightest(part.types)));
  if (managedScaling === undefined) return Math.ceil(instances(nodes));
  const scaled = nodes.filter((part) => part.role !== "MASTER");
  const types = scaled.flatMap((part) => part.types);
  const { unitType, maximum } = managedScaling;
  const vcpus = types.map((type) => parseInstanceType(type.instanceType)?.vcpus ?? 4);
  const masters = nodes.filter((part) => part.role === "MASTER");
  const unitsOfOne =
    unitType === "VCPU" ? Math.min(...vcpus) : unitType === "InstanceFleetUnits" ? lightest(types) : 1;
  // Without core or task nodes to look at, a limit in units can only be taken for one in instances.
  const limit = Number.isFinite(unitsOfOne) ? maximum / unitsOfOne : maximum;
  return Math.ceil(instances(masters) + Math.max(instances(scaled), limit));
}

/** Smallest weight: the most instances that a number of units can become. */
function lightest(types: readonly NodeTypeView[]): number {
  const weights = types.map((type) => type.weight).filter((weight) => weight > 0);
  return weights.length === 0 ? 1 : Math.min(...weights);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
