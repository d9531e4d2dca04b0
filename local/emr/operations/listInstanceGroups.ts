import type { ListInstanceGroupsOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest } from "../errors";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { page } from "../paging";
import { clusterIdNamed, marker } from "../schemas/members";
import { instanceGroupView } from "../views/instanceGroupView";

const input = z.object({ ClusterId: clusterIdNamed("clusterId"), Marker: marker });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ListInstanceGroups.html */
export const listInstanceGroups: Operation = operation<typeof input, ListInstanceGroupsOutput>(
  "ListInstanceGroups",
  input,
  ({ ClusterId, Marker }, { state, region, now }) => {
    const cluster = state.get(region, ClusterId);
    if (cluster.instanceFleets.length > 0)
      throw invalidRequest(
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the request uses instance fleets. The ListInstanceGroups operation does not support clusters that use instance fleets. Use the ListInstanceFleets operation instead.",
        "API_DOES_NOT_SUPPORT_INSTANCE_FLEET_CLUSTERS",
      );
    const shown = page(cluster.instanceGroups, (group) => cluster.instanceGroups.indexOf(group), Marker);
    return {
      InstanceGroups: shown.items.map((group) => instanceGroupView(cluster, group, now, state.durations)),
      Marker: shown.marker,
    };
  },
);
