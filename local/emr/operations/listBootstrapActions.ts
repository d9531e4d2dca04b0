import type { ListBootstrapActionsOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { page } from "../paging";
import { clusterIdNamed, marker } from "../schemas/members";

const input = z.object({ ClusterId: clusterIdNamed("clusterId"), Marker: marker });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ListBootstrapActions.html */
export const listBootstrapActions: Operation = operation<typeof input, ListBootstrapActionsOutput>(
  "ListBootstrapActions",
  input,
  ({ ClusterId, Marker }, { state, region }) => {
    const actions = state.get(region, ClusterId).request.BootstrapActions ?? [];
    const shown = page(actions, (action) => actions.indexOf(action), Marker);
    return {
      BootstrapActions: shown.items.map(({ Name, ScriptBootstrapAction: script }) => ({
        Name,
        ScriptPath: script?.Path,
        Args: script?.Args ?? [],
      })),
      Marker: shown.marker,
    };
  },
);
