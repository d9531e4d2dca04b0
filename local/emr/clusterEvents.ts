import type { ClusterStateChangeReasonCode, ErrorDetail, StepCancellationOption } from "@aws-sdk/client-emr";
import type { ClusterRecord, StepRecord } from "./model";

/** How long the phases take that AWS spends on machines, in milliseconds of the server's clock. */
export interface PhaseDurations {
  readonly starting: number;
  readonly bootstrapping: number;
  readonly terminating: number;
  /** From CancelSteps until a pending step reads CANCELLED. */
  readonly cancelling: number;
  /** From a change of an instance group or fleet until the new instances run. */
  readonly resizing: number;
}

/** Seconds where AWS takes minutes: a demo and a test are over before anyone waits. */
export const defaultPhaseDurations: PhaseDurations = {
  starting: 1000,
  bootstrapping: 1000,
  terminating: 500,
  cancelling: 200,
  resizing: 500,
};

export type ClusterEvent =
  /** Time has come to the given moment. */
  | { readonly type: "tick" }
  | { readonly type: "stepsAdded"; readonly steps: readonly StepRecord[] }
  | { readonly type: "stepEnded"; readonly stepId: string; readonly outcome: StepOutcome }
  | {
      readonly type: "cancelSteps";
      readonly stepIds: readonly string[];
      readonly option: StepCancellationOption;
    }
  | { readonly type: "terminate"; readonly ending: ClusterEnding };

export interface StepOutcome {
  readonly state: "COMPLETED" | "FAILED" | "CANCELLED" | "INTERRUPTED";
  readonly failure?: StepRecord["failure"];
}

export interface ClusterEnding {
  readonly code: ClusterStateChangeReasonCode;
  readonly message: string;
  readonly errorDetails?: readonly ErrorDetail[];
}

/** What the server has to do to the step's processes after a transition. */
export type StepEffect =
  | { readonly type: "start"; readonly stepId: string }
  | { readonly type: "interrupt"; readonly stepId: string }
  | { readonly type: "kill"; readonly stepId: string };

export interface Transition {
  readonly cluster: ClusterRecord;
  readonly effects: readonly StepEffect[];
}
