import { isTerminalStep } from "./judgeSteps";
import type { JobRecord } from "./records";
import type { StepView } from "./sharedViews";
import { userStepName } from "./stepToken";

/** States of a cluster in which it runs no step yet. */
const notReady = new Set(["STARTING", "BOOTSTRAPPING"]);

/** What is known of a job whose steps are at EMR. */
export interface StepsSeen {
  readonly job: Pick<JobRecord, "ids" | "steps" | "cluster">;
  readonly shown: ReadonlyMap<string, StepView>;
  readonly now: Date;
  /** State of the cluster; absent while nobody has asked. */
  readonly clusterState?: string;
}

/**
 * `step 2 of 5 RUNNING for 0:41 on j-…: name`, or, while the cluster is not ready for a first step,
 * `cluster j-… BOOTSTRAPPING, step 1 of 5 PENDING for 2:10: name`.
 */
export function stepProgress({ job, shown, now, clusterState = "" }: StepsSeen): string {
  const steps = job.ids.map((id) => shown.get(id));
  const current = steps.findIndex((step) => !isTerminalStep(step));
  const step = steps[current];
  const { State = "PENDING", Timeline } = step?.Status ?? {};
  const since = Timeline?.StartDateTime ?? Timeline?.CreationDateTime;
  const time = since === undefined ? "" : ` for ${minutesAndSeconds(now.getTime() - since.getTime())}`;
  const name = userStepName(step?.Name ?? "");
  const stands = `step ${current + 1} of ${job.steps} ${State}${time}`;
  const where = notReady.has(clusterState)
    ? `cluster ${job.cluster} ${clusterState}, ${stands}`
    : `${stands} on ${job.cluster}`;
  return `${where}${name && `: ${name}`}`;
}

/** `2:05`; hours are minutes too: `75:00`. */
export function minutesAndSeconds(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
