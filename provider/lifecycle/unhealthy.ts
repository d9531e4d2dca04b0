import type { Diagnosis } from "../args";
import { errorMessage } from "../errors";
import type { JobRecord } from "../lease/records";
import { JobUnhealthyError } from "./initError";
import { whoIs } from "./jobOf";
import { isRed } from "./jobState";
import type { Observation } from "./observe";
import { outputsOf } from "./outputs";
import type { PoolContext } from "./poolContext";
import { mostMoves, resubmission } from "./resubmission";
import type { ProviderInputs, ProviderState } from "./state";

/** The error by which Pulumi keeps the resource, with all that is known of the job in its outputs. */
export async function unhealthy(
  inputs: ProviderInputs,
  context: PoolContext,
  found: { record: JobRecord; observation: Observation; diagnosis?: Diagnosis },
  reasons?: string[],
): Promise<JobUnhealthyError> {
  const state = outputsOf(inputs, {
    ...found,
    cluster: context.clusters.get(found.record.cluster),
    region: await context.region(),
    placement: inputs.placement,
  });
  return new JobUnhealthyError(
    state.claimId,
    state,
    reasons ?? failureReasons(state, found.observation.message),
  );
}

/** Why a job is red, where to look, and what acts on it. */
export function failureReasons(state: ProviderState, message?: string): string[] {
  if (!isRed(state.state)) return [];
  const failed = state.steps.find((step) => step.state !== "COMPLETED");
  const step =
    failed &&
    `step ${state.steps.indexOf(failed) + 1} of ${state.steps.length}, ${failed.name} (${failed.id})`;
  const known = state.diagnosis && !["unknown", "pending"].includes(state.diagnosis.kind);
  // What EMR itself says of the step tells more than a diagnosis that found nothing.
  const why = message ?? (known ? undefined : failed?.failure) ?? state.diagnosis?.message;
  // A diagnosis says itself which step it is about.
  const namesStep = failed !== undefined && why?.includes(failed.id);
  const subject = `Job ${whoIs(state)} on cluster ${state.clusterId}`;
  const code = `JOB_${state.state}` as "JOB_FAILED";
  const reasons = [
    errorMessage(code, {
      subject,
      problem: [`ended ${state.state}`, namesStep ? undefined : step, why].filter(Boolean).join(": "),
      fix: nextStep(state),
    }),
  ];
  if (state.diagnosis)
    reasons.push(
      `Diagnosis: ${state.diagnosis.kind}. ${state.diagnosis.advice}${state.diagnosis.logUri ? ` Log: ${state.diagnosis.logUri}` : ""}`,
    );
  return reasons;
}

function nextStep(state: ProviderState): string {
  switch (resubmission(state.state, state.resubmit, state.__moves)) {
    case "move":
      return "The next `pulumi up` places it anew";
    case "replace":
      return 'The next `pulumi up` runs it again, as resubmit is "failed"';
    default:
      return state.state === "NEVER_STARTED" && state.resubmit !== "never"
        ? `It was placed ${mostMoves} times in vain: see why its clusters end, then set resubmit to "failed" or change triggers`
        : 'To run it again, set resubmit to "failed", or change `triggers` or its steps';
  }
}
