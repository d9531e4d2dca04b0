import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import type { PoolEntry } from "../../../provider/lease/types";
import type { Candidate, LiveFacts, PoolRequest } from "../../../provider/pool/candidate";
import { type ClusterFacts, entryCandidate } from "../../../provider/pool/entryCandidate";
import { fingerprint } from "../../../provider/pool/fingerprint";

/** A plain cluster of one master and two core instances. */
export const plainCluster: RunJobFlowInput = {
  Name: "plain",
  ReleaseLabel: "emr-7.5.0",
  Applications: [{ Name: "Spark" }],
  ServiceRole: "EMR_DefaultRole",
  JobFlowRole: "EMR_EC2_DefaultRole",
  AutoTerminationPolicy: { IdleTimeout: 600 },
  Instances: {
    InstanceGroups: [
      { InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 1 },
      { InstanceRole: "CORE", InstanceType: "m5.xlarge", InstanceCount: 2 },
    ],
    KeepJobFlowAliveWhenNoSteps: true,
  },
};

export function poolRequest(
  cluster: RunJobFlowInput = plainCluster,
  rest: Partial<PoolRequest> = {},
): PoolRequest {
  return { poolName: "etl", cluster, maxConcurrentSteps: 1, stepsToAdd: 1, ...rest };
}

/** An entry of the ledger for a cluster that was launched with `request`. */
export function poolEntry(request: RunJobFlowInput = plainCluster, rest: Partial<PoolEntry> = {}): PoolEntry {
  return {
    entryId: "e1",
    state: "OPEN",
    clusterId: "j-1",
    launch: { ...fingerprint(request), request, bootstrapDigests: {} },
    slots: 1,
    slotsTaken: 0,
    stepsPlaced: 0,
    ...rest,
  };
}

/** The candidate of an entry for a cluster that was launched with `request`. */
export function launchedCandidate(request: RunJobFlowInput, facts: ClusterFacts = {}): Candidate {
  return entryCandidate(poolEntry(request), "etl", facts);
}

/** A candidate that is what `request` asks for, in the given situation. */
export function candidateOf(request: RunJobFlowInput, live: Partial<LiveFacts> = {}, id = "j-1"): Candidate {
  const candidate = entryCandidate({ ...poolEntry(request), clusterId: id }, "etl");
  return {
    ...candidate,
    ours: false,
    traits: { ...candidate.traits, stepConcurrency: request.StepConcurrencyLevel ?? 1 },
    live: { state: "WAITING", stepsTotal: 0, ...live },
  };
}
