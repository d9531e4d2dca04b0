import type { StepSummary } from "@aws-sdk/client-emr";
import type { StepStatus } from "../args";
import { redact } from "../diagnosis/redact";
import type { JobRecord, Outcome } from "./records";
import { userStepName } from "./stepToken";

type Step = Pick<StepSummary, "Id" | "Name" | "Status">;

/** What a cluster can still do for its steps. `gone`: terminated, or EMR does not know it any more. */
export type ClusterLife = "alive" | "ending" | "gone";

/** What a job's steps say: it has ended, its next step may be sent, or nothing yet. */
export type Judgement =
  | { readonly verdict: "ended"; readonly outcome: Outcome }
  | { readonly verdict: "nextStep" }
  | { readonly verdict: "unfinished" }
  /** It depends on whether the cluster still exists. */
  | { readonly verdict: "askCluster" };

const terminal = new Set(["COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED"]);

export function isTerminalStep(step: Pick<StepSummary, "Status"> | undefined): boolean {
  return terminal.has(step?.Status?.State ?? "");
}

/**
 * A step as journal and outputs show it.
 *
 * @param secrets - values that EMR's text must not show; credentials that are known by their form are taken out always
 */
export function stepStatus(step: Step, secrets: readonly string[] = []): StepStatus {
  const { State, Timeline, FailureDetails, StateChangeReason } = step.Status ?? {};
  const failure = FailureDetails?.Message ?? FailureDetails?.Reason ?? StateChangeReason?.Message;
  return {
    id: step.Id!,
    name: userStepName(step.Name ?? ""),
    state: State ?? "PENDING",
    createdAt: Timeline?.CreationDateTime?.toISOString(),
    startedAt: Timeline?.StartDateTime?.toISOString(),
    endedAt: Timeline?.EndDateTime?.toISOString(),
    // Before it is cut: half of a secret would not be found.
    failure: failure ? redact(failure, secrets).slice(0, 500) : undefined,
  };
}

/** For jobs with secret inputs, which EMR's texts may quote: the journal is read by others than the job's owner. */
export function withoutTexts(outcome: Outcome): Outcome {
  return { ...outcome, steps: outcome.steps.map(({ failure: _, ...step }) => step) };
}

/**
 * The outcome of a job from what EMR shows of its steps. Pure; `life` is asked for only when it decides.
 *
 * All CANCELLED without a start time on a cluster that is gone means that nothing ever ran: NEVER_STARTED, the one
 * outcome that may be placed anew (decisions.md 1). A step that EMR no longer shows on a cluster that is gone has an
 * outcome nobody can know: LOST.
 */
export function judgeSteps(
  job: Pick<JobRecord, "ids" | "steps">,
  shown: ReadonlyMap<string, Step>,
  life: ClusterLife | undefined,
  now: Date,
): Judgement {
  const steps = job.ids.map((id) => shown.get(id));
  const ended = (state: Outcome["state"], message?: string): Judgement => ({
    verdict: "ended",
    outcome: {
      state,
      message,
      steps: steps.filter((step) => step !== undefined).map((step) => stepStatus(step)),
      at: now.toISOString(),
    },
  });
  if (steps.some((step) => step === undefined)) {
    if (life === undefined) return { verdict: "askCluster" };
    return life === "gone" ? ended("LOST", "EMR no longer shows the job's steps") : { verdict: "unfinished" };
  }
  if (!steps.every(isTerminalStep)) return { verdict: "unfinished" };
  const states = steps.map((step) => step?.Status?.State);
  if (states.includes("FAILED")) return ended("FAILED");
  if (states.includes("INTERRUPTED")) return ended("INTERRUPTED");
  if (states.includes("CANCELLED")) {
    const started = steps.some((step) => step?.Status?.Timeline?.StartDateTime !== undefined);
    if (started) return ended("CANCELLED");
    if (life === undefined) return { verdict: "askCluster" };
    // A cluster that is going away cancels its steps first: wait until it is known to be gone.
    if (life === "ending") return { verdict: "unfinished" };
    return life === "gone"
      ? ended("NEVER_STARTED", "the cluster ended before any step began")
      : ended("CANCELLED");
  }
  if (job.ids.length === job.steps) return ended("COMPLETED");
  if (life === undefined) return { verdict: "askCluster" };
  return life === "alive"
    ? { verdict: "nextStep" }
    : ended("INTERRUPTED", `the cluster ended before step ${job.ids.length + 1} of ${job.steps} was added`);
}
