import { known } from "./known";
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

  /**
   * Whether `user` refers to `used`: an output of `used` flows into `user`, which is known at preview too, or, for
   * ids written out, `refersTo` finds its id.
   */
  isLinked(user: Resource, used: Resource, refersTo: (id: string) => boolean): boolean {
    const flows = Object.values(user.dependencies).some((sources) =>
      sources.some((source) => source?.urn === used.urn),
    );
    return flows || known(() => typeof used.props.id === "string" && refersTo(used.props.id), false);
  }

  /** Whether a managed scaling policy of the stack belongs to `cluster`. */
  isScaled(cluster: Resource): boolean {
    return this.ofKind("managedScalingPolicy").some((policy) =>
      this.isLinked(policy, cluster, (id) => policy.props.clusterId === id),
    );
  }
}
