import type { StepSummary } from "@aws-sdk/client-emr";
import { userStepName } from "../lease/stepToken";

/** A step as ListSteps or DescribeStep show it. */
export type StepFacts = Pick<StepSummary, "Id" | "Name" | "Status" | "LogUri">;

/** The step that a diagnosis is about. */
export interface Culprit {
  readonly step: StepFacts;
  /** `Step 2 of 3 "count" (s-…)`, the job's token taken off its name. */
  readonly title: string;
}

/**
 * The step whose failure came first: those behind it were cancelled because of it. Without a failed one, a step that
 * was interrupted or cancelled while running, then one that never started, then, if the cluster is gone, one that
 * EMR never finished reporting. `undefined` when all completed or may still do so.
 */
export function culpritOf(steps: readonly StepFacts[], clusterEnded: boolean): Culprit | undefined {
  const inState = (...states: string[]) =>
    steps.filter((step) => states.includes(step.Status?.State ?? "")).sort(byEnd);
  const stopped = inState("CANCELLED", "INTERRUPTED");
  const step =
    inState("FAILED")[0] ??
    stopped.find(hasStarted) ??
    stopped[0] ??
    (clusterEnded ? inState("RUNNING", "CANCEL_PENDING", "PENDING")[0] : undefined);
  if (step === undefined) return undefined;
  const place = steps.length > 1 ? ` ${steps.indexOf(step) + 1} of ${steps.length}` : "";
  const name = userStepName(step.Name ?? "");
  return { step, title: `Step${place} ${JSON.stringify(name)} (${step.Id ?? "no id"})` };
}

const hasStarted = (step: StepFacts) => step.Status?.Timeline?.StartDateTime !== undefined;

function byEnd(left: StepFacts, right: StepFacts): number {
  const time = (step: StepFacts) => step.Status?.Timeline?.EndDateTime?.getTime() ?? Number.POSITIVE_INFINITY;
  return time(left) === time(right) ? 0 : time(left) - time(right);
}
