import type { Operation } from "../operation";
import { addJobFlowSteps } from "./addJobFlowSteps";
import { cancelSteps } from "./cancelSteps";
import { describeCluster } from "./describeCluster";
import { describeStep } from "./describeStep";
import { listClusters } from "./listClusters";
import { listInstanceGroups } from "./listInstanceGroups";
import { listSteps } from "./listSteps";
import { runJobFlow } from "./runJobFlow";
import { terminateJobFlows } from "./terminateJobFlows";

/** Every operation the local EMR has, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    addJobFlowSteps,
    cancelSteps,
    describeCluster,
    describeStep,
    listClusters,
    listInstanceGroups,
    listSteps,
    runJobFlow,
    terminateJobFlows,
  ].map((operation) => [operation.name, operation]),
);
