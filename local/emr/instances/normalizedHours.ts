import type { ClusterRecord } from "../model";
import { fleetCounts, groupCounts } from "./capacity";

/**
 * EMR's rough figure of use: hours × instances × a factor of the size (`small` is 1, `xlarge` 8).
 * https://docs.aws.amazon.com/emr/latest/APIReference/API_ClusterSummary.html
 */
export function normalizedInstanceHours(cluster: ClusterRecord, now: number): number {
  const { readyAt, endedAt } = cluster.lifecycle;
  if (readyAt === undefined) return 0;
  const hours = Math.ceil(Math.max(1, (endedAt ?? now) - readyAt) / 3_600_000);
  const groups = cluster.instanceGroups.map(
    (group) => groupCounts(group, now, 0).settled * sizeFactor(group.config.InstanceType ?? ""),
  );
  const fleets = cluster.instanceFleets.map((fleet) => {
    const { onDemand, spot } = fleetCounts(fleet, now, 0);
    return (onDemand + spot) * sizeFactor(fleet.config.InstanceTypeConfigs?.[0]?.InstanceType ?? "");
  });
  return hours * [...groups, ...fleets].reduce((sum, part) => sum + part, 0);
}

/** `m5.2xlarge` → 16. Whole machines (`metal`) count as the largest common size. */
export function sizeFactor(instanceType: string): number {
  const size = instanceType.split(".")[1] ?? "";
  const small = { nano: 0.25, micro: 0.5, small: 1, medium: 2, large: 4, xlarge: 8 }[size];
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  return small ?? (multiple === undefined ? 192 : Number(multiple) * 8);
}
