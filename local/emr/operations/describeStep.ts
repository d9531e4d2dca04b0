import type { DescribeStepOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest } from "../errors";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { clusterIdNamed, stepId } from "../schemas/members";
import { stepDetailView } from "../views/stepView";
import { visible } from "./listSteps";

const input = z.object({ ClusterId: clusterIdNamed("clusterId"), StepId: stepId });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_DescribeStep.html */
export const describeStep: Operation = operation<typeof input, DescribeStepOutput>(
  "DescribeStep",
  input,
  ({ ClusterId, StepId }, { state, region }) => {
    const step = visible(state.get(region, ClusterId)).find((candidate) => candidate.stepId === StepId);
    if (step === undefined) throw invalidRequest(`Step id '${StepId}' is not valid.`, "NoSuchStep");
    return { Step: stepDetailView(step) };
  },
);
