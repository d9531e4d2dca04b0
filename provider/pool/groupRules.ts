import { canAssign } from "./assignment";
import { configurationsDiffer } from "./configurations";
import { bidCovers, groupSatisfies, volumesRefuse } from "./groupSatisfies";
import { instanceCounts } from "./instanceCounts";
import type { InstanceGroupTraits } from "./instanceGroups";
import type { InstanceTypeTable } from "./instanceTypes";
import { managedLimitRefuses, managedRoles } from "./managedScaling";
import type { GroupPair } from "./rolePairs";
import { type Comparison, type Rule, shown } from "./rule";

/** Rules that look at instance groups, role by role. One group that fails refuses the cluster. */
export const groupRules: readonly Rule[] = [
  {
    number: "R22",
    asks: "every role asked for, and no other but CORE and TASK that satisfy the request",
    check: ({ request, pairs }) => (request.traits.usesFleets ? undefined : rolesRefuse(pairs)),
  },
  {
    number: "R23",
    asks: "on-demand instances, or spot with at least the bid asked for",
    check: eachGroup((actual, asked) => {
      if (!actual.spot) return undefined;
      if (!asked.spot) return "SPOT, asked ON_DEMAND";
      return bidCovers(actual.bidPrice, asked.bidPrice)
        ? undefined
        : `bid ${actual.bidPrice ?? "up to on-demand"} < ${asked.bidPrice ?? "up to on-demand"} asked`;
    }),
  },
  {
    number: "R26",
    asks: "of a type of unknown size, at least as many instances of the same type",
    check: unknownTypeRefuses,
  },
  {
    number: "R24",
    asks: "at least the memory per instance",
    check: eachGroup((actual, asked, { instanceTypes }) => {
      if (actual.type === asked.type) return undefined;
      const [has, needs] = [instanceTypes.get(actual.type), instanceTypes.get(asked.type)];
      if (!has || !needs || has.memoryGiB >= needs.memoryGiB) return undefined;
      return `${has.memoryGiB} GiB per instance < ${needs.memoryGiB} GiB asked`;
    }),
  },
  {
    number: "R25",
    asks: "at least the compute per role, of running instances",
    check: computeRefuses,
  },
  {
    number: "R28",
    asks: "EBS-optimized instances, if asked for",
    check: eachGroup((actual, asked) =>
      asked.optimized && !actual.optimized ? "EbsOptimized: false, asked true" : undefined,
    ),
  },
  {
    number: "R29",
    asks: "the EBS volumes asked for, each at least as large and fast",
    check: eachGroup((actual, asked) => volumesRefuse(actual, asked)),
  },
  {
    number: "X2",
    asks: "the same configurations per instance group",
    check: eachGroup((actual, asked) => configurationsDiffer(actual.configurations, asked.configurations)),
  },
  {
    number: "X3",
    asks: "at least as many masters",
    check: ({ pairs }) => {
      const masters = pairs.groups.find(({ role }) => role === "MASTER");
      if (!masters) return undefined;
      const [has, needs] = [sum(masters.actual, "running"), sum(masters.asked, "count")];
      return has >= needs ? undefined : `MASTER: ${has} masters < ${needs} asked`;
    },
  },
];

/** A check over every group that is there, against the group it is judged by. */
function eachGroup(
  refuses: (
    actual: InstanceGroupTraits,
    asked: InstanceGroupTraits,
    context: Comparison["context"],
  ) => string | undefined,
): Rule["check"] {
  return ({ pairs, context }) => {
    for (const pair of pairs.groups)
      for (const actual of pair.actual) {
        const reason = refuses(actual, judge(pair, actual, context.instanceTypes), context);
        if (reason !== undefined) return `${pair.label}: ${reason}`;
      }
    return undefined;
  };
}

/** Of several groups asked for in one role: the one this group satisfies, else the one of its type. (R27) */
export function judge(
  pair: GroupPair,
  actual: InstanceGroupTraits,
  types: InstanceTypeTable,
): InstanceGroupTraits {
  const first = pair.asked[0]!;
  if (pair.asked.length === 1) return first;
  return (
    pair.asked.find((asked) => groupSatisfies(actual, asked, types)) ??
    pair.asked.find((asked) => asked.type === actual.type) ??
    first
  );
}

/** Reason if the roles asked for and those of the cluster don't fit together. (R22, R37) */
export function rolesRefuse({ missing, surplus }: Comparison["pairs"]): string | undefined {
  if (missing.length > 0) return `roles: no ${missing.join(", ")} on the cluster, asked for`;
  if (surplus.length > 0) return `roles: ${surplus.join(", ")} on the cluster, not asked for`;
  return undefined;
}

function unknownTypeRefuses({ candidate, pairs, context }: Comparison): string | undefined {
  const known = (type: string) => context.instanceTypes.has(type);
  const managed = managedRoles(candidate.traits);
  for (const { label, role, asked, actual, extra } of pairs.groups) {
    for (const group of asked.filter(({ type }) => !known(type))) {
      const strange = asked.length === 1 ? actual.find(({ type }) => type !== group.type) : undefined;
      if (strange)
        return `${label}: ${shown(strange.type)}, asked ${shown(group.type)}, whose size is not known`;
      const running = sum(
        actual.filter(({ type }) => type === group.type),
        "running",
      );
      if (!extra && !managed.has(role) && !(running >= group.count))
        return `${label}: ${running} running of ${group.type} < ${group.count} asked (size not known)`;
    }
    const strange = actual.find(({ type }) => !known(type) && !asked.some((group) => group.type === type));
    if (strange) return `${label}: ${strange.type}, whose size is not known, asked ${asked[0]!.type}`;
  }
  return undefined;
}

function computeRefuses({ request, candidate, pairs, context }: Comparison): string | undefined {
  const types = context.instanceTypes;
  const managed = managedRoles(candidate.traits);
  for (const { label, role, asked, actual, extra } of pairs.groups) {
    const strange = asked.find(({ count }) => !Number.isInteger(count));
    if (strange) return `${label}: ${sum(actual, "running")} running, asked a whole number of instances`;
    if (extra || managed.has(role)) continue;
    if (hasSameAndEnough(asked, actual)) continue;
    const sized = asked.filter(({ type }) => types.has(type));
    if (sized.length === 0) continue;
    const needs = sized.map((group) => group.count * types.get(group.type)!.vCpu);
    const has = actual.map((group) => (types.get(group.type)?.vCpu ?? 0) * group.running);
    const [total, wanted] = [has.reduce(plus, 0), needs.reduce(plus, 0)];
    if (total < wanted)
      return `${label}: ${total} vCPUs running (${counted(actual, ({ running }) => running)}) < ${wanted} asked (${counted(asked, ({ count }) => count)})`;
    if (
      sized.length > 1 &&
      !canAssign(needs, has, (need, group) => groupSatisfies(actual[group]!, sized[need]!, types))
    )
      return `${label}: ${counted(actual, ({ running }) => running)} can't be shared out over ${counted(asked, ({ count }) => count)} asked`;
  }
  return managedLimitRefuses(request.traits, candidate.traits, pairs.groups, types);
}

/** The plain case, which needs no sizes: one group asked for, one there, of the same type. */
function hasSameAndEnough(
  asked: readonly InstanceGroupTraits[],
  actual: readonly InstanceGroupTraits[],
): boolean {
  const [want, have] = [asked[0]!, actual[0]!];
  return asked.length === 1 && actual.length === 1 && want.type === have.type && have.running >= want.count;
}

const counted = (groups: readonly InstanceGroupTraits[], count: (group: InstanceGroupTraits) => number) =>
  instanceCounts(groups, ({ type }) => type, count).join(" + ");

function sum(groups: readonly InstanceGroupTraits[], field: "running" | "count"): number {
  return groups.reduce((total, group) => total + group[field], 0);
}

const plus = (a: number, b: number) => a + b;
