import type { StepConfig as EmrStepConfig, RunJobFlowInput } from "@aws-sdk/client-emr";
import type { Input } from "@pulumi/pulumi";
import type { LowerCaseFields } from "./emr/fieldNames";

/** `T` with every value, at every depth, allowed to be a Pulumi input. */
export type DeepInput<T> = [T] extends [Leaf] // unions as a whole: `Input<true> | Input<false>` takes no `Output<boolean>`
  ? Input<T>
  : T extends Leaf
    ? Input<T>
    : T extends readonly (infer Item)[]
      ? Input<DeepInput<Item>[]>
      : Input<{ [Key in keyof T]: DeepInput<T[Key]> }>;

type Leaf = string | number | boolean | undefined | null | Date;

/**
 * The cluster a job asks for: `RunJobFlow` of the AWS SDK with the first letter of every field lower-cased.
 * `steps` is left out on purpose: the job's steps are an input of their own, added after the launch.
 * https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
 */
export type ClusterSpec = LowerCaseFields<
  Omit<RunJobFlowInput, "Steps" | "StepExecutionRoleArn" | "Name">
> & {
  /** Words in front of the pool's suffix in the cluster's name. Default: the pool's name. No `<`, `>`, `$`, `|` or backtick. */
  name?: string;
};

/**
 * One step: `StepConfig` of the AWS SDK with the first letter of every field lower-cased.
 * https://docs.aws.amazon.com/emr/latest/APIReference/API_StepConfig.html
 */
export type StepConfig = LowerCaseFields<EmrStepConfig>;

/** How a job without a free cluster chooses among several that would do. */
export type Prefer = "most-powerful" | "best-fit";

/** The pool a job is placed in. Two jobs share clusters only if `name` and `store` are both the same. */
export interface PoolSpec {
  /** Partitions clusters: 1–64 of `A-Za-z0-9._-`. A change replaces an unfinished job; a finished one shows no diff. (R1) */
  name: string;
  /** `s3://bucket[/prefix]` that holds the pool's locks and claims; part of the pool's identity. Changes act as those of `name`. */
  store: string;
  /** Exact cap on active clusters of the pool: 1 or more. Default: none. Concerns only the next placement. */
  maxClusters?: number;
  /** Minutes to keep looking for a cluster before launching one: 0–1440. Default 0. */
  waitMinutes?: number;
  /** Give up with an error after this many minutes without a place: 1–1440. Default 60. */
  timeoutMinutes?: number;
  /** `stepConcurrencyLevel` when launching, upper limit when joining: 1–256. Default 1: a job has its cluster alone. (R17) */
  maxConcurrentSteps?: number;
  /** Also join a STARTING or BOOTSTRAPPING cluster with a free slot. Default false. (R2) */
  joinStarting?: boolean;
  /** Which of several clusters: the one with most vCPUs, or the smallest that satisfies. Default `"most-powerful"`. (R39) */
  prefer?: Prefer;
  /** Join exactly this cluster: no matching, but locks and claims hold. (R5) */
  clusterId?: string;
  /** Free YARN memory the cluster must report to CloudWatch, in MB. Replaces the comparison of sizes. (R38) */
  minAvailable?: { memoryMB: number };
}

/**
 * When `create` returns: after EMR took the steps, when the first one runs (waited for at most `pool.timeoutMinutes`),
 * or when all have ended (`completionTimeoutMinutes`).
 */
export type WaitFor = "submitted" | "running" | "completed";

/** What a delete does with the job's own unfinished steps. */
export type OnDelete = "cancel" | "leave";

/** What the next `up` runs again, of jobs that did not complete. */
export type Resubmit = "never-started" | "failed" | "never";

/** The plain, resolved inputs of a job, as `check` and the lifecycle see them. */
export interface PooledEmrJobInputs {
  pool: PoolSpec;
  cluster: ClusterSpec;
  /** 1–256 steps, run in order. A change submits the job anew. */
  steps: StepConfig[];
  /** Runtime role of the steps. A change submits the job anew. https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-steps-runtime-roles.html */
  executionRoleArn?: string;
  /** Default `"submitted"`. Updates in place. */
  waitFor?: WaitFor;
  /** Minutes `waitFor: "completed"` waits: 1–10080. Default: none. Updates in place. */
  completionTimeoutMinutes?: number;
  /** Default `"cancel"`. Updates in place. */
  onDelete?: OnDelete;
  /** Default `"never-started"` (at most 3 moves). Updates in place. */
  resubmit?: Resubmit;
  /** The steps are independent: on a cluster with concurrency above 1 they may run at once. Default false. */
  parallelSteps?: boolean;
  /** Salt of the job key, for stacks that share organization, project, stack and resource names at one `store`. A change replaces an unfinished job. */
  scope?: string;
  /** A change submits the job anew. */
  triggers?: string[];
  /** Default: `aws:region` of the stack, then the AWS SDK's chain. A change replaces an unfinished job that runs in another Region. */
  region?: string;
}

/**
 * Inputs of `PooledEmrJob`. `cluster` and `steps` take Pulumi inputs at every depth.
 * See {@link PooledEmrJobInputs} for each property's meaning, range and default.
 */
export type PooledEmrJobArgs = { [Key in keyof PooledEmrJobInputs]: DeepInput<PooledEmrJobInputs[Key]> };

/** A cluster that was looked at and refused: by which rule (R1–R43, X1…), and why, with both values. */
export interface Refusal {
  clusterId: string;
  rule: string;
  reason: string;
}

/** What `check` says a deployment would do; visible in previews and to policies. At most 1 KiB in state. */
export interface Placement {
  action: "join" | "launch" | "wait" | "unknown";
  /** The cluster that would be joined. */
  clusterId?: string;
  /** Same for jobs that would share one launch, so that stack policies count launches. */
  launchId?: string;
  /** 16 hex digits over what is compared for equality. */
  fingerprint?: string;
  /** What would be launched: `1 x m5.xlarge (MASTER), 2 x m5.xlarge (CORE)`. */
  instances?: string;
  /** Why, in one sentence. */
  reason: string;
  /** Nearest misses first, at most 5 in state. */
  refused: Refusal[];
}

/** State of a job. NEVER_STARTED: the cluster went away before any step began. LOST: it is gone and the outcome can't be known. */
export type JobState =
  | "PENDING"
  | "RUNNING"
  | "COMPLETED"
  | "CANCELLED"
  | "FAILED"
  | "INTERRUPTED"
  | "NEVER_STARTED"
  | "LOST";

/** A step of the job as EMR last showed it. Times are ISO 8601. */
export interface StepStatus {
  id: string;
  name: string;
  state: string;
  createdAt?: string;
  startedAt?: string;
  endedAt?: string;
  failure?: string;
}

/** Cause of a failure. At most 2 KiB in state, redacted. */
export interface Diagnosis {
  /** Class of cause, such as `memory`, `user-code`, `access`; `pending` while logs may still arrive. */
  kind: string;
  message: string;
  advice: string;
  /** The object the cause was read from. */
  logUri?: string;
  excerpt?: string;
}

/** What the resource holds beside its inputs. */
export interface PooledEmrJobOutputs {
  clusterId: string;
  clusterName: string;
  masterPublicDnsName?: string;
  logUri?: string;
  placement: Placement;
  /** True if `create` joined a running cluster, false if it launched one. */
  joined: boolean;
  state: JobState;
  steps: StepStatus[];
  diagnosis?: Diagnosis;
  /** `<job key>.<incarnation>`: internal, stable. */
  claimId: string;
  /** Of this state's shape: internal, stable. */
  schemaVersion: number;
}
