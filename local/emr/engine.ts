import type { LocalClock } from "../clock";
import type { StepProcesses } from "../steps/stepProcesses";
import type { StepEffect, StepOutcome } from "./clusterEvents";
import type { EmrState, EmrStateListener } from "./emrState";

/**
 * Keeps the clusters going: wakes at their next moment, starts and ends the processes of their steps, and brings
 * the outcomes back. All changes of state go through {@link EmrState}.
 */
export class Engine implements EmrStateListener {
  private cancelTimer: (() => void) | undefined;
  private armedFor: number | undefined;
  private isClosed = false;

  constructor(
    private readonly state: EmrState,
    private readonly clock: LocalClock,
    private readonly processes: StepProcesses,
  ) {
    state.listener = this;
    this.resume();
    this.onChange();
  }

  /**
   * Steps that were running when the last server ended: their processes went on, or left their outcome. One whose
   * process was never started is started now.
   */
  private resume(): void {
    for (const { clusterId, steps } of this.state.all())
      for (const { stepId, startedAt, endedAt } of steps) {
        if (startedAt === undefined || endedAt !== undefined) continue;
        const isResumed = this.processes.resume(clusterId, stepId, (outcome) =>
          this.endStep(clusterId, stepId, outcome),
        );
        if (!isResumed) this.carryOut(clusterId, { type: "start", stepId });
      }
  }

  onChange(): void {
    const due = this.isClosed ? undefined : this.state.nextDueAt();
    if (due === this.armedFor) return;
    this.cancelTimer?.();
    this.armedFor = due;
    this.cancelTimer =
      due === undefined ? undefined : this.clock.setTimer(due - this.clock.now(), () => this.wake());
  }

  private wake(): void {
    this.armedFor = undefined;
    this.state.advanceAll(this.clock.now());
    this.onChange();
  }

  onEffects(clusterId: string, effects: readonly StepEffect[]): void {
    for (const effect of effects) this.carryOut(clusterId, effect);
  }

  /** Gives a running step its outcome. */
  endStep(clusterId: string, stepId: string, outcome: StepOutcome): void {
    const cluster = this.state.peek(clusterId);
    if (this.isClosed || cluster === undefined) return;
    this.state.apply(cluster, { type: "stepEnded", stepId, outcome }, this.clock.now());
  }

  private carryOut(clusterId: string, effect: StepEffect): void {
    const { stepExecution } = this.state.settings;
    if (effect.type !== "start") {
      const isProcess = this.processes.end(clusterId, effect.stepId, effect.type);
      // Without a process there is nothing to wait for. Not at once: we are in the middle of a change.
      if (!isProcess) queueMicrotask(() => this.endStep(clusterId, effect.stepId, { state: "CANCELLED" }));
    } else if (stepExecution === "run") {
      this.start(clusterId, effect.stepId);
    } else if (stepExecution !== "manual") {
      this.clock.setTimer(stepExecution, () =>
        this.endStep(clusterId, effect.stepId, { state: "COMPLETED" }),
      );
    }
  }

  private start(clusterId: string, stepId: string): void {
    const cluster = this.state.peek(clusterId);
    const step = cluster?.steps.find((candidate) => candidate.stepId === stepId);
    if (cluster === undefined || step === undefined) return;
    const monitoring = step.config.StepMonitoringConfiguration?.S3MonitoringConfiguration;
    this.processes.start(
      {
        clusterId,
        stepId,
        region: cluster.region,
        logUri: monitoring?.LogUri ?? cluster.request.LogUri,
        jar: step.config.HadoopJarStep?.Jar ?? "",
        mainClass: step.config.HadoopJarStep?.MainClass,
        args: step.config.HadoopJarStep?.Args ?? [],
        properties: Object.fromEntries(
          (step.config.HadoopJarStep?.Properties ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]),
        ),
      },
      (outcome) => this.endStep(clusterId, stepId, outcome),
    );
  }

  /** Ends the processes of running steps; a restarted server finds them ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.onChange();
    await this.processes.close();
  }
}
