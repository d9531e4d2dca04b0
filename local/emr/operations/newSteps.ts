import type { StepConfig } from "@aws-sdk/client-emr";
import { validationError } from "../errors";
import { emrId } from "../ids";
import type { StepRecord } from "../model";
import type { Wire } from "../wire";

/** Active steps a cluster may have: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html */
export const maxActiveSteps = 256;

/**
 * Records for steps to be added.
 * @throws EmrError ValidationException when an action on failure can't be had at this concurrency.
 */
export function newSteps(
  configs: readonly Wire<StepConfig>[],
  options: { now: number; stepConcurrencyLevel: number; executionRoleArn?: string },
): StepRecord[] {
  const { now, stepConcurrencyLevel, executionRoleArn } = options;
  return configs.map((config) => {
    const action = config.ActionOnFailure ?? "TERMINATE_CLUSTER";
    if (stepConcurrencyLevel > 1 && action !== "CONTINUE")
      throw validationError(
        `ActionOnFailure ${action} is not supported when StepConcurrencyLevel is greater than 1 (step '${config.Name}'; StepConcurrencyLevel ${stepConcurrencyLevel}). Use CONTINUE.`,
      );
    return {
      stepId: emrId("s"),
      config,
      executionRoleArn,
      state: "PENDING" as const,
      createdAt: now,
      history: [{ state: "PENDING" as const, at: now }],
    };
  });
}
