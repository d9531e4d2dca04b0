import { z } from "zod";
import { validationError } from "../errors";
import { isActive } from "../model";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { string256 } from "../schemas/members";

const input = z.object({ JobFlowIds: z.array(string256).min(1), TerminationProtected: z.boolean() });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_SetTerminationProtection.html */
export const setTerminationProtection: Operation = operation<typeof input, object>(
  "SetTerminationProtection",
  input,
  ({ JobFlowIds, TerminationProtected }, { state, region }) => {
    const clusters = JobFlowIds.map((id) => {
      const cluster = state.peek(id);
      if (cluster === undefined || cluster.region !== region)
        throw validationError("Specified job flow ID does not exist.");
      if (!isActive(cluster))
        throw validationError(
          "A job flow that is shutting down, terminated, or finished may not be modified.",
        );
      return cluster;
    });
    for (const cluster of clusters) state.save({ ...cluster, terminationProtected: TerminationProtected });
    return {};
  },
);
