import {
  AddJobFlowStepsCommand,
  type AddJobFlowStepsOutput,
  CancelStepsCommand,
  EMRClient,
  type EMRClientConfig,
  RunJobFlowCommand,
  type RunJobFlowOutput,
  TerminateJobFlowsCommand,
} from "@aws-sdk/client-emr";
import type { Emr, EmrReader } from "../ports";
import { GuardedClient } from "./guardedClient";

/** EMR takes at most this many step ids in one CancelSteps. */
const idsPerCancel = 256;

/**
 * EMR on AWS as the protocol's port. `clockOffset` as {@link GuardedClient} wants it. Reading is `reader`'s; the two
 * guarded calls go through their own client; cancelling and terminating may be repeated, so the SDK retries them.
 */
export function openEmr(config: EMRClientConfig, reader: EmrReader, clockOffset: () => number): Emr {
  const guarded = new GuardedClient(config, clockOffset);
  const client = new EMRClient({ ...config, maxAttempts: 8, retryMode: "adaptive" });
  return {
    listClusters: (input) => reader.listClusters(input),
    describeCluster: (clusterId) => reader.describeCluster(clusterId),
    listInstanceGroups: (clusterId) => reader.listInstanceGroups(clusterId),
    listInstanceFleets: (clusterId) => reader.listInstanceFleets(clusterId),
    listSteps: (clusterId, filter) => reader.listSteps(clusterId, filter),

    runJobFlow: (input, notSignedAfter) =>
      guarded.send(new RunJobFlowCommand(input), notSignedAfter, (output: RunJobFlowOutput) => ({
        clusterId: output.JobFlowId!,
      })),

    addJobFlowSteps: (input, notSignedAfter) =>
      guarded.send(new AddJobFlowStepsCommand(input), notSignedAfter, (output: AddJobFlowStepsOutput) => ({
        stepIds: output.StepIds ?? [],
      })),

    async cancelSteps(clusterId, stepIds, force) {
      const answers = [];
      for (let start = 0; start < stepIds.length; start += idsPerCancel) {
        const output = await client.send(
          new CancelStepsCommand({
            ClusterId: clusterId,
            StepIds: stepIds.slice(start, start + idsPerCancel),
            StepCancellationOption: force ? "TERMINATE_PROCESS" : "SEND_INTERRUPT",
          }),
        );
        answers.push(...(output.CancelStepsInfoList ?? []));
      }
      return answers;
    },

    async terminateCluster(clusterId) {
      await client.send(new TerminateJobFlowsCommand({ JobFlowIds: [clusterId] }));
    },
  };
}
