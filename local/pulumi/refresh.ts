import { performance } from "node:perf_hooks";
import { Semaphore } from "async-mutex";
import type { DeploymentContext } from "./deployment";
import { messageOf, seconds } from "./deploymentStopped";
import { makeSecret, type PropertyMap, sameProperties } from "./propertyValues";
import { providerTypePrefix } from "./providers";
import type { ProviderResult } from "./resourceProvider";
import type { ResourceState } from "./state";
import { parseUrn } from "./urn";

/** Reads every resource and takes what is there into the state (`RefreshStep`). Gives false when a read failed. */
export async function refreshAll(context: DeploymentContext): Promise<boolean> {
  const workers = new Semaphore(context.parallel);
  let succeeded = true;
  const refreshed = [...context.base.resources].map((resource) =>
    workers.runExclusive(async () => {
      if (!succeeded || context.cancelled.aborted) return;
      if (!(await refreshOne(context, resource))) succeeded = false;
    }),
  );
  await Promise.all(refreshed);
  return succeeded && !context.cancelled.aborted;
}

async function refreshOne(context: DeploymentContext, old: ResourceState): Promise<boolean> {
  const { events, recorder, providers } = context;
  const shown = { urn: old.urn, type: old.type, name: parseUrn(old.urn).name };
  if (!old.custom || old.type.startsWith(providerTypePrefix) || old.pendingReplacement) {
    if (!old.type.startsWith(providerTypePrefix)) events.stepDone("same", shown, 0);
    return true;
  }
  const provider = await providers.forType(old.type, old.custom);
  events.stepStarted("refresh", shown, {});
  const started = performance.now();
  try {
    const result = await provider!.read(shown, old.id ?? "", old.inputs ?? {}, old.outputs ?? {});
    if (result.id === "") {
      await recorder.replace(old, undefined);
      events.stepDone("delete", shown, seconds(started));
      return true;
    }
    const state = refreshedState(old, result);
    if (result.initErrors.length > 0) {
      const reasons = result.initErrors.map((reason) => `* ${reason}`).join("\n");
      events.log("warning", `Refreshed resource is in an unhealthy state:\n${reasons}`, old.urn, false);
    }
    // What an update right after this refresh would do, the other way round: from the world into the state.
    const diff = old.external
      ? undefined
      : await provider!.diff(shown, result.id, state.inputs ?? {}, state.outputs ?? {}, old.inputs ?? {}, []);
    const changed =
      diff?.changes === "some" || (diff?.changes === "unknown" && differ(state.inputs, old.inputs));
    if (differ(state.inputs, old.inputs) || differ(state.outputs, old.outputs))
      state.modified = new Date().toISOString();
    await recorder.replace(old, state);
    events.stepDone(changed ? "update" : "same", shown, seconds(started));
    return true;
  } catch (error) {
    events.log("error", messageOf(error), old.urn, false);
    events.stepFailed("refresh", shown, seconds(started));
    return false;
  }
}

function refreshedState(old: ResourceState, result: ProviderResult): ResourceState {
  const outputs: PropertyMap = { ...result.outputs };
  for (const key of old.additionalSecretOutputs ?? []) {
    if (outputs[key] !== undefined) outputs[key] = makeSecret(outputs[key]);
  }
  return {
    ...old,
    id: result.id,
    inputs: result.inputs ?? old.inputs,
    outputs,
    initErrors: result.initErrors.length > 0 ? [...result.initErrors] : undefined,
  };
}

function differ(one: PropertyMap | undefined, other: PropertyMap | undefined): boolean {
  return !sameProperties(one ?? {}, other ?? {});
}
