import { performance } from "node:perf_hooks";
import { status } from "@grpc/grpc-js";
import { Mutex, Semaphore } from "async-mutex";
import { dependentReplacements } from "./dependentReplacements";
import type { DeploymentEvents, ShownResource, StepOperation } from "./events";
import { type ResourceGoal, type StackIdentity, stateOfGoal } from "./goal";
import { checkedInputs, planStep, type StepPlan } from "./planning";
import type { PolicyPack } from "./policyPack";
import { isSecret, makeSecret, type PropertyMap, unknownValue } from "./propertyValues";
import { dynamicPackage, type Providers, providerTypePrefix } from "./providers";
import type { ProviderResult, ResourceProvider } from "./resourceProvider";
import type { SnapshotRecorder } from "./snapshotRecorder";
import { type PendingOperation, providerUrn, type ResourceState, type Snapshot } from "./state";
import { packageOfType, parseUrn, resourceUrn, rootStackType } from "./urn";

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

/** Thrown when a deployment can't go on; what was wrong has been shown already. */
export class DeploymentStopped extends Error {
  override readonly name = "DeploymentStopped";
}

/** Turns the registrations of a program into steps, and runs them (`stepGenerator`, `stepExecutor`). */
export class Deployment {
  /** One at a time, in the order of the registrations: a check sees what the one before it decided. */
  private readonly planning = new Mutex();
  private readonly workers: Semaphore;
  private readonly current = new Map<string, ResourceState>();
  /** Deleted for the sake of another's replacement, to be created again when they are registered. */
  private readonly deletedEarly = new Set<ResourceState>();
  private running = 0;
  private idle: (() => void) | undefined;
  private readonly stopListeners: (() => void)[] = [];

  constructor(readonly context: DeploymentContext) {
    this.workers = new Semaphore(context.parallel);
  }

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
        const planned = await this.plan(goal, provider);
        const [, release] = await this.workers.acquire();
        return { ...planned, release };
      });
      try {
        this.assertRunning();
        const state = await this.perform(step.plan, goal, provider, step.old, step.state);
        return { urn: goal.urn, id: state.id ?? "", outputs: state.outputs ?? {} };
      } finally {
        step.release();
      }
    } finally {
      this.running--;
      if (this.running === 0) this.idle?.();
    }
  }

  /** Reads a resource the stack doesn't own (`Resource.get`). */
  async read(goal: ResourceGoal, id: string): Promise<RegisteredResource> {
    const { events, recorder } = this.context;
    const provider = await this.context.providers.forType(goal.type, true);
    const reference = await this.planning.runExclusive(() => this.providerReference(goal));
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

  /** Sets the outputs of a component or of the stack. */
  async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    const state = this.current.get(urn);
    if (state === undefined) throw new DeploymentStopped(`outputs of ${urn}, which was not registered`);
    state.outputs = Object.keys(outputs).length > 0 ? outputs : undefined;
    await this.context.recorder.changed();
  }

  /** The old state of a resource: under its URN, or under one of its aliases. */
  private oldOf(goal: ResourceGoal): ResourceState | undefined {
    for (const urn of [goal.urn, ...goal.aliases]) {
      const found = this.context.base.resources.find((resource) => resource.urn === urn && !resource.delete);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private assertRunning(): void {
    if (this.context.cancelled.aborted || this.stopped) throw new DeploymentStopped("no new step may begin");
  }

  private async plan(goal: ResourceGoal, provider: ResourceProvider | undefined) {
    if (this.current.has(goal.urn)) {
      throw this.fail(`Duplicate resource URN '${goal.urn}'; try giving it a unique name`, goal.urn);
    }
    if (goal.importId !== undefined) {
      throw this.fail("the embedded host can't import resources; use the pulumi CLI", goal.urn);
    }
    const old = this.oldOf(goal);
    const recreated = old !== undefined && this.deletedEarly.has(old);
    const reference = await this.providerReference(goal);
    try {
      const checked = await checkedInputs(provider, goal, recreated ? undefined : old);
      for (const { property, reason } of checked.failures)
        this.reportCheckFailure(goal, checked.inputs, property, reason);
      if (checked.failures.length > 0) throw new DeploymentStopped("check failures");
      const state = stateOfGoal(goal, checked.inputs, reference);
      await this.applyPolicies(goal, state);
      const plan: StepPlan = recreated
        ? { operation: "replace", replaceKeys: [], deleteBeforeReplace: true }
        : await planStep(provider, goal, old, state.inputs ?? {});
      if (plan.operation === "replace" && !recreated && old !== undefined && !old.external) {
        if (old.protect && goal.protect) this.refuseProtected(old);
        const again = await checkedInputs(provider, goal);
        for (const { property, reason } of again.failures)
          this.reportCheckFailure(goal, again.inputs, property, reason);
        if (again.failures.length > 0) throw new DeploymentStopped("check failures");
        state.inputs = Object.keys(again.inputs).length > 0 ? again.inputs : undefined;
      }
      // Reserved before the next registration is planned, so that a duplicate is noticed.
      this.current.set(goal.urn, state);
      return { plan, old, state };
    } catch (error) {
      if (error instanceof DeploymentStopped) throw error;
      throw this.fail((error as Error).message, goal.urn);
    }
  }

  private reportCheckFailure(
    goal: ResourceGoal,
    inputs: PropertyMap,
    property: string,
    reason: string,
  ): void {
    const value = inputs[property];
    const shown = isSecret(value) ? "[secret]" : JSON.stringify(value ?? null);
    this.fail(
      property === ""
        ? `${goal.type} resource '${goal.name}' has a problem: ${reason}`
        : `${goal.type} resource '${goal.name}': property ${property} value {${shown}} has a problem: ${reason}`,
      goal.urn,
    );
  }

  /** An update stops here; a preview shows it and goes on. */
  private refuseProtected(old: ResourceState): void {
    const message =
      `unable to replace resource "${old.urn}" as it is currently marked for protection. To unprotect the resource, ` +
      "remove the `protect` flag from the resource in your Pulumi program and run it again";
    if (!this.context.dryRun) throw this.fail(message, old.urn);
    this.context.events.log("error", message, old.urn, false);
    this.failed = true;
  }

  /** Remediations first, one after the other, then the policies on what came of it. */
  private async applyPolicies(goal: ResourceGoal, state: ResourceState): Promise<void> {
    const { policies, events, dryRun } = this.context;
    const provider = state.provider ? this.current.get(providerUrn(state.provider)) : undefined;
    const resource = { state, provider, deleteBeforeReplace: goal.deleteBeforeReplace };
    for (const pack of policies) {
      for (const remediation of await pack.remediate(resource, state.inputs ?? {})) {
        if (remediation.inputs !== undefined) {
          state.inputs = remediation.inputs;
          events.policyRemediation(remediation, goal.urn);
        } else if (remediation.diagnostic !== undefined) {
          const { pack: label, policy, diagnostic } = remediation;
          events.policyViolation({
            pack: label,
            policy,
            level: "advisory",
            message: diagnostic,
            urn: goal.urn,
          });
        }
      }
    }
    const found = await Promise.all(policies.map((pack) => pack.analyze(resource, state.inputs ?? {})));
    let refused = false;
    for (const violation of found.flat()) {
      events.policyViolation(violation);
      if (violation.level === "mandatory") refused = true;
    }
    if (!refused) return;
    this.failed = true;
    // A preview goes on, so that all violations are seen at once; an update must not touch anything.
    if (!dryRun) throw this.fail("");
  }

  /** The provider a resource names, or the default one of its package, registered when it is first needed. */
  private async providerReference(goal: ResourceGoal): Promise<string | undefined> {
    if (!goal.custom || goal.type.startsWith(providerTypePrefix)) return undefined;
    if (goal.provider !== undefined) return goal.provider;
    const { identity, config, base, recorder, dryRun } = this.context;
    const packageName = packageOfType(goal.type);
    const type = `${providerTypePrefix}${packageName}`;
    const name = goal.version ? `default_${goal.version.replace(/[^A-Za-z0-9]/g, "_")}` : "default";
    const urn = resourceUrn(identity.stack, identity.project, undefined, type, name);
    let state = this.current.get(urn);
    if (state === undefined) {
      const inputs = packageName === dynamicPackage ? config : {};
      const old = base.resources.find((resource) => resource.urn === urn && !resource.delete);
      const provider = await this.context.providers.forType(type, true);
      const id = old?.id ?? (dryRun ? unknownValue : (await provider!.create(goal, {})).id);
      const filled = Object.keys(inputs).length > 0 ? inputs : undefined;
      const now = new Date().toISOString();
      state = {
        urn,
        custom: true,
        id,
        type,
        inputs: filled,
        outputs: filled,
        created: old?.created ?? now,
        modified: now,
      };
      this.current.set(urn, state);
      await recorder.end(undefined, { registered: state, gone: old });
    }
    return `${urn}::${state.id}`;
  }

  private async perform(
    plan: StepPlan,
    goal: ResourceGoal,
    provider: ResourceProvider | undefined,
    old: ResourceState | undefined,
    state: ResourceState,
  ): Promise<ResourceState> {
    const { events, recorder, dryRun } = this.context;
    const { operation } = plan;
    if (operation === "replace" && plan.deleteBeforeReplace && old !== undefined) await this.deleteEarly(old);
    events.stepStarted(operation, goal, { oldInputs: old?.inputs, newInputs: state.inputs, ...plan });
    const started = performance.now();
    const replaced = operation === "replace" && old !== undefined;
    state.created = replaced ? undefined : old?.created;
    state.modified = old?.modified;
    if (operation === "same") {
      Object.assign(state, { id: old?.id, outputs: old?.outputs });
    } else if (provider === undefined || dryRun) {
      // The dynamic provider doesn't support previews: the engine gives back the inputs as the outputs.
      state.id = replaced ? undefined : old?.id;
      state.outputs = provider === undefined ? old?.outputs : state.inputs;
    } else {
      const pending = await recorder.begin(operation === "update" ? "updating" : "creating", state);
      const result = await this.attempt(operation, goal, started, () =>
        operation === "update" && old !== undefined
          ? provider.update(
              goal,
              old.id ?? "",
              old.inputs ?? {},
              old.outputs ?? {},
              state.inputs ?? {},
              goal.ignoreChanges,
            )
          : provider.create(goal, state.inputs ?? {}),
      ).catch((error) => this.giveUp(error, pending));
      this.applyResult(state, result);
      if (replaced && !plan.deleteBeforeReplace) old.delete = true;
      await recorder.end(pending, { registered: state, gone: old?.delete ? undefined : old });
      if (result.initErrors.length > 0) {
        events.stepFailed(operation, goal, seconds(started));
        throw this.fail(initErrorMessage(result.initErrors), goal.urn);
      }
      events.stepDone(operation, goal, seconds(started));
      return state;
    }
    stampTimes(state, operation !== "same");
    if (dryRun && replaced && !plan.deleteBeforeReplace) old.delete = true;
    await recorder.end(undefined, { registered: state, gone: old?.delete ? undefined : old });
    events.stepDone(operation, goal, seconds(started));
    return state;
  }

  /** An operation the provider answered, with an error, is not in doubt; one whose provider is gone is. */
  private async giveUp(error: DeploymentStopped, pending: PendingOperation | undefined): Promise<never> {
    const { code } = (error.cause ?? {}) as { code?: number };
    if (code !== status.UNAVAILABLE && code !== status.CANCELLED)
      await this.context.recorder.end(pending, {});
    throw error;
  }

  /** Runs a provider call, and stops the deployment when it fails. */
  private async attempt<Result>(
    operation: StepOperation,
    resource: ShownResource,
    started: number,
    run: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      this.context.events.stepFailed(operation, resource, seconds(started));
      const stopped = this.fail(messageOf(error), resource.urn);
      stopped.cause = error;
      throw stopped;
    }
  }

  private applyResult(state: ResourceState, result: ProviderResult): void {
    const outputs = { ...result.outputs };
    for (const key of state.additionalSecretOutputs ?? []) {
      if (outputs[key] !== undefined) outputs[key] = makeSecret(outputs[key]);
    }
    state.id = result.id;
    state.outputs = outputs;
    if (result.initErrors.length > 0) state.initErrors = [...result.initErrors];
    stampTimes(state, true);
  }

  /** Deletes a resource, and what would have to be replaced with it, before its replacement is made. */
  private async deleteEarly(old: ResourceState): Promise<void> {
    if (old.pendingReplacement) return;
    const { base, providers } = this.context;
    const before = base.resources.filter((resource) => !this.deletedEarly.has(resource) && !resource.delete);
    const dependents = await dependentReplacements(old, before, providers);
    for (const dependent of dependents) if (dependent.protect) this.refuseProtected(dependent);
    for (const resource of [...dependents.reverse(), old]) {
      await this.remove(resource, { pendingReplacement: true });
      if (resource !== old) this.deletedEarly.add(resource);
    }
  }

  /** Deletes one resource of the old state; with `pendingReplacement` its entry stays until it is made anew. */
  async remove(resource: ResourceState, options: { pendingReplacement?: boolean } = {}): Promise<void> {
    const { events, recorder, providers, dryRun } = this.context;
    const shown = { urn: resource.urn, type: resource.type, name: parseUrn(resource.urn).name };
    const provider = await providers.forType(resource.type, resource.custom);
    const started = performance.now();
    const silent = resource.type.startsWith(providerTypePrefix);
    if (!silent) events.stepStarted("delete", shown, {});
    const left = resource.external || resource.retainOnDelete || resource.pendingReplacement || dryRun;
    const pending =
      left || provider === undefined || silent ? undefined : await recorder.begin("deleting", resource);
    if (!left && provider !== undefined) {
      await this.attempt("delete", shown, started, () =>
        provider.delete(shown, resource.id ?? "", resource.inputs ?? {}, resource.outputs ?? {}),
      ).catch((error) => this.giveUp(error, pending));
    }
    if (options.pendingReplacement) resource.pendingReplacement = true;
    await recorder.end(pending, { gone: options.pendingReplacement ? undefined : resource });
    if (!silent) events.stepDone("delete", shown, seconds(started));
  }
}

/** Seconds since a moment of `performance.now()`. */
export function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

/** What a person reads of an error that came over gRPC: without the status code in front. */
export function messageOf(error: unknown): string {
  const { details, message } = error as { details?: unknown; message?: string };
  return typeof details === "string" && details !== "" ? details : (message ?? String(error));
}

function initErrorMessage(reasons: readonly string[]): string {
  const count = `${reasons.length} error${reasons.length === 1 ? "" : "s"} occurred:`;
  return `${count}\n${reasons.map((reason) => `\t* ${reason}`).join("\n")}`;
}

function stampTimes(state: ResourceState, changed: boolean): void {
  const now = new Date().toISOString();
  state.created ??= now;
  if (changed || state.modified === undefined) state.modified = now;
}
