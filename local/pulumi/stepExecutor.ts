import { performance } from "node:perf_hooks";
import { status } from "@grpc/grpc-js";
import { dependentReplacements } from "./dependentReplacements";
import type { Deployment } from "./deployment";
import { type DeploymentStopped, messageOf, seconds } from "./deploymentStopped";
import type { ShownResource, StepOperation } from "./events";
import type { ResourceGoal } from "./goal";
import type { StepPlan } from "./planning";
import { makeSecret } from "./propertyValues";
import { providerTypePrefix } from "./providers";
import type { ProviderResult, ResourceProvider } from "./resourceProvider";
import type { PendingOperation, ResourceState } from "./state";
import { parseUrn } from "./urn";

/** Runs the steps of a deployment, and keeps its state true before and after each. */
export class StepExecutor {
  /** Deleted for the sake of another's replacement, to be created again when they are registered. */
  readonly deletedEarly = new Set<ResourceState>();

  constructor(private readonly deployment: Deployment) {}

  /** Does what was planned for one resource, and gives its new state. */
  async perform(
    plan: StepPlan,
    goal: ResourceGoal,
    provider: ResourceProvider | undefined,
    old: ResourceState | undefined,
    state: ResourceState,
  ): Promise<ResourceState> {
    const { events, recorder, dryRun } = this.deployment.context;
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
      // What an update didn't bring about must not pass for done: the next run compares with the old inputs.
      if (operation === "update" && result.initErrors.length > 0) state.inputs = old?.inputs;
      if (replaced && !plan.deleteBeforeReplace) old.delete = true;
      await recorder.end(pending, { registered: state, gone: old?.delete ? undefined : old });
      if (result.initErrors.length > 0) {
        events.stepFailed(operation, goal, seconds(started));
        throw this.deployment.fail(initErrorMessage(result.initErrors), goal.urn);
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
      await this.deployment.context.recorder.end(pending, {});
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
      this.deployment.context.events.stepFailed(operation, resource, seconds(started));
      const stopped = this.deployment.fail(messageOf(error), resource.urn);
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
    const { base, providers } = this.deployment.context;
    const before = base.resources.filter((resource) => !this.deletedEarly.has(resource) && !resource.delete);
    const dependents = await dependentReplacements(old, before, providers);
    for (const dependent of dependents) if (dependent.protect) this.deployment.refuseProtected(dependent);
    for (const resource of [...dependents.reverse(), old]) {
      await this.remove(resource, { pendingReplacement: true });
      if (resource !== old) this.deletedEarly.add(resource);
    }
  }

  /** Deletes one resource of the old state; with `pendingReplacement` its entry stays until it is made anew. */
  async remove(resource: ResourceState, options: { pendingReplacement?: boolean } = {}): Promise<void> {
    const { events, recorder, providers, dryRun } = this.deployment.context;
    const shown = { urn: resource.urn, type: resource.type, name: parseUrn(resource.urn).name };
    const provider = await providers.forType(resource.type, resource.custom);
    const started = performance.now();
    const silent = resource.type.startsWith(providerTypePrefix);
    const operation = resource.delete || options.pendingReplacement ? "delete-replaced" : "delete";
    if (!silent) events.stepStarted(operation, shown, {});
    const left = resource.external || resource.retainOnDelete || resource.pendingReplacement || dryRun;
    const pending =
      left || provider === undefined || silent ? undefined : await recorder.begin("deleting", resource);
    if (!left && provider !== undefined) {
      await this.attempt(operation, shown, started, () =>
        provider.delete(shown, resource.id ?? "", resource.inputs ?? {}, resource.outputs ?? {}),
      ).catch((error) => this.giveUp(error, pending));
    }
    if (options.pendingReplacement) resource.pendingReplacement = true;
    await recorder.end(pending, { gone: options.pendingReplacement ? undefined : resource });
    if (!silent) events.stepDone(operation, shown, seconds(started));
  }
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
