import { known } from "./known";
import type { Resource } from "./resource";
import type { Stack } from "./stack";

/** A cluster that deploying the stack would launch, and the resource that it is for (the first, if jobs share it). */
export interface Launch {
  resource: Resource;
}

const finishedStates = new Set(["COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED", "NEVER_STARTED", "LOST"]);

/**
 * The clusters a deployment would launch: of jobs, by what `check` planned, and jobs with the same `launchId` share
 * one; of `PooledEmrCluster`, those that have no cluster yet, and at preview those that change in place, since a preview
 * of a change has the inputs only; of `aws.emr.Cluster`, each. A job whose plan isn't known yet counts nothing: the
 * update counts it.
 */
export function launchesOf(stack: Stack): Launch[] {
  const launches = new Map<string, Launch>();
  for (const resource of stack.ofKind("job"))
    known(() => {
      const { placement } = resource.job!;
      const state = known(() => resource.job!.state, undefined);
      const isOpen = state === undefined || !finishedStates.has(state);
      if (placement?.action !== "launch" || placement.clusterId !== undefined || !isOpen) return;
      const launchId = placement.launchId ?? resource.urn;
      if (!launches.has(launchId)) launches.set(launchId, { resource });
    }, undefined);
  const kept = stack.ofKind("keptCluster").filter(isUnlaunched);
  const clusters = [...kept, ...stack.ofKind("cluster")].map((resource) => ({ resource }));
  return [...launches.values(), ...clusters];
}

function isUnlaunched({ keptCluster }: Resource): boolean {
  return known(() => keptCluster!.clusterId, undefined) === undefined;
}
