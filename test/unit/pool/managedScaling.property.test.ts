import type { InstanceGroupConfig, RunJobFlowInput } from "@aws-sdk/client-emr";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../provider/pool/decide";
import { candidateOf, poolRequest } from "./poolFixtures";
import { context, withGroups } from "./specBuilders";

const vCpus: Record<string, number> = { "m5.xlarge": 4, "m5.2xlarge": 8, "r5.2xlarge": 8, "no.such": 1 };
const group = (InstanceRole: "CORE" | "TASK", types: readonly string[]) =>
  fc.record({
    InstanceRole: fc.constant(InstanceRole),
    InstanceType: fc.constantFrom(...types),
    InstanceCount: fc.nat({ max: 3 }),
    Market: fc.constantFrom("SPOT" as const, "ON_DEMAND" as const),
  });
const groupsOf = (taskGroups: number, types: readonly string[]) =>
  fc
    .tuple(group("CORE", types), fc.array(group("TASK", types), { maxLength: taskGroups }))
    .map(([core, tasks]) => [core, ...tasks]);
const limits = fc.record(
  {
    UnitType: fc.constantFrom("Instances" as const, "VCPU" as const),
    MinimumCapacityUnits: fc.constant(1),
    MaximumCapacityUnits: fc.integer({ min: 1, max: 8 }),
    MaximumOnDemandCapacityUnits: fc.nat({ max: 8 }),
    MaximumCoreCapacityUnits: fc.nat({ max: 8 }),
  },
  { requiredKeys: ["UnitType", "MinimumCapacityUnits", "MaximumCapacityUnits"] },
);
type Limits = typeof limits extends fc.Arbitrary<infer Value> ? Value : never;

const cluster = (groups: readonly InstanceGroupConfig[]) => withGroups([{}, ...groups]);
const joins = (asked: RunJobFlowInput, there: RunJobFlowInput) =>
  decide(poolRequest(asked), [candidateOf(there)], context).join === 0;

/** Every size the policy lets the groups grow to, tried one by one and judged without the policy. */
function fitsAtSomeSize(asked: RunJobFlowInput, groups: InstanceGroupConfig[], policy: Limits): boolean {
  const sizes = (left: InstanceGroupConfig[], sized: InstanceGroupConfig[]): boolean => {
    const units = (counts: (group: InstanceGroupConfig) => boolean) =>
      sized
        .filter(counts)
        .reduce(
          (sum, { InstanceType, InstanceCount }) => sum + InstanceCount! * perInstance(InstanceType!),
          0,
        );
    const perInstance = (type: string) => (policy.UnitType === "VCPU" ? vCpus[type]! : 1);
    if (
      units(() => true) > policy.MaximumCapacityUnits ||
      units(({ Market }) => Market !== "SPOT") > (policy.MaximumOnDemandCapacityUnits ?? 99) ||
      units(({ InstanceRole }) => InstanceRole === "CORE") > (policy.MaximumCoreCapacityUnits ?? 99)
    )
      return false;
    const [next, ...rest] = left;
    if (!next) return joins(asked, cluster(sized));
    return Array.from({ length: 9 }, (_, InstanceCount) => InstanceCount).some((InstanceCount) =>
      sizes(rest, [...sized, { ...next, InstanceCount }]),
    );
  };
  return sizes(groups, []);
}

describe("limits of managed scaling", () => {
  it("let a cluster be joined exactly if it can grow to a size that holds the request", () => {
    const types = Object.keys(vCpus);
    fc.assert(
      fc.property(groupsOf(1, types), groupsOf(1, types), limits, (asked, there, ComputeLimits) => {
        const managed = { ...cluster(there), ManagedScalingPolicy: { ComputeLimits } };
        expect(joins(cluster(asked), managed)).toBe(fitsAtSomeSize(cluster(asked), there, ComputeLimits));
      }),
      { numRuns: 300 },
    );
  });

  it("never let one be joined that can't, whatever groups are mixed", () => {
    // Types that often satisfy each other, so that there is something to share out.
    const types = ["m5.xlarge", "m5.2xlarge"];
    fc.assert(
      fc.property(groupsOf(3, types), groupsOf(2, types), limits, (asked, there, ComputeLimits) => {
        const managed = { ...cluster(there), ManagedScalingPolicy: { ComputeLimits } };
        fc.pre(joins(cluster(asked), managed));
        expect(fitsAtSomeSize(cluster(asked), there, ComputeLimits)).toBe(true);
      }),
      { numRuns: 100, maxSkipsPerRun: 1000 },
    );
  });
});
