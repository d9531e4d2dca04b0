import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { fromStruct, type PropertyMap, withoutOutputValues } from "./propertyValues";
import type { ResourceState } from "./state";
import { parseUrn, resourceUrn } from "./urn";

/** What the program wants a resource to be. */
export interface ResourceGoal {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly inputs: PropertyMap;
  /** Reference to an explicit provider, `<urn>::<id>`. */
  readonly provider?: string;
  /** Version of the package, for its default provider. */
  readonly version?: string;
  readonly protect?: boolean;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, string[]>>;
  readonly deleteBeforeReplace?: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** URNs the resource had before. */
  readonly aliases: readonly string[];
  readonly importId?: string;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly customTimeouts?: ResourceState["customTimeouts"];
}

/** Which stack of which project resources belong to. */
export interface StackIdentity {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
}

/** Reads a registration of the SDK. */
export function goalOf(request: RegisterResourceRequest, identity: StackIdentity): ResourceGoal {
  const type = request.getType();
  const name = request.getName();
  const parent = request.getParent() || undefined;
  const timeouts = request.getCustomtimeouts();
  return {
    urn: resourceUrn(identity.stack, identity.project, parent, type, name),
    type,
    name,
    custom: request.getCustom(),
    parent,
    inputs: withoutOutputValues(fromStruct(request.getObject())),
    provider: request.getProvider() || undefined,
    version: request.getVersion() || undefined,
    protect: request.hasProtect() ? request.getProtect() : undefined,
    dependencies: request.getDependenciesList().sort(),
    propertyDependencies: Object.fromEntries(
      request
        .getPropertydependenciesMap()
        .toArray()
        .map(([key]) => [key, request.getPropertydependenciesMap().get(key)?.getUrnsList() ?? []])
        .sort(([one], [other]) => String(one).localeCompare(String(other))),
    ) as Record<string, string[]>,
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: aliasesOf(request, identity, parent),
    importId: request.getImportid() || undefined,
    retainOnDelete: request.getRetainondelete() || undefined,
    deletedWith: request.getDeletedwith() || undefined,
    customTimeouts: timeouts && durations(timeouts.getCreate(), timeouts.getUpdate(), timeouts.getDelete()),
  };
}

/** The state a goal would become, without id and outputs; empty lists are left out, as in state files. */
export function stateOfGoal(
  goal: ResourceGoal,
  inputs: PropertyMap,
  provider: string | undefined,
): ResourceState {
  const list = (values: readonly string[]) => (values.length > 0 ? [...values] : undefined);
  return {
    urn: goal.urn,
    custom: goal.custom,
    type: goal.type,
    inputs: Object.keys(inputs).length > 0 ? inputs : undefined,
    parent: goal.parent,
    protect: goal.protect || undefined,
    dependencies: list(goal.dependencies),
    provider,
    propertyDependencies:
      Object.keys(goal.propertyDependencies).length > 0 ? { ...goal.propertyDependencies } : undefined,
    additionalSecretOutputs: list(goal.additionalSecretOutputs),
    ignoreChanges: list(goal.ignoreChanges),
    replaceOnChanges: list(goal.replaceOnChanges),
    retainOnDelete: goal.retainOnDelete,
    deletedWith: goal.deletedWith,
    customTimeouts: goal.customTimeouts,
  };
}

/** Aliases given as URNs, and those given by what was different (name, type, parent, stack, project). */
function aliasesOf(
  request: RegisterResourceRequest,
  identity: StackIdentity,
  parent: string | undefined,
): string[] {
  const urns = [...request.getAliasurnsList()];
  for (const alias of request.getAliasesList()) {
    const spec = alias.getSpec();
    if (spec === undefined) {
      urns.push(alias.getUrn());
      continue;
    }
    const stack = spec.getStack() || identity.stack;
    const project = spec.getProject() || identity.project;
    const oldParent = spec.getNoparent() ? undefined : spec.getParenturn() || parent;
    const parentType = oldParent ? parseUrn(oldParent) : undefined;
    const parentUrn =
      parentType && `urn:pulumi:${stack}::${project}::${parentType.qualifiedType}::${parentType.name}`;
    urns.push(
      resourceUrn(
        stack,
        project,
        parentUrn,
        spec.getType() || request.getType(),
        spec.getName() || request.getName(),
      ),
    );
  }
  return urns;
}

/** Go durations (`1h2m3s`) as seconds, as state files and policies have them. */
function durations(create: string, update: string, remove: string): ResourceState["customTimeouts"] {
  const seconds = (text: string): number | undefined => {
    let total = 0;
    for (const [, amount, unit] of text.matchAll(/([\d.]+)(h|ms|m|s)/g)) {
      total += Number(amount) * ({ h: 3600, m: 60, s: 1, ms: 0.001 }[unit ?? "s"] ?? 1);
    }
    return total > 0 ? total : undefined;
  };
  const result = { create: seconds(create), update: seconds(update), delete: seconds(remove) };
  return Object.values(result).some((value) => value !== undefined) ? result : undefined;
}
