import type { AddInstanceFleetOutput, InstanceFleetConfig } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest, validationError } from "../errors";
import { newFleet } from "../instances/newRecords";
import { validateFleet, validateInstanceType } from "../instances/validateInstances";
import type { ClusterRecord } from "../model";
import type { Operation, OperationContext } from "../operation";
import { operation } from "../operation";
import { clusterIdNamed } from "../schemas/members";
import { instanceFleetConfig } from "../schemas/runJobFlow";
import { clusterArn } from "../views/arn";
import type { Wire } from "../wire";
import { modifiable } from "./modifiable";

const ClusterId = clusterIdNamed("clusterId");
const addInput = z.object({ ClusterId, InstanceFleet: instanceFleetConfig });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_AddInstanceFleet.html */
export const addInstanceFleet: Operation = operation<typeof addInput, AddInstanceFleetOutput>(
  "AddInstanceFleet",
  addInput,
  ({ ClusterId, InstanceFleet }, context) => {
    const { state, now } = context;
    const cluster = fleetCluster(context, ClusterId);
    const config = InstanceFleet as Wire<InstanceFleetConfig>;
    if (cluster.instanceFleets.some((fleet) => fleet.config.InstanceFleetType === config.InstanceFleetType))
      throw validationError(`The cluster already has an instance fleet of type ${config.InstanceFleetType}.`);
    validateFleet(config);
    for (const type of config.InstanceTypeConfigs ?? [])
      validateInstanceType(type.InstanceType ?? "", cluster.request.ReleaseLabel);
    const fleet = { ...newFleet(config, now), previousOnDemand: 0, previousSpot: 0, resizedAt: now };
    state.save({ ...cluster, instanceFleets: [...cluster.instanceFleets, fleet] });
    return {
      ClusterId,
      InstanceFleetId: fleet.instanceFleetId,
      ClusterArn: clusterArn(cluster, state.accountId),
    };
  },
);

const modifyInput = z.object({
  ClusterId,
  InstanceFleet: instanceFleetConfig
    .pick({
      TargetOnDemandCapacity: true,
      TargetSpotCapacity: true,
      ResizeSpecifications: true,
      InstanceTypeConfigs: true,
      Context: true,
    })
    .extend({ InstanceFleetId: z.string() }),
});

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ModifyInstanceFleet.html */
export const modifyInstanceFleet: Operation = operation<typeof modifyInput, object>(
  "ModifyInstanceFleet",
  modifyInput,
  ({ ClusterId, InstanceFleet }, context) => {
    const { InstanceFleetId: id, ...change } = InstanceFleet;
    const cluster = fleetCluster(context, ClusterId);
    const fleet = cluster.instanceFleets.find((candidate) => candidate.instanceFleetId === id);
    if (fleet === undefined)
      throw invalidRequest(`Instance fleet id '${id}' is not valid.`, "NoSuchInstanceFleet");
    const config = { ...fleet.config, ...(change as Wire<InstanceFleetConfig>) };
    validateFleet(config);
    const changed = {
      ...fleet,
      config,
      previousOnDemand: fleet.config.TargetOnDemandCapacity ?? 0,
      previousSpot: fleet.config.TargetSpotCapacity ?? 0,
      resizedAt: context.now,
    };
    const instanceFleets = cluster.instanceFleets.map((other) => (other === fleet ? changed : other));
    context.state.save({ ...cluster, instanceFleets });
    return {};
  },
);

function fleetCluster(context: OperationContext, clusterId: string): ClusterRecord {
  const cluster = modifiable(context, clusterId);
  if (cluster.instanceFleets.length === 0)
    throw invalidRequest(
      "Instance fleets and instance groups are mutually exclusive: this cluster uses instance groups.",
      "API_DOES_NOT_SUPPORT_INSTANCE_GROUP_CLUSTERS",
    );
  return cluster;
}
