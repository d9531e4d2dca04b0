import {
  ActionOnFailure,
  AdjustmentType,
  ComparisonOperator,
  ComputeLimitsUnitType,
  InstanceFleetType,
  InstanceRoleType,
  MarketType,
  OnDemandCapacityReservationPreference,
  OnDemandCapacityReservationUsageStrategy,
  OnDemandProvisioningAllocationStrategy,
  PlacementGroupStrategy,
  RepoUpgradeOnBoot,
  ScaleDownBehavior,
  ScalingStrategy,
  SpotProvisioningAllocationStrategy,
  SpotProvisioningTimeoutAction,
  Statistic,
  Unit,
} from "@aws-sdk/client-emr";
import { isUnknown } from "../unknowns";
import type { Problem } from "./problem";

/**
 * Numbers that EMR takes whole, which the SDK's schema does not tell from others. A field that is in no list passes:
 * a newer SDK may know more of them. https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
 */
export const wholeNumbers: ReadonlySet<string> = new Set([
  "blockDurationMinutes",
  "coolDown",
  "ebsRootVolumeIops",
  "ebsRootVolumeSize",
  "ebsRootVolumeThroughput",
  "evaluationPeriods",
  "idleTimeout",
  "instanceCount",
  "iops",
  "maxCapacity",
  "maximumCapacityUnits",
  "maximumCoreCapacityUnits",
  "maximumOnDemandCapacityUnits",
  "minCapacity",
  "minimumCapacityUnits",
  "period",
  "scalingAdjustment",
  "sizeInGB",
  "stepConcurrencyLevel",
  "targetOnDemandCapacity",
  "targetSpotCapacity",
  "throughput",
  "timeoutDurationMinutes",
  "utilizationPerformanceIndex",
  "volumesPerInstance",
  "weightedCapacity",
]);

/** The SDK's enumerations that EMR has not added to since they exist: another value is a mistake. */
const closed: Readonly<Record<string, readonly string[]>> = {
  actionOnFailure: Object.values(ActionOnFailure),
  adjustmentType: Object.values(AdjustmentType),
  comparisonOperator: Object.values(ComparisonOperator),
  instanceFleetType: Object.values(InstanceFleetType),
  instanceRole: Object.values(InstanceRoleType),
  market: Object.values(MarketType),
  repoUpgradeOnBoot: Object.values(RepoUpgradeOnBoot),
  scaleDownBehavior: Object.values(ScaleDownBehavior),
  statistic: Object.values(Statistic),
  timeoutAction: Object.values(SpotProvisioningTimeoutAction),
};

/** Those that grow: EMR may know a value that the installed SDK does not, but none that differs in case only. */
const growing: Readonly<Record<string, readonly string[]>> = {
  allocationStrategy: [
    ...new Set([
      ...Object.values(OnDemandProvisioningAllocationStrategy),
      ...Object.values(SpotProvisioningAllocationStrategy),
    ]),
  ],
  capacityReservationPreference: Object.values(OnDemandCapacityReservationPreference),
  placementStrategy: Object.values(PlacementGroupStrategy),
  scalingStrategy: Object.values(ScalingStrategy),
  unit: Object.values(Unit),
  unitType: Object.values(ComputeLimitsUnitType),
  usageStrategy: Object.values(OnDemandCapacityReservationUsageStrategy),
};

/** What EMR would refuse in the value of a field of `RunJobFlow` or `StepConfig`, whose type is right. */
export function fieldValueProblems(name: string, value: unknown, property: string): Problem[] {
  if (isUnknown(value)) return [];
  if (typeof value === "number" && wholeNumbers.has(name) && !Number.isInteger(value))
    return [{ property, problem: "is not a whole number", got: value, allowed: "a whole number" }];
  if (typeof value !== "string") return [];
  const values = closed[name] ?? growing[name] ?? [];
  const plain = (text: string) => text.toUpperCase().replaceAll("-", "_");
  const meant = values.find((known) => plain(known) === plain(value));
  if (meant === value || (meant === undefined && closed[name] === undefined)) return [];
  return [
    {
      property,
      problem: "is not a value EMR knows",
      got: value,
      allowed: values.join(", "),
      fix: meant === undefined ? `Give one of these` : `Write ${meant}`,
    },
  ];
}
