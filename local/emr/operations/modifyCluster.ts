import type { ModifyClusterOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { validationError } from "../errors";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { isAtLeast } from "../releases";
import { clusterIdNamed, stepConcurrencyLevel } from "../schemas/members";
import { modifiable } from "./modifiable";

const input = z.object({
  ClusterId: clusterIdNamed("clusterId"),
  StepConcurrencyLevel: stepConcurrencyLevel.optional(),
  ExtendedSupport: z.boolean().optional(),
});

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ModifyCluster.html */
export const modifyCluster: Operation = operation<typeof input, ModifyClusterOutput>(
  "ModifyCluster",
  input,
  ({ ClusterId, StepConcurrencyLevel, ExtendedSupport }, context) => {
    const cluster = modifiable(context, ClusterId);
    const level = StepConcurrencyLevel ?? cluster.stepConcurrencyLevel;
    if (level > 1 && !isAtLeast(cluster.request.ReleaseLabel, "emr-5.28.0"))
      throw validationError("Step concurrency is supported in EMR release emr-5.28.0 and later.");
    const changed = {
      ...cluster,
      stepConcurrencyLevel: level,
      extendedSupport: ExtendedSupport ?? cluster.extendedSupport,
    };
    // Steps that wait may start at once under a higher level.
    context.state.apply(changed, { type: "tick" }, context.now);
    return { StepConcurrencyLevel: level, ExtendedSupport: changed.extendedSupport };
  },
);
