import type { Deployment } from "./deployment";
import { DeploymentStopped, messageOf } from "./deploymentStopped";
import { type ResourceGoal, stateOfGoal } from "./goal";
import { checkedInputs, planStep, type StepPlan } from "./planning";
import { isSecret, type PropertyMap, unknownValue } from "./propertyValues";
import { dynamicPackage, providerTypePrefix } from "./providers";
import type { CheckFailure, ResourceProvider } from "./resourceProvider";
import { providerUrn, type ResourceState } from "./state";
import type { StepExecutor } from "./stepExecutor";
import { packageOfType, resourceUrn } from "./urn";

/** What is to be done to a registered resource, its old state and the one it is to have. */
export interface Registration {
  readonly plan: StepPlan;
  readonly old: ResourceState | undefined;
  readonly state: ResourceState;
}

/**
 * Checks a registered resource, runs the policies on it and plans its step.
 *
 * @throws DeploymentStopped when a check or a mandatory policy refused it; shown already.
 */
export async function planRegistration(
  deployment: Deployment,
  executor: StepExecutor,
  goal: ResourceGoal,
  provider: ResourceProvider | undefined,
): Promise<Registration> {
  if (deployment.current.has(goal.urn)) {
    throw deployment.fail(`Duplicate resource URN '${goal.urn}'; try giving it a unique name`, goal.urn);
  }
  if (goal.importId !== undefined) {
    throw deployment.fail("the embedded host can't import resources; use the pulumi CLI", goal.urn);
  }
  const old = deployment.oldOf(goal);
  const recreated = old !== undefined && executor.deletedEarly.has(old);
  const reference = await providerReference(deployment, goal);
  try {
    const checked = await checkedInputs(provider, goal, recreated ? undefined : old);
    refuseFailures(deployment, goal, checked);
    const state = stateOfGoal(goal, checked.inputs, reference);
    await applyPolicies(deployment, goal, state);
    const plan: StepPlan = recreated
      ? { operation: "replace", replaceKeys: [], deleteBeforeReplace: true }
      : await planStep(provider, goal, old, state.inputs ?? {});
    if (plan.operation === "replace" && !recreated && old !== undefined && !old.external) {
      if (old.protect && goal.protect) deployment.refuseProtected(old);
      const again = await checkedInputs(provider, goal);
      refuseFailures(deployment, goal, again);
      state.inputs = Object.keys(again.inputs).length > 0 ? again.inputs : undefined;
    }
    if (old !== undefined && old.urn !== goal.urn) deployment.context.recorder.rename(old.urn, goal.urn);
    // Reserved before the next registration is planned, so that a duplicate is noticed.
    deployment.current.set(goal.urn, state);
    return { plan, old, state };
  } catch (error) {
    if (error instanceof DeploymentStopped) throw error;
    throw deployment.fail(messageOf(error), goal.urn);
  }
}

function refuseFailures(
  deployment: Deployment,
  goal: ResourceGoal,
  { inputs, failures }: { inputs: PropertyMap; failures: readonly CheckFailure[] },
): void {
  let stopped: DeploymentStopped | undefined;
  for (const { property, reason } of failures) {
    const value = inputs[property];
    const shown = isSecret(value) ? "[secret]" : JSON.stringify(value ?? null);
    const about = property === "" ? "" : `: property ${property} value {${shown}}`;
    stopped = deployment.fail(
      `${goal.type} resource '${goal.name}'${about} has a problem: ${reason}`,
      goal.urn,
    );
  }
  if (stopped !== undefined) throw stopped;
}

/** Remediations first, one after the other, then the policies on what came of it. */
async function applyPolicies(
  deployment: Deployment,
  goal: ResourceGoal,
  state: ResourceState,
): Promise<void> {
  const { policies, events, dryRun } = deployment.context;
  const provider = state.provider ? deployment.current.get(providerUrn(state.provider)) : undefined;
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
  deployment.failed = true;
  // A preview goes on, so that all violations are seen at once; an update must not touch anything.
  if (!dryRun) throw deployment.fail("");
}

/** The provider a resource names, or the default one of its package, registered when it is first needed. */
export async function providerReference(
  deployment: Deployment,
  goal: ResourceGoal,
): Promise<string | undefined> {
  if (!goal.custom || goal.type.startsWith(providerTypePrefix)) return undefined;
  if (goal.provider !== undefined) return goal.provider;
  const { identity, config, base, recorder, dryRun } = deployment.context;
  const packageName = packageOfType(goal.type);
  const type = `${providerTypePrefix}${packageName}`;
  const name = goal.version ? `default_${goal.version.replace(/[^A-Za-z0-9]/g, "_")}` : "default";
  const urn = resourceUrn(identity.stack, identity.project, undefined, type, name);
  let state = deployment.current.get(urn);
  if (state === undefined) {
    const inputs = packageName === dynamicPackage ? config : {};
    const old = base.resources.find((resource) => resource.urn === urn && !resource.delete);
    const provider = await deployment.context.providers.forType(type, true);
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
    deployment.current.set(urn, state);
    await recorder.end(undefined, { registered: state, gone: old });
  }
  return `${urn}::${state.id}`;
}
