import { type PropertyMap, unknownValue } from "./propertyValues";
import type { Providers } from "./providers";
import { prerequisites, type ResourceState } from "./state";
import { parseUrn } from "./urn";

/**
 * Resources that must be deleted before `root` is deleted in order to be replaced: those that depend on it,
 * directly or through others, and would themselves be replaced if what they take from it changed. Asked of
 * their providers with unknowns in place of those inputs (`calculateDependentReplacements` of the engine).
 * In the order of the state: delete them from the last to the first.
 */
export async function dependentReplacements(
  root: ResourceState,
  resources: readonly ResourceState[],
  providers: Providers,
): Promise<ResourceState[]> {
  const replaced = new Set([root.urn]);
  const result: ResourceState[] = [];
  for (const resource of resources) {
    if (resource === root || !resource.custom || resource.external) continue;
    if (![...prerequisites(resource)].some((urn) => replaced.has(urn))) continue;
    const inputs = inputsTakenFrom(resource, replaced);
    if (inputs === undefined) continue;
    const provider = await providers.forType(resource.type, resource.custom);
    const diff = await provider?.diff(
      { urn: resource.urn, type: resource.type, name: parseUrn(resource.urn).name },
      resource.id ?? "",
      resource.inputs ?? {},
      resource.outputs ?? {},
      inputs,
      [],
    );
    if (diff === undefined || diff.replaceKeys.length === 0) continue;
    replaced.add(resource.urn);
    result.push(resource);
  }
  return result;
}

/** The inputs with unknowns where they depend on what is replaced; undefined when none does. */
function inputsTakenFrom(resource: ResourceState, replaced: ReadonlySet<string>): PropertyMap | undefined {
  const inputs: PropertyMap = { ...resource.inputs };
  let any = false;
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    if (!urns.some((urn) => replaced.has(urn)) || inputs[property] === undefined) continue;
    inputs[property] = unknownValue;
    any = true;
  }
  return any ? inputs : undefined;
}
