import type { AddInstanceGroupsOutput, InstanceGroupConfig } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest, validationError } from "../errors";
import { newGroup } from "../instances/newRecords";
import { validateInstanceType } from "../instances/validateInstances";
import type { ClusterRecord, InstanceGroupRecord } from "../model";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { clusterIdNamed, configurations } from "../schemas/members";
import { instanceGroupConfig } from "../schemas/runJobFlow";
import { clusterArn } from "../views/arn";
import type { Wire } from "../wire";
import { modifiable } from "./modifiable";

const addInput = z.object({
  JobFlowId: clusterIdNamed("jobFlowId"),
  InstanceGroups: z.array(instanceGroupConfig).min(1),
});

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_AddInstanceGroups.html */
export const addInstanceGroups: Operation = operation<typeof addInput, AddInstanceGroupsOutput>(
  "AddInstanceGroups",
  addInput,
  ({ JobFlowId, InstanceGroups }, context) => {
    const { state, now } = context;
    const cluster = modifiable(context, JobFlowId);
    if (cluster.instanceFleets.length > 0)
      throw invalidRequest(
        "Instance fleets and instance groups are mutually exclusive: this cluster uses instance fleets.",
        "API_DOES_NOT_SUPPORT_INSTANCE_FLEET_CLUSTERS",
      );
    for (const config of InstanceGroups) {
      if (config.InstanceRole !== "TASK" && cluster.instanceGroups.some(hasRole(config.InstanceRole)))
        throw validationError(`The cluster already has an instance group with role ${config.InstanceRole}.`);
      validateInstanceType(config.InstanceType, cluster.request.ReleaseLabel);
    }
    const groups = InstanceGroups.map((config) => ({
      ...newGroup(config as Wire<InstanceGroupConfig>, now),
      previousCount: 0,
      resizedAt: now,
    }));
    state.save({ ...cluster, instanceGroups: [...cluster.instanceGroups, ...groups] });
    return {
      JobFlowId,
      InstanceGroupIds: groups.map((group) => group.instanceGroupId),
      ClusterArn: clusterArn(cluster, state.accountId),
    };
  },
);

const modifyInput = z.object({
  ClusterId: clusterIdNamed("clusterId").optional(),
  InstanceGroups: z
    .array(
      z.object({
        InstanceGroupId: z.string(),
        InstanceCount: z.number().int().min(0).optional(),
        EC2InstanceIdsToTerminate: z.array(z.string()).optional(),
        Configurations: configurations.optional(),
      }),
    )
    .min(1),
});

type Change = z.output<typeof modifyInput>["InstanceGroups"][number];

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ModifyInstanceGroups.html */
export const modifyInstanceGroups: Operation = operation<typeof modifyInput, object>(
  "ModifyInstanceGroups",
  modifyInput,
  ({ ClusterId, InstanceGroups }, context) => {
    const changes = InstanceGroups.map((change) => {
      const cluster =
        ClusterId === undefined ? owner(context.state.newestFirst(context.region), change) : undefined;
      return { change, clusterId: ClusterId ?? cluster?.clusterId };
    });
    const changed = new Map<string, ClusterRecord>();
    for (const { change, clusterId } of changes) {
      if (clusterId === undefined) throw invalidGroup(change.InstanceGroupId);
      const cluster = changed.get(clusterId) ?? modifiable(context, clusterId);
      changed.set(clusterId, withChange(cluster, change, context.now));
    }
    for (const cluster of changed.values()) context.state.save(cluster);
    return {};
  },
);

function withChange(cluster: ClusterRecord, change: Change, now: number): ClusterRecord {
  if (owner([cluster], change) === undefined) throw invalidGroup(change.InstanceGroupId);
  return {
    ...cluster,
    instanceGroups: cluster.instanceGroups.map((group) =>
      group.instanceGroupId === change.InstanceGroupId ? resized(group, change, now) : group,
    ),
  };
}

function resized(group: InstanceGroupRecord, change: Change, now: number): InstanceGroupRecord {
  const before = group.config.InstanceCount ?? 0;
  const count = change.InstanceCount ?? before - (change.EC2InstanceIdsToTerminate?.length ?? 0);
  if (group.config.InstanceRole === "MASTER" && count !== before)
    throw validationError("The instance group with role MASTER can't be resized.");
  if (group.config.InstanceRole === "CORE" && count < 1)
    throw validationError("Core instance group must have at least 1 instance.");
  const Configurations = change.Configurations ?? group.config.Configurations;
  const config = { ...group.config, InstanceCount: count, Configurations };
  return count === before
    ? { ...group, config }
    : { ...group, config, previousCount: before, resizedAt: now };
}

function owner(clusters: readonly ClusterRecord[], change: Change): ClusterRecord | undefined {
  return clusters.find((cluster) =>
    cluster.instanceGroups.some((group) => group.instanceGroupId === change.InstanceGroupId),
  );
}

function hasRole(role: string): (group: InstanceGroupRecord) => boolean {
  return (group) => group.config.InstanceRole === role;
}

function invalidGroup(id: string) {
  return invalidRequest(`Instance group id '${id}' is not valid.`, "NoSuchInstanceGroup");
}
