/**
 * Runs jobs on pooled Amazon EMR clusters: {@link PooledEmrJob} joins a running cluster of a pool that satisfies it
 * or launches one, submits its steps exactly once, and releases its place when deleted.
 *
 * @packageDocumentation
 */
export type {
  ClusterSpec,
  DeepInput,
  Diagnosis,
  JobState,
  OnDelete,
  Placement,
  PooledEmrJobArgs,
  PooledEmrJobInputs,
  PooledEmrJobOutputs,
  PoolSpec,
  Prefer,
  Refusal,
  Resubmit,
  StepConfig,
  StepStatus,
  WaitFor,
} from "./args";
export type { PooledEmrClusterInputs } from "./clusterLifecycle/clusterState";
export { type ErrorCode, PooledEmrError } from "./errors";
export { EmrPool } from "./infrastructure/emrPool";
export type { EmrPoolArgs, VpcEndpointsArgs } from "./infrastructure/emrPoolArgs";
export { PooledEmrCluster, type PooledEmrClusterArgs } from "./pooledEmrCluster";
export { PooledEmrJob } from "./resource";
export { hiveStep } from "./steps/hiveStep";
export { jarStep } from "./steps/jarStep";
export { localFile } from "./steps/localFile";
export { pigStep } from "./steps/pigStep";
export { s3DistCpStep } from "./steps/s3DistCpStep";
export { scriptStep } from "./steps/scriptStep";
export { shellStep } from "./steps/shellStep";
export { sparkStep } from "./steps/sparkStep";
export { streamingStep } from "./steps/streamingStep";
