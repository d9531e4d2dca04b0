import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import type { Placement, Refusal } from "../args";
import type { Choice, LaunchRequest, PlacementLimits, PoolEntry } from "../lease/types";
import { instanceCounts } from "../pool/instanceCounts";
import { defaultIdleTimeout } from "../pool/launchRequest";

/** What the description of a placement is made of. */
export interface PlacementFacts {
  readonly choice: Choice;
  readonly entries: readonly PoolEntry[];
  /** Clusters that count for `maxClusters`. */
  readonly clusters: number;
  /** Absent: the job launches no cluster. */
  readonly launch: LaunchRequest | undefined;
  readonly limits: PlacementLimits;
  readonly now: Date;
  /** Names of the jobs that this deployment plans to launch a cluster for, by the planned entry's id. */
  readonly plannedFor: ReadonlyMap<string, string>;
  /** Names of the jobs of this deployment that come first on an entry, by its id. */
  readonly takenBy: ReadonlyMap<string, readonly string[]>;
  /** Id of the cluster this job would launch. */
  readonly launchId: string;
  /** What could not be read and is judged without, such as a bootstrap script. */
  readonly notes: readonly string[];
}

/** What would happen if nothing else moved, in a sentence that starts with the verb. Pure. */
export function describePlacement(facts: PlacementFacts): Placement {
  const { choice, entries } = facts;
  const best = entries.find((entry) => entry.entryId === choice.ranked[0]);
  const placement = best ? join(facts, best) : launchOrWait(facts);
  return {
    ...placement,
    reason: [placement.reason, ...facts.notes].join("; "),
    refused: choice.refused.map((refusal) => withEarlierJobs(refusal, facts)),
  };
}

/** Jobs of one deployment that want the same slot are told of each other: EMR knows nothing of it yet. */
function withEarlierJobs(refusal: Refusal, { entries, plannedFor, takenBy }: PlacementFacts): Refusal {
  const entryId =
    entries.find((entry) => entry.clusterId === refusal.clusterId)?.entryId ?? refusal.clusterId;
  const owner = plannedFor.get(entryId);
  const earlier = takenBy.get(entryId) ?? [];
  const told = [
    owner === undefined ? "" : `launched for ${owner}`,
    earlier.length > 0 && refusal.rule === "R18" ? `after ${names(earlier)} of this deployment` : "",
  ].filter(Boolean);
  return told.length > 0 ? { ...refusal, reason: `${refusal.reason}, ${told.join(", ")}` } : refusal;
}

/** `a, b and 3 more` */
function names(all: readonly string[]): string {
  const shown = all.length > 3 ? all.slice(0, 2) : all;
  const more = all.length - shown.length;
  return more > 0
    ? `${shown.join(", ")} and ${more} more`
    : shown.join(", ").replace(/, ([^,]*)$/, " and $1");
}

function join({ now, plannedFor }: PlacementFacts, entry: PoolEntry): Placement {
  const free = `${entry.slots - entry.slotsTaken} of ${entry.slots} slots free`;
  const common = { action: "join" as const, fingerprint: entry.launch?.fingerprint, refused: [] };
  if (entry.clusterId === undefined) {
    const owner = plannedFor.get(entry.entryId);
    const whose = owner ? `launched for ${owner}` : "being launched in this pool";
    return { ...common, launchId: entry.entryId, reason: `would join the cluster ${whose}, ${free}` };
  }
  const limit = entry.launch?.request.AutoTerminationPolicy?.IdleTimeout;
  const idleSeconds =
    entry.lastActivity && Math.max(0, Math.round((now.getTime() - entry.lastActivity.getTime()) / 1000));
  const idle =
    entry.slotsTaken === 0 && idleSeconds !== undefined
      ? `idle ${idleSeconds} s${limit === undefined ? "" : ` of ${limit}`}, `
      : "";
  return { ...common, clusterId: entry.clusterId, reason: `would join ${entry.clusterId}, ${idle}${free}` };
}

function launchOrWait(facts: PlacementFacts): Placement {
  const { choice, clusters, launch, limits, launchId } = facts;
  const full = limits.maxClusters !== undefined && clusters >= limits.maxClusters;
  const worthIt = choice.worthWaitingFor.length;
  const waiting = worthIt > 0 ? noFreeSlot(facts) : "no cluster of the pool satisfies the job";
  const giveUp = `gives up ${limits.timeoutMinutes} minutes after it began`;
  if (launch === undefined)
    return {
      action: "wait",
      reason: `would wait: ${waiting}, and the job launches none; ${giveUp}`,
      refused: [],
    };
  if (full)
    return {
      action: "wait",
      fingerprint: launch.record.fingerprint,
      reason: `would wait: ${waiting}, and the pool has ${clusters} of at most ${limits.maxClusters} clusters; ${giveUp}`,
      refused: [],
    };
  if (limits.waitMinutes > 0 && worthIt > 0)
    return {
      action: "wait",
      fingerprint: launch.record.fingerprint,
      reason: `would wait up to ${limits.waitMinutes} minutes (${waiting}), then launch`,
      refused: [],
    };
  const instances = describeInstances(launch.record.request);
  const seconds = launch.record.request.AutoTerminationPolicy?.IdleTimeout ?? defaultIdleTimeout;
  return {
    action: "launch",
    launchId,
    fingerprint: launch.record.fingerprint,
    instances,
    reason: `would launch ${instances}, ending after ${seconds} s idle, because ${worthIt > 0 ? waiting : why(clusters)}`,
    refused: [],
  };
}

function noFreeSlot({ choice: { worthWaitingFor }, takenBy }: PlacementFacts): string {
  const count = worthWaitingFor.length;
  const full = count === 1 ? "the one matching cluster has" : `the ${count} matching clusters have`;
  const earlier = worthWaitingFor.flatMap((entryId) => takenBy.get(entryId) ?? []);
  return `${full} no free slot${earlier.length > 0 ? ` after ${names(earlier)} of this deployment` : ""}`;
}

function why(clusters: number): string {
  if (clusters === 0) return "the pool has no cluster";
  return clusters === 1
    ? "the pool's one cluster does not fit"
    : `none of the pool's ${clusters} clusters fits`;
}

/** `1 x m5.xlarge (MASTER), 2 x m5.xlarge spot (CORE)` */
export function describeInstances({ Instances }: RunJobFlowInput): string {
  const { InstanceGroups, InstanceFleets, MasterInstanceType, SlaveInstanceType, InstanceCount } =
    Instances ?? {};
  if (InstanceGroups)
    return instanceCounts(
      InstanceGroups,
      (group) => `${group.InstanceType}${group.Market === "SPOT" ? " spot" : ""} (${group.InstanceRole})`,
      (group) => group.InstanceCount ?? 0,
    ).join(", ");
  if (InstanceFleets)
    return InstanceFleets.map((fleet) => {
      const types = (fleet.InstanceTypeConfigs ?? []).map((config) => config.InstanceType).join("/");
      const capacity = [
        fleet.TargetOnDemandCapacity ? `${fleet.TargetOnDemandCapacity} on-demand` : "",
        fleet.TargetSpotCapacity ? `${fleet.TargetSpotCapacity} spot` : "",
      ];
      return `${capacity.filter(Boolean).join(" + ")} of ${types} (${fleet.InstanceFleetType})`;
    }).join(", ");
  const slaves = (InstanceCount ?? 1) - 1;
  return `1 x ${MasterInstanceType} (MASTER)${slaves > 0 ? `, ${slaves} x ${SlaveInstanceType ?? MasterInstanceType} (CORE)` : ""}`;
}
