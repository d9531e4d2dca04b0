import type { InstanceFleet, InstanceGroup } from "@aws-sdk/client-emr";
import type { LaunchRecord, PoolEntry } from "../lease/types";
import type { Candidate, LiveFacts } from "./candidate";
import type { ClusterTraits } from "./clusterTraits";
import { type DescribedCluster, describedTraits } from "./describedTraits";
import { describedFleets } from "./instanceFleets";
import { describedGroups } from "./instanceGroups";
import { requestTraits } from "./requestTraits";

/**
 * What EMR's reads say of the cluster of an entry; whatever was not read is absent. For our own clusters the launch
 * record says what they are, so that nothing here is needed to judge one, and each read sharpens the judgement:
 * `state` (one `ListClusters` for all), `groups` or `fleets` (one call a cluster). For an adopted cluster
 * `described` is needed.
 */
export interface ClusterFacts {
  /** State by `ListClusters` or `DescribeCluster`. */
  readonly state?: string;
  /** Milliseconds since 1970. */
  readonly readyAt?: number;
  readonly groups?: readonly InstanceGroup[];
  readonly fleets?: readonly InstanceFleet[];
  readonly described?: DescribedCluster;
  readonly bootstrapDigests?: Readonly<Record<string, string>>;
  readonly steps?: LiveFacts["steps"];
  readonly yarn?: LiveFacts["yarn"];
  /** Why the reads failed, for a cluster that can't be judged. */
  readonly unreadable?: string;
}

/** Steps after which the ledger places no more jobs on a cluster: EMR shows only the last 1,000. */
export const ledgerStepLimit = 900;

/** An entry of the pool's ledger as a candidate. */
export function entryCandidate(entry: PoolEntry, poolName: string, facts: ClusterFacts = {}): Candidate {
  const traits = entry.launch ? launchedTraits(entry.launch, facts) : adoptedTraits(facts);
  return {
    id: entry.clusterId ?? entry.entryId,
    pool: poolName,
    ours: entry.launch !== undefined,
    traits: { ...traits, stepConcurrency: entry.slots },
    live: {
      state: entryState(entry, facts),
      steps: facts.steps,
      stepsTotal: entry.stepsPlaced,
      stepLimit: ledgerStepLimit,
      slots: { total: entry.slots, taken: entry.slotsTaken },
      yarn: facts.yarn,
      readyAt: facts.readyAt,
      lastActivity: lastActivity(entry, facts),
    },
  };
}

/**
 * A cluster the pool launched is what it was launched as: AWS fills in subnet, security groups and root volume, and
 * comparing with those would refuse our own clusters. Its capacity and protection are those of the moment.
 */
export function launchedTraits(launch: LaunchRecord, facts: ClusterFacts = {}): ClusterTraits {
  const asked = recordTraits(launch);
  // While it starts, what was asked for is on its way, and the job's slot waits for it.
  const live = !startingStates.has(facts.state ?? "") && !isComingUp(facts);
  const ec2 = facts.described?.Ec2InstanceAttributes;
  const terminationProtected = facts.described?.TerminationProtected ?? asked.terminationProtected;
  return {
    ...asked,
    autoTerminate: false,
    terminationProtected,
    // Of several subnets and zones asked for, EMR chose one: once read, it is the one that counts.
    subnets: asked.subnets.length > 0 && ec2?.Ec2SubnetId ? [ec2.Ec2SubnetId] : asked.subnets,
    zones: ec2?.Ec2AvailabilityZone ? [ec2.Ec2AvailabilityZone] : asked.zones,
    groups:
      live && facts.groups
        ? withRunning(asked, describedGroups(facts.groups, asked.customAmi))
        : asked.groups,
    fleets:
      live && facts.fleets
        ? withProvisioned(asked, describedFleets(facts.fleets, asked.customAmi))
        : asked.fleets,
  };
}

function withRunning(asked: ClusterTraits, present: ClusterTraits["groups"]): ClusterTraits["groups"] {
  const left = [...asked.groups];
  return present.map((group) => {
    const index = left.findIndex(
      ({ role, type, spot }) => role === group.role && type === group.type && spot === group.spot,
    );
    // A group that was added later is what EMR says it is.
    const launched = index >= 0 ? left.splice(index, 1)[0]! : group;
    return { ...launched, count: group.count, running: group.running };
  });
}

function withProvisioned(asked: ClusterTraits, present: ClusterTraits["fleets"]): ClusterTraits["fleets"] {
  return present.map((fleet) => ({
    ...(asked.fleets.find(({ role }) => role === fleet.role) ?? fleet),
    provisionedOnDemand: fleet.provisionedOnDemand,
    provisionedSpot: fleet.provisionedSpot,
  }));
}

const recordsRead = new WeakMap<LaunchRecord, ClusterTraits>();

/** Launch records never change, so each is read once a process. */
function recordTraits(launch: LaunchRecord): ClusterTraits {
  const known = recordsRead.get(launch);
  if (known) return known;
  const traits = requestTraits(launch.request, { bootstrapDigests: launch.bootstrapDigests });
  recordsRead.set(launch, traits);
  return traits;
}

function adoptedTraits(facts: ClusterFacts): ClusterTraits {
  const { described = {}, groups, fleets, bootstrapDigests } = facts;
  const traits = describedTraits(
    {
      ...described,
      ...(groups && { InstanceGroups: [...groups] }),
      ...(fleets && { InstanceFleets: [...fleets] }),
    },
    { bootstrapDigests },
  );
  if (!startingStates.has(facts.state ?? described.Status?.State ?? "")) return traits;
  return {
    ...traits,
    groups: traits.groups.map((group) => ({ ...group, running: group.count })),
    fleets: traits.fleets.map((fleet) => ({
      ...fleet,
      provisionedOnDemand: fleet.onDemand,
      provisionedSpot: fleet.spot,
    })),
  };
}

const startingStates = new Set(["STARTING", "BOOTSTRAPPING"]);
const partComingUp = new Set(["PROVISIONING", "BOOTSTRAPPING"]);
const partGone = new Set(["TERMINATED", "TERMINATING", "SHUTTING_DOWN", "ENDED"]);

function partStates({ groups, fleets }: ClusterFacts): string[] {
  return [...(groups ?? []), ...(fleets ?? [])].map(({ Status }) => Status?.State ?? "");
}

/** The master's group comes up with the cluster; others may be added later. */
function isComingUp({ groups, fleets }: ClusterFacts): boolean {
  const master =
    groups?.find((group) => group.InstanceGroupType === "MASTER") ??
    fleets?.find((fleet) => fleet.InstanceFleetType === "MASTER");
  return partComingUp.has(master?.Status?.State ?? "");
}

/** EMR's state if it was read; else what the ledger and the states of groups let conclude. */
function entryState(entry: PoolEntry, facts: ClusterFacts): string {
  if (entry.state !== "OPEN") return entry.state;
  const state = facts.state ?? facts.described?.Status?.State;
  if (state !== undefined) return state;
  if (!entry.launch) return `UNKNOWN (${facts.unreadable ?? "not read"})`;
  const parts = partStates(facts);
  if (parts.length > 0 && parts.every((part) => partGone.has(part))) return "TERMINATING";
  if (isComingUp(facts)) return "STARTING";
  return entry.slotsTaken > 0 ? "RUNNING" : "WAITING";
}

function lastActivity(entry: PoolEntry, facts: ClusterFacts): number | undefined {
  if (!entry.lastActivity) return facts.readyAt;
  return Math.max(entry.lastActivity.getTime(), facts.readyAt ?? 0);
}
