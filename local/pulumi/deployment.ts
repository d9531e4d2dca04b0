import { performance } from "node:perf_hooks";
import { Mutex, Semaphore } from "async-mutex";
import { DeploymentStopped, seconds } from "./deploymentStopped";
import type { DeploymentEvents } from "./events";
import { type ResourceGoal, type StackIdentity, stateOfGoal } from "./goal";
import type { PolicyPack } from "./policyPack";
import type { PropertyMap } from "./propertyValues";
import type { Providers } from "./providers";
import { planRegistration, providerReference } from "./registration";
import type { SnapshotRecorder } from "./snapshotRecorder";
import type { ResourceState, Snapshot } from "./state";
import { StepExecutor } from "./stepExecutor";
import { rootStackType } from "./urn";

/** What a deployment works with. */
export interface DeploymentContext {
  readonly identity: StackIdentity;
  /** True for a preview: nothing is created, changed or written. */
  readonly dryRun: boolean;
  /** Configuration of the stack, full keys; the inputs of the default provider of dynamic resources. */
  readonly config: PropertyMap;
  /** Most steps at a time. */
  readonly parallel: number;
  readonly base: Snapshot;
  readonly recorder: SnapshotRecorder;
  readonly providers: Providers;
  readonly policies: readonly PolicyPack[];
  readonly events: DeploymentEvents;
  /** Aborted when no new step may begin. */
  readonly cancelled: AbortSignal;
}

/** What the program is told of a registered resource. */
export interface RegisteredResource {
  readonly urn: string;
  readonly id: string;
  readonly outputs: PropertyMap;
}

/** Turns the registrations of a program into steps, and runs them (`stepGenerator`, `stepExecutor`). */
export class Deployment {
  /** One at a time, in the order of the registrations: a check sees what the one before it decided. */
  private readonly planning = new Mutex();
  private readonly workers: Semaphore;
  /** Resources by URN as far as the program has registered them. */
  readonly current = new Map<string, ResourceState>();
  private readonly executor = new StepExecutor(this);
  private running = 0;
  private idle: (() => void) | undefined;
  private readonly stopListeners: (() => void)[] = [];

  constructor(readonly context: DeploymentContext) {
    this.workers = new Semaphore(context.parallel);
    const stack = context.base.resources.find((resource) => resource.type === rootStackType);
    this.previousOutputs = { ...stack?.outputs };
  }

  /** Outputs of the stack before this deployment. */
  readonly previousOutputs: PropertyMap;

  /** True when a step failed, an error was logged or a mandatory policy was violated. */
  failed = false;

  /** True when no new step may begin because one has failed. */
  stopped = false;

  /** Calls back as soon as a step has failed. */
  onStopped(listener: () => void): void {
    this.stopListeners.push(listener);
  }

  /** Resources registered so far, in order. */
  get resources(): ResourceState[] {
    return [...this.current.values()];
  }

  /** The stack's own resource, once the program has registered it. */
  get rootStack(): ResourceState | undefined {
    return this.resources.find((resource) => resource.type === rootStackType);
  }

  /** Shows an error and lets no new step begin. */
  fail(message: string, urn?: string): DeploymentStopped {
    if (message !== "") this.context.events.log("error", message, urn, false);
    this.failed = true;
    this.stopped = true;
    for (const listener of this.stopListeners) listener();
    return new DeploymentStopped(message);
  }

  /** Resolves when no step is under way. */
  async settled(): Promise<void> {
    while (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  /**
   * Brings one resource to what the program wants.
   *
   * @throws DeploymentStopped when it can't be done, or another resource failed before.
   */
  async register(goal: ResourceGoal): Promise<RegisteredResource> {
    this.running++;
    try {
      const provider = await this.context.providers.forType(goal.type, goal.custom).catch((error: Error) => {
        throw this.fail(`could not start the provider of ${goal.type}: ${error.message}`, goal.urn);
      });
      const step = await this.planning.runExclusive(async () => {
        this.assertRunning();
        const planned = await planRegistration(this, this.executor, goal, provider);
        const [, release] = await this.workers.acquire();
        return { ...planned, release };
      });
      try {
        this.assertRunning();
        const state = await this.executor.perform(step.plan, goal, provider, step.old, step.state);
        return { urn: goal.urn, id: state.id ?? "", outputs: state.outputs ?? {} };
      } finally {
        step.release();
      }
    } finally {
      this.running--;
      if (this.running === 0) this.idle?.();
    }
  }

  /** An update stops here; a preview shows it and goes on. */
  refuseProtected(old: ResourceState): void {
    const message =
      `unable to replace resource "${old.urn}" as it is currently marked for protection. To unprotect the resource, ` +
      "remove the `protect` flag from the resource in your Pulumi program and run it again";
    if (!this.context.dryRun) throw this.fail(message, old.urn);
    this.context.events.log("error", message, old.urn, false);
    this.failed = true;
  }

  /** Reads a resource the stack doesn't own (`Resource.get`). */
  async read(goal: ResourceGoal, id: string): Promise<RegisteredResource> {
    const { events, recorder } = this.context;
    const provider = await this.context.providers.forType(goal.type, true);
    const reference = await this.planning.runExclusive(() => providerReference(this, goal));
    const state: ResourceState = { ...stateOfGoal(goal, goal.inputs, reference), external: true, id };
    events.stepStarted("read", goal, {});
    const started = performance.now();
    try {
      const result = await provider!.read(goal, id, goal.inputs, {});
      if (result.id === "") throw new Error(`resource '${id}' does not exist`);
      Object.assign(state, { id: result.id, outputs: result.outputs, inputs: result.inputs ?? state.inputs });
    } catch (error) {
      events.stepFailed("read", goal, seconds(started));
      throw this.fail((error as Error).message, goal.urn);
    }
    this.current.set(goal.urn, state);
    await recorder.end(undefined, { registered: state, gone: this.oldOf(goal) });
    events.stepDone("read", goal, seconds(started));
    return { urn: goal.urn, id: state.id ?? "", outputs: state.outputs ?? {} };
  }

  /** Deletes one resource of the old state. */
  remove(resource: ResourceState): Promise<void> {
    return this.executor.remove(resource);
  }

  /** Sets the outputs of a component or of the stack. */
  async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    const state = this.current.get(urn);
    if (state === undefined) throw new DeploymentStopped(`outputs of ${urn}, which was not registered`);
    state.outputs = Object.keys(outputs).length > 0 ? outputs : undefined;
    await this.context.recorder.changed();
  }

  /** The old state of a resource: under its URN, or under one of its aliases. */
  oldOf(goal: ResourceGoal): ResourceState | undefined {
    for (const urn of [goal.urn, ...goal.aliases]) {
      const found = this.context.base.resources.find((resource) => resource.urn === urn && !resource.delete);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private assertRunning(): void {
    if (this.context.cancelled.aborted || this.stopped) throw new DeploymentStopped("no new step may begin");
  }
}
