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
export type { LowerCaseFields } from "./emr/fieldNames";
export { type ErrorCode, type ErrorDetails, PooledEmrError } from "./errors";
export { EmrPool } from "./infrastructure/emrPool";
export type { EmrPoolArgs, VpcEndpointsArgs } from "./infrastructure/emrPoolArgs";
export { PooledEmrCluster, type PooledEmrClusterArgs } from "./pooledEmrCluster";
export { PooledEmrJob } from "./resource";
export { type HiveStepOptions, hiveStep } from "./steps/hiveStep";
export { type JarStepOptions, jarStep } from "./steps/jarStep";
export { localFile } from "./steps/localFile";
export { type PigStepOptions, pigStep } from "./steps/pigStep";
export { type S3DistCpStepOptions, s3DistCpStep } from "./steps/s3DistCpStep";
export { type ScriptStepOptions, scriptStep } from "./steps/scriptStep";
export { type ShellStepOptions, shellStep } from "./steps/shellStep";
export { type SparkFile, type SparkStepOptions, sparkStep } from "./steps/sparkStep";
export type { FileInput, StepBuilder, StepInputs, StepOptions } from "./steps/stepBuilder";
export { type StreamingFile, type StreamingStepOptions, streamingStep } from "./steps/streamingStep";
