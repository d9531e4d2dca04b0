import type { Resource, ResourceKind } from "./resource";

/** The resources of a stack, as rules over the whole stack see them. */
export class Stack {
  constructor(
    readonly resources: readonly Resource[],
    readonly stackTags: ReadonlyMap<string, string>,
  ) {}

  ofKind(...kinds: ResourceKind[]): Resource[] {
    return this.resources.filter((resource) => resource.kind !== undefined && kinds.includes(resource.kind));
  }

  ofType(...types: string[]): Resource[] {
    return this.resources.filter((resource) => types.includes(resource.type));
  }
}
