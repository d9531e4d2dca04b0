import type { CancelStepsInfo, CancelStepsOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest } from "../errors";
import type { ClusterRecord } from "../model";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { isAtLeast } from "../releases";
import { clusterIdNamed, stepId } from "../schemas/members";

const input = z.object({
  ClusterId: clusterIdNamed("clusterId"),
  StepIds: z.array(stepId).min(1).max(256),
  StepCancellationOption: z.enum(["SEND_INTERRUPT", "TERMINATE_PROCESS"]).default("SEND_INTERRUPT"),
});

/** Asynchronous and without guarantee: https://docs.aws.amazon.com/emr/latest/APIReference/API_CancelSteps.html */
export const cancelSteps: Operation = operation<typeof input, CancelStepsOutput>(
  "CancelSteps",
  input,
  ({ ClusterId, StepIds, StepCancellationOption }, { state, region, now }) => {
    const cluster = state.get(region, ClusterId);
    if (!isAtLeast(cluster.request.ReleaseLabel, "emr-4.8.0") || cluster.request.ReleaseLabel === "emr-5.0.0")
      throw invalidRequest(
        "Cancelling steps is supported in EMR release emr-4.8.0 and later, excluding emr-5.0.0.",
        "UNSUPPORTED_RELEASE",
      );
    const infos = StepIds.map((id) => cancelInfo(cluster, id));
    const stepIds = infos.flatMap((info) => (info.Status === "SUBMITTED" ? [info.StepId!] : []));
    state.apply(cluster, { type: "cancelSteps", stepIds, option: StepCancellationOption }, now);
    return { CancelStepsInfoList: infos };
  },
);

function cancelInfo(cluster: ClusterRecord, stepId: string): CancelStepsInfo {
  const step = cluster.steps.find((candidate) => candidate.stepId === stepId);
  const refused = (Reason: string): CancelStepsInfo => ({ StepId: stepId, Status: "FAILED", Reason });
  if (step === undefined) return refused(`Step id '${stepId}' is not valid.`);
  // Repeating the call is safe: a step on its way to CANCELLED is submitted again, to no effect.
  if (step.state === "PENDING" || step.state === "CANCEL_PENDING")
    return { StepId: stepId, Status: "SUBMITTED" };
  if (step.state !== "RUNNING")
    return refused(
      `Step is in state ${step.state} and can't be cancelled: only PENDING and RUNNING steps can.`,
    );
  if (!isAtLeast(cluster.request.ReleaseLabel, "emr-5.28.0"))
    return refused("Cancelling running steps is supported in EMR release emr-5.28.0 and later.");
  return { StepId: stepId, Status: "SUBMITTED" };
}
