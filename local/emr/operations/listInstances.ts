import type { ListInstancesOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest } from "../errors";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { page } from "../paging";
import { clusterIdNamed, marker } from "../schemas/members";
import { instanceViews } from "../views/instanceViews";

const role = z.enum(["MASTER", "CORE", "TASK"]);

const input = z.object({
  ClusterId: clusterIdNamed("clusterId"),
  InstanceGroupId: z.string().optional(),
  InstanceGroupTypes: z.array(role).optional(),
  InstanceFleetId: z.string().optional(),
  InstanceFleetType: role.optional(),
  InstanceStates: z
    .array(z.enum(["AWAITING_FULFILLMENT", "PROVISIONING", "BOOTSTRAPPING", "RUNNING", "TERMINATED"]))
    .optional(),
  Marker: marker,
});

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ListInstances.html */
export const listInstances: Operation = operation<typeof input, ListInstancesOutput>(
  "ListInstances",
  input,
  (asked, { state, region, now }) => {
    const cluster = state.get(region, asked.ClusterId);
    const groupId = asked.InstanceGroupId;
    if (groupId && !cluster.instanceGroups.some((group) => group.instanceGroupId === groupId))
      throw invalidRequest(`Instance group id '${groupId}' is not valid.`, "NoSuchInstanceGroup");
    const fleetId = asked.InstanceFleetId;
    if (fleetId && !cluster.instanceFleets.some((fleet) => fleet.instanceFleetId === fleetId))
      throw invalidRequest(`Instance fleet id '${fleetId}' is not valid.`, "NoSuchInstanceFleet");
    const roles = new Set([
      ...(asked.InstanceGroupTypes ?? []),
      ...(asked.InstanceFleetType ? [asked.InstanceFleetType] : []),
    ]);
    const instances = instanceViews(cluster, now, state.durations).filter(
      ({ role, view }) =>
        (roles.size === 0 || roles.has(role)) &&
        (!groupId || view.InstanceGroupId === groupId) &&
        (!fleetId || view.InstanceFleetId === fleetId) &&
        (!asked.InstanceStates?.length || asked.InstanceStates.includes(view.Status!.State!)),
    );
    const shown = page(instances, (instance) => instances.indexOf(instance), asked.Marker);
    return { Instances: shown.items.map(({ view }) => view), Marker: shown.marker };
  },
);
