import type { ListStepsOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest } from "../errors";
import type { ClusterRecord, StepRecord } from "../model";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { page } from "../paging";
import { clusterIdNamed, marker, stepId } from "../schemas/members";
import { stepView } from "../views/stepView";

const stepState = z.enum([
  "PENDING",
  "CANCEL_PENDING",
  "RUNNING",
  "COMPLETED",
  "CANCELLED",
  "FAILED",
  "INTERRUPTED",
]);

const input = z.object({
  ClusterId: clusterIdNamed("clusterId"),
  StepStates: z.array(stepState).optional(),
  StepIds: z.array(stepId).max(10).optional(),
  Marker: marker,
});

/** Older steps can't be seen any more: https://github.com/Yelp/mrjob/issues/1462 */
const visibleSteps = 1000;

/** Newest first, 50 a page: https://docs.aws.amazon.com/emr/latest/APIReference/API_ListSteps.html */
export const listSteps: Operation = operation<typeof input, ListStepsOutput>(
  "ListSteps",
  input,
  ({ ClusterId, StepStates, StepIds, Marker }, { state, region, now }) => {
    const cluster = state.get(region, ClusterId);
    if (StepIds?.length && StepStates?.length)
      throw invalidRequest("Cannot specify both StepIds and StepStates.", "InvalidParameterCombination");
    const at = now - state.settings.listingLagSeconds.steps * 1000;
    const order = new Map(cluster.steps.map((step, index) => [step, -index]));
    const steps = visible(cluster).filter((step) => step.createdAt <= at);
    const shown = page(
      StepIds?.length ? withIds(steps, StepIds) : steps.filter(inStates(StepStates, at)),
      (step) => order.get(step)!,
      Marker,
    );
    return { Steps: shown.items.map((step) => stepView(step, at)), Marker: shown.marker };
  },
);

/** The steps that the API still shows, newest first. */
export function visible(cluster: ClusterRecord): StepRecord[] {
  return cluster.steps.slice(-visibleSteps).reverse();
}

function inStates(states: readonly string[] | undefined, at: number): (step: StepRecord) => boolean {
  const wanted = new Set(states);
  return (step) => wanted.size === 0 || wanted.has(stepView(step, at).Status?.State ?? "");
}

function withIds(steps: readonly StepRecord[], stepIds: readonly string[]): StepRecord[] {
  const unknown = stepIds.find((id) => !steps.some((step) => step.stepId === id));
  if (unknown !== undefined) throw invalidRequest(`Step id '${unknown}' is not valid.`, "NoSuchStep");
  return steps.filter((step) => stepIds.includes(step.stepId));
}
