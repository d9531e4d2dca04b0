import type { Step, StepState, StepSummary } from "@aws-sdk/client-emr";
import type { StepRecord } from "../model";
import type { Wire } from "../wire";
import { epochSeconds } from "../wire";
import { stateAt } from "./stateAt";

/** How ListSteps and DescribeStep show a step. `at`: the moment it is shown as of, when the listing lags. */
export function stepView(step: StepRecord, at?: number): Wire<StepSummary> {
  const state = at === undefined ? step.state : (stateAt(step.history, at) ?? "PENDING");
  const { HadoopJarStep: jarStep } = step.config;
  const shown = (time: number | undefined) =>
    time === undefined || (at !== undefined && time > at) ? undefined : epochSeconds(time);
  return {
    Id: step.stepId,
    Name: step.config.Name,
    Config: {
      Jar: jarStep?.Jar,
      MainClass: jarStep?.MainClass,
      Args: jarStep?.Args ?? [],
      Properties: Object.fromEntries(
        (jarStep?.Properties ?? []).map((property) => [property.Key ?? "", property.Value ?? ""]),
      ),
    },
    ActionOnFailure: step.config.ActionOnFailure ?? "TERMINATE_CLUSTER",
    Status: {
      State: state,
      StateChangeReason: stateChangeReason(step, state),
      FailureDetails: state === "FAILED" ? failureDetails(step) : undefined,
      Timeline: {
        CreationDateTime: epochSeconds(step.createdAt),
        StartDateTime: shown(step.startedAt),
        EndDateTime: shown(step.endedAt),
      },
    },
    LogUri: step.config.StepMonitoringConfiguration?.S3MonitoringConfiguration?.LogUri,
    EncryptionKeyArn: step.config.StepMonitoringConfiguration?.S3MonitoringConfiguration?.EncryptionKeyArn,
  };
}

/** DescribeStep shows the execution role as well. */
export function stepDetailView(step: StepRecord): Wire<Step> {
  return { ...stepView(step), ExecutionRoleArn: step.executionRoleArn };
}

function stateChangeReason(step: StepRecord, state: StepState): { Code?: "NONE"; Message?: string } {
  return state === step.state && step.stateChangeMessage !== undefined
    ? { Code: "NONE", Message: step.stateChangeMessage }
    : {};
}

function failureDetails(step: StepRecord) {
  return {
    Reason: step.failure?.reason,
    Message: step.failure?.message,
    LogFile: step.failure?.logFile,
  };
}
