import type {
  AutoTerminationPolicy,
  ClusterState,
  ClusterStateChangeReasonCode,
  ErrorDetail,
  InstanceFleetConfig,
  InstanceGroupConfig,
  ManagedScalingPolicy,
  RunJobFlowInput,
  StepCancellationOption,
  StepConfig,
  StepState,
} from "@aws-sdk/client-emr";
import type { Wire } from "./wire";

/**
 * What the local EMR keeps of a cluster. Times are epoch milliseconds of the server's settable clock. Everything
 * that follows from these records (running counts, instances, addresses) is derived when it is asked for.
 */
export interface ClusterRecord {
  readonly clusterId: string;
  /** Order of creation: the newest has the highest number. */
  readonly sequence: number;
  readonly region: string;
  /** The request as it came, without its steps and without Kerberos passwords. */
  readonly request: Wire<RunJobFlowInput>;
  readonly placement: ClusterPlacement;
  readonly lifecycle: ClusterLifecycle;
  /** In the order they were added. */
  readonly steps: readonly StepRecord[];
  readonly instanceGroups: readonly InstanceGroupRecord[];
  readonly instanceFleets: readonly InstanceFleetRecord[];
  readonly tags: readonly TagRecord[];
  readonly stepConcurrencyLevel: number;
  readonly extendedSupport?: boolean;
  readonly keepAlive: boolean;
  readonly terminationProtected: boolean;
  readonly unhealthyNodeReplacement: boolean;
  readonly visibleToAllUsers: boolean;
  /** `setAt` counts: a policy put on an idle cluster starts to count when it is put. */
  readonly autoTermination?: { readonly policy: AutoTerminationPolicy; readonly setAt: number };
  readonly managedScaling?: Wire<ManagedScalingPolicy>;
}

/** What AWS fills in where the request is silent. */
export interface ClusterPlacement {
  readonly subnetId?: string;
  readonly availabilityZone: string;
  readonly managedMasterSecurityGroup: string;
  readonly managedSlaveSecurityGroup: string;
}

export interface ClusterLifecycle {
  readonly state: ClusterState;
  /** Since when it is in `state`. */
  readonly since: number;
  readonly reason?: { readonly code?: ClusterStateChangeReasonCode; readonly message: string };
  readonly errorDetails?: readonly ErrorDetail[];
  readonly createdAt: number;
  readonly readyAt?: number;
  readonly endedAt?: number;
  /** Message with which bootstrapping is to fail (on demand). */
  readonly bootstrapFailure?: string;
  /** States it had, oldest first, for listings that are late on demand. */
  readonly history: readonly StateAt<ClusterState>[];
}

export interface StateAt<State> {
  readonly state: State;
  readonly at: number;
}

export interface StepRecord {
  readonly stepId: string;
  readonly config: Wire<StepConfig>;
  readonly executionRoleArn?: string;
  readonly state: StepState;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly stateChangeMessage?: string;
  readonly failure?: { readonly reason?: string; readonly message?: string; readonly logFile?: string };
  /** While CANCEL_PENDING: when the request came and how a running step is to be ended. */
  readonly cancel?: { readonly requestedAt: number; readonly option: StepCancellationOption };
  readonly history: readonly StateAt<StepState>[];
}

export interface InstanceGroupRecord {
  readonly instanceGroupId: string;
  readonly config: Wire<InstanceGroupConfig>;
  readonly createdAt: number;
  /** What was asked before the last change, and when it was changed. */
  readonly previousCount: number;
  readonly resizedAt: number;
}

export interface InstanceFleetRecord {
  readonly instanceFleetId: string;
  readonly config: Wire<InstanceFleetConfig>;
  readonly createdAt: number;
  readonly previousOnDemand: number;
  readonly previousSpot: number;
  readonly resizedAt: number;
}

export interface TagRecord {
  readonly key: string;
  readonly value: string;
  readonly at: number;
  readonly removedAt?: number;
}

/** States in which a cluster takes steps and counts as active. */
export const activeClusterStates = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"] as const;

/** States in which a step counts towards the 256 active steps of a cluster. */
export const activeStepStates = ["PENDING", "RUNNING", "CANCEL_PENDING"] as const;

export function isActive(cluster: ClusterRecord): boolean {
  return (activeClusterStates as readonly string[]).includes(cluster.lifecycle.state);
}

export function isActiveStep(step: StepRecord): boolean {
  return (activeStepStates as readonly string[]).includes(step.state);
}
