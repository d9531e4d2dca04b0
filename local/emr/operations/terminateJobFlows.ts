import { z } from "zod";
import { validationError } from "../errors";
import { isActive } from "../model";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { string256 } from "../schemas/members";

const input = z.object({ JobFlowIds: z.array(string256).min(1).max(10) });

/**
 * Ends the clusters that aren't protected, even when the call fails because of others that are.
 * https://docs.aws.amazon.com/emr/latest/APIReference/API_TerminateJobFlows.html
 */
export const terminateJobFlows: Operation = operation<typeof input, object>(
  "TerminateJobFlows",
  input,
  ({ JobFlowIds }, { state, region, now }) => {
    const clusters = JobFlowIds.map((id) => {
      const cluster = state.peek(id);
      if (cluster === undefined || cluster.region !== region)
        throw validationError("Specified job flow ID does not exist.");
      return cluster;
    });
    const ending = { code: "USER_REQUEST" as const, message: "Terminated by user request" };
    for (const cluster of clusters)
      if (isActive(cluster) && !cluster.terminationProtected)
        state.apply(cluster, { type: "terminate", ending }, now);
    if (clusters.some((cluster) => isActive(cluster) && cluster.terminationProtected))
      throw validationError(
        "Could not shut down one or more job flows since they are termination protected.",
      );
    return {};
  },
);
