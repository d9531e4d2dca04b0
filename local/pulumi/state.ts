import type { PropertyMap } from "./propertyValues";

/**
 * One resource of a deployment, in the names of Pulumi's state files (`apitype.ResourceV3`), secrets in plain
 * but marked. https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/apitype#ResourceV3
 */
export interface ResourceState {
  urn: string;
  /** False for components and the stack itself. */
  custom: boolean;
  /** Replaced, and waiting to be deleted. */
  delete?: boolean;
  id?: string;
  type: string;
  inputs?: PropertyMap;
  outputs?: PropertyMap;
  parent?: string;
  protect?: boolean;
  /** Read only, never changed by the stack. */
  external?: boolean;
  dependencies?: string[];
  /** Why the resource, though there, is not what was asked for; the next update goes on with it. */
  initErrors?: string[];
  /** `<urn>::<id>` of the provider. */
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  /** Deleted in order to be replaced, and not there again yet. */
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  aliases?: string[];
  retainOnDelete?: boolean;
  deletedWith?: string;
  created?: string;
  modified?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  customTimeouts?: { create?: number; update?: number; delete?: number };
}

/** What was being done to a resource when the state was written. */
export interface PendingOperation {
  resource: ResourceState;
  type: "creating" | "updating" | "deleting" | "reading";
}

/** Everything known of a stack: resources in an order in which none comes before what it depends on. */
export interface Snapshot {
  resources: ResourceState[];
  pendingOperations: PendingOperation[];
}

/** The state of a stack that nothing was deployed to. */
export function emptySnapshot(): Snapshot {
  return { resources: [], pendingOperations: [] };
}

/** Everything a resource needs to be there before it and to go after it: parent, provider, dependencies. */
export function prerequisites(resource: ResourceState): Set<string> {
  const urns = new Set(resource.dependencies ?? []);
  for (const list of Object.values(resource.propertyDependencies ?? {}))
    for (const urn of list) urns.add(urn);
  if (resource.parent) urns.add(resource.parent);
  if (resource.deletedWith) urns.add(resource.deletedWith);
  if (resource.provider) urns.add(providerUrn(resource.provider));
  return urns;
}

/** The URN in a provider reference `<urn>::<id>`. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}
