import type { Operation } from "../operation";
import { addJobFlowSteps } from "./addJobFlowSteps";
import {
  getAutoTerminationPolicy,
  putAutoTerminationPolicy,
  removeAutoTerminationPolicy,
} from "./autoTerminationPolicy";
import { cancelSteps } from "./cancelSteps";
import { describeCluster } from "./describeCluster";
import { describeStep } from "./describeStep";
import { addInstanceFleet, modifyInstanceFleet } from "./instanceFleets";
import { addInstanceGroups, modifyInstanceGroups } from "./instanceGroups";
import { listBootstrapActions } from "./listBootstrapActions";
import { listClusters } from "./listClusters";
import { listInstanceFleets } from "./listInstanceFleets";
import { listInstanceGroups } from "./listInstanceGroups";
import { listInstances } from "./listInstances";
import { listSteps } from "./listSteps";
import {
  getManagedScalingPolicy,
  putManagedScalingPolicy,
  removeManagedScalingPolicy,
} from "./managedScalingPolicy";
import { modifyCluster } from "./modifyCluster";
import { describeReleaseLabel, listReleaseLabels, listSupportedInstanceTypes } from "./releaseLabels";
import { runJobFlow } from "./runJobFlow";
import { setTerminationProtection } from "./setTerminationProtection";
import { addTags, removeTags } from "./tags";
import { terminateJobFlows } from "./terminateJobFlows";

/** Every operation the local EMR has, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    addInstanceFleet,
    addInstanceGroups,
    addJobFlowSteps,
    addTags,
    cancelSteps,
    describeCluster,
    describeReleaseLabel,
    describeStep,
    getAutoTerminationPolicy,
    getManagedScalingPolicy,
    listBootstrapActions,
    listClusters,
    listInstanceFleets,
    listInstanceGroups,
    listInstances,
    listReleaseLabels,
    listSteps,
    listSupportedInstanceTypes,
    modifyCluster,
    modifyInstanceFleet,
    modifyInstanceGroups,
    putAutoTerminationPolicy,
    putManagedScalingPolicy,
    removeAutoTerminationPolicy,
    removeManagedScalingPolicy,
    removeTags,
    runJobFlow,
    setTerminationProtection,
    terminateJobFlows,
  ].map((operation) => [operation.name, operation]),
);
