import type {
  GetAutoTerminationPolicyOutput,
  PutAutoTerminationPolicyOutput,
  RemoveAutoTerminationPolicyOutput,
} from "@aws-sdk/client-emr";
import { z } from "zod";
import { validationError } from "../errors";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { autoTerminationPolicy, clusterIdNamed } from "../schemas/members";
import { modifiable } from "./modifiable";
import { supportsAutoTermination } from "./runJobFlow";

const ClusterId = clusterIdNamed("clusterId");
const getInput = z.object({ ClusterId });
const putInput = z.object({ ClusterId, AutoTerminationPolicy: autoTerminationPolicy.optional() });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_PutAutoTerminationPolicy.html */
export const putAutoTerminationPolicy: Operation = operation<typeof putInput, PutAutoTerminationPolicyOutput>(
  "PutAutoTerminationPolicy",
  putInput,
  ({ ClusterId, AutoTerminationPolicy: policy }, context) => {
    const cluster = modifiable(context, ClusterId);
    const { ReleaseLabel: release } = cluster.request;
    if (!supportsAutoTermination(release))
      throw validationError(`Auto-termination is not supported in EMR release ${release}.`);
    if (policy?.IdleTimeout === undefined)
      throw validationError("AutoTerminationPolicy needs an IdleTimeout.");
    context.state.save({ ...cluster, autoTermination: { policy, setAt: context.now } });
    return {};
  },
);

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_GetAutoTerminationPolicy.html */
export const getAutoTerminationPolicy: Operation = operation<typeof getInput, GetAutoTerminationPolicyOutput>(
  "GetAutoTerminationPolicy",
  getInput,
  ({ ClusterId }, { state, region }) => ({
    AutoTerminationPolicy: state.get(region, ClusterId).autoTermination?.policy,
  }),
);

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_RemoveAutoTerminationPolicy.html */
export const removeAutoTerminationPolicy: Operation = operation<
  typeof getInput,
  RemoveAutoTerminationPolicyOutput
>("RemoveAutoTerminationPolicy", getInput, ({ ClusterId }, context) => {
  const { autoTermination: _removed, ...cluster } = modifiable(context, ClusterId);
  context.state.save(cluster);
  return {};
});
