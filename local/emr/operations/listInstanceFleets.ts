import type { ListInstanceFleetsOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest } from "../errors";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { page } from "../paging";
import { clusterIdNamed, marker } from "../schemas/members";
import { instanceFleetView } from "../views/instanceFleetView";

const input = z.object({ ClusterId: clusterIdNamed("clusterId"), Marker: marker });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ListInstanceFleets.html */
export const listInstanceFleets: Operation = operation<typeof input, ListInstanceFleetsOutput>(
  "ListInstanceFleets",
  input,
  ({ ClusterId, Marker }, { state, region, now }) => {
    const cluster = state.get(region, ClusterId);
    if (cluster.instanceGroups.length > 0)
      throw invalidRequest(
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the request uses instance groups. The ListInstanceFleets operation does not support clusters that use instance groups. Use the ListInstanceGroups operation instead.",
        "API_DOES_NOT_SUPPORT_INSTANCE_GROUP_CLUSTERS",
      );
    const shown = page(cluster.instanceFleets, (fleet) => cluster.instanceFleets.indexOf(fleet), Marker);
    return {
      InstanceFleets: shown.items.map((fleet) => instanceFleetView(cluster, fleet, now, state.durations)),
      Marker: shown.marker,
    };
  },
);
