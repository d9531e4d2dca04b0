import type {
  ClusterState,
  ClusterStateChangeReasonCode,
  StepCancellationOption,
  StepState,
} from "@aws-sdk/client-emr";
import type {
  ClusterEnding,
  ClusterEvent,
  PhaseDurations,
  StepEffect,
  StepOutcome,
  Transition,
} from "./clusterEvents";
import type { ClusterLifecycle, ClusterRecord, StepRecord } from "./model";
import { isActive, isActiveStep } from "./model";

/**
 * A cluster and its steps as a state machine: (cluster, event, time) → (cluster, effects). No clock, no process,
 * no disk in here, so every path through it can be tested with times of the test's choice.
 */

/** Endings that leave TERMINATED; every other one leaves TERMINATED_WITH_ERRORS. */
const orderlyEndings: readonly string[] = ["USER_REQUEST", "ALL_STEPS_COMPLETED"];

/** Enough of the past for any listing lag that a test asks for. */
const longestHistory = 50;

/** Applies `event` at `at`. Call {@link nextDueAt} first: earlier moments have to be passed in order. */
export function transition(
  cluster: ClusterRecord,
  event: ClusterEvent,
  at: number,
  durations: PhaseDurations,
): Transition {
  const draft = new Draft(cluster, at, durations);
  draft.apply(event);
  return { cluster: draft.cluster, effects: draft.effects };
}

/** Brings the cluster to `now`, moment by moment, so that a jump of the clock passes every state on its way. */
export function advance(cluster: ClusterRecord, now: number, durations: PhaseDurations): Transition {
  const effects: StepEffect[] = [];
  let current = cluster;
  for (;;) {
    const due = nextDueAt(current, durations);
    if (due === undefined || due > now) return { cluster: current, effects };
    const step = transition(current, { type: "tick" }, due, durations);
    effects.push(...step.effects);
    current = step.cluster;
  }
}

/** When something will happen by itself, if nothing else comes first. */
export function nextDueAt(cluster: ClusterRecord, durations: PhaseDurations): number | undefined {
  const { state, since } = cluster.lifecycle;
  const cancels = cluster.steps.flatMap((step) =>
    step.cancel !== undefined && step.state === "CANCEL_PENDING" && step.startedAt === undefined
      ? [step.cancel.requestedAt + durations.cancelling]
      : [],
  );
  const own = phaseEnd(cluster, state, since, durations);
  const due = Math.min(own ?? Number.POSITIVE_INFINITY, ...cancels);
  return Number.isFinite(due) ? due : undefined;
}

function phaseEnd(
  cluster: ClusterRecord,
  state: ClusterState,
  since: number,
  durations: PhaseDurations,
): number | undefined {
  switch (state) {
    case "STARTING":
      return since + durations.starting;
    case "BOOTSTRAPPING":
      return since + durations.bootstrapping;
    case "TERMINATING":
      return since + durations.terminating;
    case "WAITING":
      return idleEnd(cluster, since);
    default:
      return undefined;
  }
}

function idleEnd(cluster: ClusterRecord, waitingSince: number): number | undefined {
  const idleTimeout = cluster.autoTermination?.policy.IdleTimeout;
  if (idleTimeout === undefined || cluster.autoTermination === undefined) return undefined;
  return Math.max(waitingSince, cluster.autoTermination.setAt) + idleTimeout * 1000;
}

class Draft {
  readonly effects: StepEffect[] = [];

  constructor(
    public cluster: ClusterRecord,
    private readonly at: number,
    private readonly durations: PhaseDurations,
  ) {}

  apply(event: ClusterEvent): void {
    switch (event.type) {
      case "tick":
        this.tick();
        break;
      case "stepsAdded":
        this.cluster = { ...this.cluster, steps: [...this.cluster.steps, ...event.steps] };
        break;
      case "stepEnded":
        this.endStep(event.stepId, event.outcome);
        break;
      case "cancelSteps":
        for (const stepId of event.stepIds) this.requestCancel(stepId, event.option);
        break;
      case "terminate":
        if (isActive(this.cluster)) this.terminate(event.ending);
        break;
    }
    this.settle();
  }

  private tick(): void {
    for (const step of this.cluster.steps) {
      const cancelAt = (step.cancel?.requestedAt ?? 0) + this.durations.cancelling;
      if (step.state === "CANCEL_PENDING" && step.startedAt === undefined && cancelAt <= this.at)
        this.setStep(step.stepId, "CANCELLED", { stateChangeMessage: "Cancelled by user" });
    }
    const { state, since, bootstrapFailure } = this.cluster.lifecycle;
    const end = phaseEnd(this.cluster, state, since, this.durations);
    if (end === undefined || end > this.at) return;
    if (state === "STARTING") this.setState("BOOTSTRAPPING", "Running bootstrap actions");
    else if (state === "TERMINATING") this.finishTerminating();
    else if (state === "WAITING") this.terminate(idleEnding);
    else if (bootstrapFailure !== undefined) this.terminate(bootstrapEnding(bootstrapFailure));
    else this.becomeReady();
  }

  private becomeReady(): void {
    this.setLifecycle({ readyAt: this.at });
    this.setState("WAITING", "Cluster ready to run steps.");
  }

  private finishTerminating(): void {
    const orderly = orderlyEndings.includes(this.cluster.lifecycle.reason?.code ?? "USER_REQUEST");
    this.setState(orderly ? "TERMINATED" : "TERMINATED_WITH_ERRORS");
    this.setLifecycle({ endedAt: this.at });
  }

  /** After every event: starts what may start, and decides between RUNNING, WAITING and the end. */
  private settle(): void {
    const { state } = this.cluster.lifecycle;
    if (state !== "WAITING" && state !== "RUNNING") return;
    const open = this.cluster.steps.filter(isActiveStep);
    const begun = open.filter((step) => step.startedAt !== undefined).length;
    const startable = open.filter((step) => step.state === "PENDING");
    for (const step of startable.slice(0, Math.max(0, this.cluster.stepConcurrencyLevel - begun))) {
      this.setStep(step.stepId, "RUNNING", { startedAt: this.at });
      this.effects.push({ type: "start", stepId: step.stepId });
    }
    if (open.length > 0) {
      if (state === "WAITING") this.setState("RUNNING", "Running step");
    } else if (!this.cluster.keepAlive) {
      const failed = this.cluster.steps.some((step) => step.state === "FAILED");
      const message = failed ? "Steps completed with errors" : "Steps completed";
      this.terminate({ code: "ALL_STEPS_COMPLETED", message });
    } else if (state === "RUNNING") {
      this.setState("WAITING", "Cluster ready after last step completed.");
    }
  }

  private requestCancel(stepId: string, option: StepCancellationOption): void {
    const step = this.cluster.steps.find((candidate) => candidate.stepId === stepId);
    if (step === undefined || (step.state !== "PENDING" && step.state !== "RUNNING")) return;
    this.setStep(stepId, "CANCEL_PENDING", { cancel: { requestedAt: this.at, option } });
    if (step.state === "RUNNING")
      this.effects.push({ type: option === "TERMINATE_PROCESS" ? "kill" : "interrupt", stepId });
  }

  private endStep(stepId: string, outcome: StepOutcome): void {
    const step = this.cluster.steps.find((candidate) => candidate.stepId === stepId);
    if (step === undefined || (step.state !== "RUNNING" && step.state !== "CANCEL_PENDING")) return;
    // A step that completed before the cancellation reached it has completed: CancelSteps gives no guarantee.
    const cancelled = step.state === "CANCEL_PENDING" && outcome.state !== "COMPLETED";
    this.setStep(stepId, cancelled ? "CANCELLED" : outcome.state, {
      ...(cancelled ? { stateChangeMessage: "Cancelled by user" } : {}),
      ...(outcome.failure !== undefined && !cancelled ? { failure: outcome.failure } : {}),
    });
    if (cancelled || outcome.state === "COMPLETED") return;
    const action = step.config.ActionOnFailure ?? "TERMINATE_CLUSTER";
    if (action === "CONTINUE" || !isActive(this.cluster)) return;
    // With termination protection a failing step cancels the rest instead of ending the cluster:
    // https://docs.aws.amazon.com/emr/latest/ManagementGuide/UsingEMR_TerminationProtection.html
    if (action === "CANCEL_AND_WAIT" || this.cluster.terminationProtected) this.cancelPending();
    else this.terminate({ code: "STEP_FAILURE", message: "Shut down as step failed" });
  }

  private terminate(ending: ClusterEnding): void {
    this.cancelPending();
    const orderly = orderlyEndings.includes(ending.code);
    for (const step of this.cluster.steps) {
      if (!isActiveStep(step)) continue;
      this.setStep(step.stepId, orderly || step.state === "CANCEL_PENDING" ? "CANCELLED" : "INTERRUPTED");
      this.effects.push({ type: "kill", stepId: step.stepId });
    }
    this.setState("TERMINATING", ending.message, ending.code);
    if (ending.errorDetails !== undefined) this.setLifecycle({ errorDetails: ending.errorDetails });
  }

  /** Steps that never started get no StartDateTime and no EndDateTime. */
  private cancelPending(): void {
    for (const step of this.cluster.steps)
      if (isActiveStep(step) && step.startedAt === undefined) this.setStep(step.stepId, "CANCELLED");
  }

  private setStep(stepId: string, state: StepState, change: Partial<StepRecord> = {}): void {
    const steps = this.cluster.steps.map((step) => {
      if (step.stepId !== stepId) return step;
      const ended = !isActiveStep({ ...step, state }) && step.startedAt !== undefined;
      return {
        ...step,
        ...(ended ? { endedAt: this.at } : {}),
        ...change,
        state,
        history: [...step.history, { state, at: this.at }],
      };
    });
    this.cluster = { ...this.cluster, steps };
  }

  private setState(state: ClusterState, message?: string, code?: ClusterStateChangeReasonCode): void {
    const { history } = this.cluster.lifecycle;
    this.setLifecycle({
      state,
      since: this.at,
      history: [...history, { state, at: this.at }].slice(-longestHistory),
      ...(message === undefined ? {} : { reason: { message, ...(code === undefined ? {} : { code }) } }),
    });
  }

  private setLifecycle(change: Partial<ClusterLifecycle>): void {
    this.cluster = { ...this.cluster, lifecycle: { ...this.cluster.lifecycle, ...change } };
  }
}

/** https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-auto-termination-policy.html */
const idleEnding: ClusterEnding = {
  code: "USER_REQUEST",
  message: "Cluster terminated by its auto-termination policy after the idle timeout.",
};

function bootstrapEnding(message: string): ClusterEnding {
  return {
    code: "BOOTSTRAP_FAILURE",
    message,
    errorDetails: [
      {
        ErrorCode: "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE",
        ErrorMessage: message,
        ErrorData: [{ "bootstrap-action": "1" }],
      },
    ],
  };
}
