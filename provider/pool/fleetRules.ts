import type { ScalingLimits } from "./clusterTraits";
import { configurationsDiffer } from "./configurations";
import { rolesRefuse } from "./groupRules";
import { volumesRefuse } from "./groupSatisfies";
import type { FleetTypeTraits, InstanceFleetTraits } from "./instanceFleets";
import { managedRoles, mostCoreUnits, mostOnDemandUnits, mostUnits } from "./managedScaling";
import type { FleetPair } from "./rolePairs";
import { type Comparison, different, type Rule } from "./rule";

/** Rules that look at instance fleets, role by role. */
export const fleetRules: readonly Rule[] = [
  {
    number: "R37",
    asks: "every fleet asked for, and no other but CORE and TASK that satisfy the request",
    check: ({ request, pairs }) => (request.traits.usesFleets ? rolesRefuse(pairs) : undefined),
  },
  {
    number: "R30",
    asks: "no other instance types than those asked for",
    check: eachFleet(({ asked, actual }) => {
      const wanted = new Set(asked.types.map(({ type }) => type));
      const others = actual.types.filter(({ type }) => !wanted.has(type));
      if (others.length === 0) return undefined;
      return `types ${names(actual.types)}, asked only ${names(asked.types)}`;
    }),
  },
  {
    number: "R31",
    asks: "the same weighted capacity per type",
    check: eachType((actual, asked) => different("WeightedCapacity", actual.weight, asked.weight)),
  },
  {
    number: "R32",
    asks: "at least the on-demand capacity; limits of managed scaling at least the capacity",
    check: (comparison) => onDemandRefuses(comparison) ?? managedFleetRefuses(comparison),
  },
  {
    number: "R33",
    asks: "at least the spot capacity, surplus on-demand capacity counted in",
    check: eachFleet(({ role, asked, actual, extra }, { candidate }) => {
      if (extra || managedRoles(candidate.traits).has(role)) return undefined;
      const surplus = Math.max(0, actual.provisionedOnDemand - asked.onDemand);
      if (actual.provisionedSpot + surplus >= asked.spot) return undefined;
      return `spot capacity ${actual.provisionedSpot} + ${surplus} surplus on-demand < ${asked.spot} asked`;
    }),
  },
  {
    number: "R34",
    asks: "EBS-optimized instances and volumes per type, if asked for",
    check: eachType((actual, asked) =>
      asked.optimized && !actual.optimized ? "EbsOptimized: false, asked true" : volumesRefuse(actual, asked),
    ),
  },
  {
    number: "R35",
    asks: "no spot timeout that ends the cluster, unless the job accepts it and no earlier",
    check: eachFleet(({ asked, actual }) => {
      if (actual.spotTimeoutAction !== "TERMINATE_CLUSTER") return undefined;
      if (asked.spotTimeoutAction !== "TERMINATE_CLUSTER")
        return `spot timeout action TERMINATE_CLUSTER, asked ${asked.spotTimeoutAction ?? "none"}`;
      const [has, needs] = [actual.spotTimeoutMinutes ?? 0, asked.spotTimeoutMinutes ?? 0];
      return has >= needs ? undefined : `spot timeout after ${has} min < ${needs} min asked`;
    }),
  },
  {
    number: "R36",
    asks: "at least the bid, price or percentage",
    check: eachType((actual, asked) =>
      fleetBidCovers(actual, asked) ? undefined : `bid ${bidText(actual)} < ${bidText(asked)} asked`,
    ),
  },
  {
    number: "X2",
    asks: "the same configurations per fleet type",
    check: eachType((actual, asked) => configurationsDiffer(actual.configurations, asked.configurations)),
  },
  {
    number: "X16",
    asks: "the same capacity reservation, if one is asked for",
    check: eachFleet(({ asked, actual }) =>
      asked.reservationArn === undefined
        ? undefined
        : different("capacity reservation", actual.reservationArn, asked.reservationArn),
    ),
  },
];

const onDemandRefuses = eachFleet(({ role, asked, actual, extra }, { candidate }) =>
  extra || managedRoles(candidate.traits).has(role) || actual.provisionedOnDemand >= asked.onDemand
    ? undefined
    : `on-demand capacity ${actual.provisionedOnDemand} < ${asked.onDemand} asked`,
);

function eachFleet(refuses: (pair: FleetPair, comparison: Comparison) => string | undefined): Rule["check"] {
  return (comparison) => {
    for (const pair of comparison.pairs.fleets) {
      const reason = refuses(pair, comparison);
      if (reason !== undefined) return `${pair.label}: ${reason}`;
    }
    return undefined;
  };
}

/** Types that were not asked for are R30's. */
function eachType(
  refuses: (actual: FleetTypeTraits, asked: FleetTypeTraits) => string | undefined,
): Rule["check"] {
  return eachFleet(({ asked, actual }) => {
    for (const type of actual.types) {
      const wanted = asked.types.find((other) => other.type === type.type);
      const reason = wanted && refuses(type, wanted);
      if (reason !== undefined) return `${type.type}: ${reason}`;
    }
    return undefined;
  });
}

/**
 * A price and a percentage can't be compared without the on-demand price, except that 100 % is at least any
 * sensible price.
 */
function fleetBidCovers(actual: FleetTypeTraits, asked: FleetTypeTraits): boolean {
  if (actual.bidPercentage !== undefined) return actual.bidPercentage >= (asked.bidPercentage ?? 100);
  if (asked.bidPercentage !== undefined) return false;
  return actual.bidPrice === asked.bidPrice || Number(actual.bidPrice) >= Number(asked.bidPrice);
}

function bidText({ bidPrice, bidPercentage }: FleetTypeTraits): string {
  return bidPercentage === undefined ? `${bidPrice} USD` : `${bidPercentage} % of on-demand`;
}

function names(types: readonly FleetTypeTraits[]): string {
  return types.map(({ type }) => type).join(", ");
}

/**
 * Under managed scaling the limits count, for core and task together. A request beyond its own limits asks for what
 * these let through, as a fleet launched for it would get no more.
 */
function managedFleetRefuses({ request, candidate, pairs }: Comparison): string | undefined {
  const limits = candidate.traits.scaling;
  if (!limits) return undefined;
  const own = request.traits.scaling;
  const judged = pairs.fleets.filter(({ role, extra }) => role !== "MASTER" && !extra);
  const policy = `managed scaling up to ${limits.maximum} ${limits.unitType}`;
  for (const { name, limit, capacity } of ceilings) {
    const asked = judged.reduce((sum, pair) => sum + capacity(pair.asked, pair.role), 0);
    const needed = Math.min(asked, own ? limit(own) : asked);
    if (needed > limit(limits)) return `${name} ${limit(limits)} (${policy}) < ${needed} asked`;
  }
  return undefined;
}

const ceilings: readonly {
  readonly name: string;
  readonly limit: (limits: ScalingLimits) => number;
  readonly capacity: (fleet: InstanceFleetTraits, role: string) => number;
}[] = [
  {
    name: "CORE and TASK: capacity",
    limit: mostUnits,
    capacity: ({ onDemand, spot }) => onDemand + spot,
  },
  {
    name: "CORE: capacity",
    limit: mostCoreUnits,
    capacity: ({ onDemand, spot }, role) => (role === "CORE" ? onDemand + spot : 0),
  },
  {
    name: "CORE and TASK: on-demand capacity",
    limit: mostOnDemandUnits,
    capacity: ({ onDemand }) => onDemand,
  },
];
