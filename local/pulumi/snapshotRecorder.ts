import { type PendingOperation, providerUrn, type ResourceState, type Snapshot } from "./state";

/**
 * Keeps the state of a stack true while steps run: what was registered, in the order it came to be, then what
 * is left of the old state; every change is on disk before the next step builds on it
 * (`SnapshotManager` of the engine).
 */
export class SnapshotRecorder {
  private readonly registered: ResourceState[] = [];
  private readonly gone = new Set<ResourceState>();
  private readonly pending = new Set<PendingOperation>();

  constructor(
    private readonly base: Snapshot,
    private readonly save: (snapshot: Snapshot) => Promise<void>,
  ) {}

  /** Says, on disk, what is about to be done; a kill before {@link end} leaves it there. */
  async begin(type: PendingOperation["type"], resource: ResourceState): Promise<PendingOperation> {
    const operation: PendingOperation = { type, resource: { ...resource } };
    this.pending.add(operation);
    await this.save(this.current());
    return operation;
  }

  /** Takes back what {@link begin} said and records the outcome in one write. */
  async end(
    operation: PendingOperation | undefined,
    outcome: { registered?: ResourceState; gone?: ResourceState },
  ): Promise<void> {
    if (operation !== undefined) this.pending.delete(operation);
    if (outcome.gone !== undefined) this.gone.add(outcome.gone);
    if (outcome.registered !== undefined) {
      // A create that was interrupted in an earlier run has now been done again: nothing is in doubt any more.
      this.clearPendingCreates(outcome.registered.urn);
      if (!this.registered.includes(outcome.registered)) this.registered.push(outcome.registered);
    }
    await this.save(this.current());
  }

  /** Puts a refreshed resource in the place of the old one, or (with undefined) takes it and all mention of it out. */
  async replace(old: ResourceState, refreshed: ResourceState | undefined): Promise<void> {
    const place = this.base.resources.indexOf(old);
    if (refreshed !== undefined) this.base.resources[place] = refreshed;
    else {
      this.base.resources.splice(place, 1);
      for (const resource of this.base.resources) forget(resource, old.urn);
    }
    await this.save(this.current());
  }

  /** Old resources the program has not registered: those to delete, and those replaced and not deleted yet. */
  unregistered(): ResourceState[] {
    return this.base.resources.filter((resource) => !this.gone.has(resource));
  }

  /** A resource found under an alias has a new URN: everything that is still in the old state follows. */
  rename(urn: string, newUrn: string): void {
    const renamed = (text: string | undefined) => (text === urn ? newUrn : text);
    for (const resource of this.base.resources) {
      resource.parent = renamed(resource.parent);
      resource.deletedWith = renamed(resource.deletedWith);
      resource.dependencies = resource.dependencies?.map((dependency) => renamed(dependency)!);
      if (resource.provider !== undefined && providerUrn(resource.provider) === urn) {
        resource.provider = `${newUrn}${resource.provider.slice(urn.length)}`;
      }
      for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
        resource.propertyDependencies![property] = urns.map((dependency) => renamed(dependency)!);
      }
    }
  }

  /** Drops what earlier runs left in doubt, interrupted creates excepted: only a person knows about those. */
  clearInterrupted(): void {
    this.base.pendingOperations = this.base.pendingOperations.filter(
      (operation) => operation.type === "creating",
    );
  }

  /** After a refresh: lists of dependencies that are empty say nothing and go, as in the engine's states. */
  dropEmptyDependencies(): void {
    for (const resource of this.base.resources) {
      const full = Object.entries(resource.propertyDependencies ?? {}).filter(([, urns]) => urns.length > 0);
      resource.propertyDependencies = full.length > 0 ? Object.fromEntries(full) : undefined;
    }
  }

  /** Writes the state after a resource was changed in place (stack outputs). */
  changed(): Promise<void> {
    return this.save(this.current());
  }

  /** The state as it is now. */
  current(): Snapshot {
    const left = this.base.resources.filter((resource) => !this.gone.has(resource));
    return {
      resources: [...this.registered.filter((resource) => !this.gone.has(resource)), ...left],
      pendingOperations: [...this.base.pendingOperations, ...this.pending],
    };
  }

  private clearPendingCreates(urn: string): void {
    this.base.pendingOperations = this.base.pendingOperations.filter(
      (operation) => operation.type !== "creating" || operation.resource.urn !== urn,
    );
  }
}

/** A dependency on what is no longer there would make the state invalid. */
function forget(resource: ResourceState, urn: string): void {
  const rest = resource.dependencies?.filter((dependency) => dependency !== urn) ?? [];
  resource.dependencies = rest.length > 0 ? rest : undefined;
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    resource.propertyDependencies![property] = urns.filter((dependency) => dependency !== urn);
  }
  if (resource.deletedWith === urn) resource.deletedWith = undefined;
  if (resource.parent === urn) resource.parent = undefined;
}
