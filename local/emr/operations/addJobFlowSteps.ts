import type { AddJobFlowStepsOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { validationError } from "../errors";
import { isActive, isActiveStep } from "../model";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { clusterIdNamed, stepConfigs } from "../schemas/members";
import { maxActiveSteps, newSteps } from "./newSteps";

const input = z.object({
  JobFlowId: clusterIdNamed("jobFlowId"),
  Steps: stepConfigs,
  ExecutionRoleArn: z.string().optional(),
});

/** All steps of the call or none: https://docs.aws.amazon.com/emr/latest/APIReference/API_AddJobFlowSteps.html */
export const addJobFlowSteps: Operation = operation<typeof input, AddJobFlowStepsOutput>(
  "AddJobFlowSteps",
  input,
  ({ JobFlowId, Steps, ExecutionRoleArn }, { state, region, now }) => {
    const cluster = state.peek(JobFlowId);
    if (cluster === undefined || cluster.region !== region)
      throw validationError("Specified job flow ID does not exist.");
    if (!isActive(cluster))
      throw validationError("A job flow that is shutting down, terminated, or finished may not be modified.");
    if (ExecutionRoleArn !== undefined && cluster.request.SecurityConfiguration === undefined)
      throw validationError(
        "Runtime roles are not enabled for this cluster: ExecutionRoleArn needs a security configuration that allows them.",
      );
    const steps = newSteps(Steps, {
      now,
      stepConcurrencyLevel: cluster.stepConcurrencyLevel,
      executionRoleArn: ExecutionRoleArn,
    });
    if (cluster.steps.filter(isActiveStep).length + steps.length > maxActiveSteps)
      throw validationError(
        "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.",
      );
    state.apply(cluster, { type: "stepsAdded", steps }, now);
    return { StepIds: steps.map((step) => step.stepId) };
  },
);
