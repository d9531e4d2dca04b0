import type { ResourceGoal } from "./goal";
import { coversKey, parsePath, withIgnoredChanges } from "./propertyPath";
import { changedKeys, type PropertyMap, sameProperties } from "./propertyValues";
import type { ProviderDiff, ResourceProvider } from "./resourceProvider";
import type { ResourceState } from "./state";

/** What is to be done to one resource. */
export interface StepPlan {
  readonly operation: "create" | "same" | "update" | "replace";
  readonly replaceKeys: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

const createPlan: StepPlan = { operation: "create", replaceKeys: [], deleteBeforeReplace: false };

/** Inputs as the provider checks them, with what it refused. */
export async function checkedInputs(
  provider: ResourceProvider | undefined,
  goal: ResourceGoal,
  old?: ResourceState,
) {
  // What the program no longer owns, or never did, says nothing about the new inputs.
  const known = old !== undefined && !old.external ? (old.inputs ?? {}) : undefined;
  const inputs = known ? withIgnoredChanges(goal.inputs, known, goal.ignoreChanges) : goal.inputs;
  return provider === undefined ? { inputs, failures: [] } : provider.check(goal, known, inputs);
}

/** Decides between create, same, update and replace (`generateStepsFromDiff` of the engine). */
export async function planStep(
  provider: ResourceProvider | undefined,
  goal: ResourceGoal,
  old: ResourceState | undefined,
  inputs: PropertyMap,
): Promise<StepPlan> {
  if (old === undefined) return createPlan;
  if (old.external) return { operation: "replace", replaceKeys: [], deleteBeforeReplace: false };
  const diff = await diffOf(provider, goal, old, inputs);
  const unhealthy = (old.initErrors?.length ?? 0) > 0;
  const replaceKeys = [...diff.replaceKeys, ...replacedByOption(goal, diff, unhealthy)];
  const changed = diff.changes === "some" || replaceKeys.length > diff.replaceKeys.length;
  if ((changed && replaceKeys.length > 0) || old.pendingReplacement) {
    const deleteBeforeReplace = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
    return { operation: "replace", replaceKeys, deleteBeforeReplace };
  }
  const operation = changed || unhealthy ? "update" : "same";
  return { operation, replaceKeys: [], deleteBeforeReplace: false };
}

async function diffOf(
  provider: ResourceProvider | undefined,
  goal: ResourceGoal,
  old: ResourceState,
  inputs: PropertyMap,
): Promise<ProviderDiff> {
  const oldInputs = old.inputs ?? {};
  const byInputs: ProviderDiff = {
    changes: sameProperties(oldInputs, inputs) ? "none" : "some",
    replaceKeys: [],
    changedKeys: changedKeys(oldInputs, inputs),
    deleteBeforeReplace: false,
  };
  if (provider === undefined) return byInputs;
  const diff = await provider.diff(
    goal,
    old.id ?? "",
    oldInputs,
    old.outputs ?? {},
    inputs,
    goal.ignoreChanges,
  );
  return diff.changes === "unknown"
    ? { ...byInputs, replaceKeys: diff.replaceKeys, deleteBeforeReplace: diff.deleteBeforeReplace }
    : diff;
}

/** Keys that `replaceOnChanges` turns into a replacement; init errors count as the key `#initerror`. */
function replacedByOption(goal: ResourceGoal, diff: ProviderDiff, unhealthy: boolean): string[] {
  if (diff.changes !== "some" && !unhealthy) return [];
  const paths = goal.replaceOnChanges.map(parsePath);
  const keys = [...diff.changedKeys, ...(unhealthy ? ["#initerror"] : [])];
  return keys.filter((key) => paths.some((path) => coversKey(path, key)));
}
