import type { StepConfig } from "@aws-sdk/client-emr";
import { toEmrFields } from "../emr/fieldNames";
import { jobKey } from "../lease/jobKey";
import type { JobToPlace, PlacementLimits } from "../lease/types";
import type { PoolRequest } from "../pool/candidate";
import { matchableCluster } from "../pool/launchRequest";
import { specHash } from "./spec";
import type { ProviderInputs } from "./state";

/**
 * The job's key for ever: who it is, by the URN that Pulumi gives the resource, and the user's salt. Stacks of all
 * DIY backends share one organization name, which is why there is a salt.
 */
export function keyOf(inputs: Pick<ProviderInputs, "__urn" | "__organization" | "scope">): string {
  const [, , stack, project, types, ...name] = splitUrn(inputs.__urn);
  const chain = types!.split("$");
  return jobKey({
    scope: inputs.scope,
    organization: inputs.__organization ?? "organization",
    project: project!,
    stack: stack!,
    parentTypes: chain.slice(0, -1),
    type: chain.at(-1)!,
    name: name.join("::"),
  });
}

/** `urn:pulumi:<stack>::<project>::<type chain>::<name>` https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */
function splitUrn(urn: string): string[] {
  const [head, ...rest] = urn.split("::");
  return [...head!.split(":"), ...rest];
}

/** Organization, project, stack and name, for people who read the journal or an error. */
export function whoIs(inputs: Pick<ProviderInputs, "__urn" | "__organization">): string {
  const [, , stack, project, , ...name] = splitUrn(inputs.__urn);
  return `${inputs.__organization ?? "organization"}/${project}/${stack} ${name.join("::")}`;
}

/**
 * The job as the protocol takes it.
 *
 * @param spec - hash of its work, in the form in which the journal has it
 */
export function jobOf(
  inputs: ProviderInputs,
  key = inputs.__key ?? keyOf(inputs),
  spec = specHash(inputs, key),
): JobToPlace {
  return {
    key,
    spec,
    steps: toEmrFields<StepConfig[]>(inputs.steps),
    executionRoleArn: inputs.executionRoleArn,
    parallelSteps: inputs.parallelSteps ?? false,
    holdsSecrets: (inputs.secretPaths ?? []).some((path) => /^(steps|executionRoleArn)\b/.test(path)),
    hasSecretInputs: (inputs.secretPaths ?? []).length > 0,
    who: whoIs(inputs),
    resubmit: inputs.resubmit ?? "never-started",
  };
}

export function limitsOf({ pool }: Pick<ProviderInputs, "pool">): PlacementLimits {
  return {
    maxClusters: pool.maxClusters,
    waitMinutes: pool.waitMinutes ?? 0,
    timeoutMinutes: pool.timeoutMinutes ?? 60,
    clusterId: pool.clusterId,
  };
}

/** What the job asks of a pool's clusters, as the matcher takes it. */
export function poolRequestOf(inputs: ProviderInputs): PoolRequest {
  const { pool } = inputs;
  return {
    poolName: pool.name,
    cluster: matchableCluster(inputs.cluster, {
      poolName: pool.name,
      store: pool.store,
      secretPaths: inputs.secretPaths,
    }),
    maxConcurrentSteps: pool.maxConcurrentSteps ?? 1,
    stepsToAdd: inputs.steps.length,
    parallelSteps: inputs.parallelSteps,
    clusterId: pool.clusterId,
    joinStarting: pool.joinStarting,
    prefer: pool.prefer,
    minAvailableMB: pool.minAvailable?.memoryMB,
  };
}
