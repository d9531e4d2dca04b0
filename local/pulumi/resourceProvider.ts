import type { PropertyMap } from "./propertyValues";

/** A property that the provider's `check` refused. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** What a provider says of a change: `unknown` when it has no opinion and the inputs are to be compared. */
export interface ProviderDiff {
  readonly changes: "none" | "some" | "unknown";
  readonly replaceKeys: readonly string[];
  readonly changedKeys: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** The outcome of create, update or read; `initErrors` when the resource is there but not as asked for. */
export interface ProviderResult {
  readonly id: string;
  readonly outputs: PropertyMap;
  /** Only from read: what the provider says the inputs should be now. */
  readonly inputs?: PropertyMap;
  readonly initErrors: readonly string[];
}

/** Which resource a call is about. */
export interface ResourceReference {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** The methods of a resource provider as the steps of a deployment use them; inputs may be marked secret. */
export interface ResourceProvider {
  check(
    resource: ResourceReference,
    oldInputs: PropertyMap | undefined,
    newInputs: PropertyMap,
  ): Promise<{ inputs: PropertyMap; failures: readonly CheckFailure[] }>;
  diff(
    resource: ResourceReference,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    ignoreChanges: readonly string[],
  ): Promise<ProviderDiff>;
  create(resource: ResourceReference, inputs: PropertyMap): Promise<ProviderResult>;
  update(
    resource: ResourceReference,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    ignoreChanges: readonly string[],
  ): Promise<ProviderResult>;
  read(
    resource: ResourceReference,
    id: string,
    inputs: PropertyMap,
    outputs: PropertyMap,
  ): Promise<ProviderResult>;
  delete(resource: ResourceReference, id: string, inputs: PropertyMap, outputs: PropertyMap): Promise<void>;
}
