import type { Deployment } from "./deployment";
import { DeploymentStopped } from "./deploymentStopped";
import { providerTypePrefix } from "./providers";
import { prerequisites, type ResourceState } from "./state";

/**
 * Deletes resources, each after everything that needs it; those that don't need one another at the same time.
 * The first failure lets no further deletion begin.
 *
 * @throws DeploymentStopped when a deletion failed, or a protected resource is among them.
 */
export async function deleteAll(deployment: Deployment, resources: readonly ResourceState[]): Promise<void> {
  refuseProtected(deployment, resources);
  const left = new Set(resources);
  const { parallel, cancelled } = deployment.context;
  const running = new Map<ResourceState, Promise<void>>();
  let failure: unknown;
  while (left.size > 0 || running.size > 0) {
    const stopped = failure !== undefined || cancelled.aborted;
    if (!stopped) {
      const waiting = [...left, ...running.keys()];
      for (const resource of [...left].reverse()) {
        if (running.size >= parallel || !isUnneeded(resource, waiting)) continue;
        left.delete(resource);
        const run = deployment
          .remove(resource)
          .catch((error: unknown) => {
            failure ??= error;
          })
          .finally(() => running.delete(resource));
        running.set(resource, run);
      }
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failure !== undefined) throw failure;
  if (cancelled.aborted) throw new DeploymentStopped("cancelled");
}

/** True when nothing that is still there needs the resource; of two with one URN the replaced one goes first. */
function isUnneeded(resource: ResourceState, waiting: readonly ResourceState[]): boolean {
  return waiting.every(
    (other) =>
      other === resource ||
      (!prerequisites(other).has(resource.urn) && (other.urn !== resource.urn || !other.delete)),
  );
}

function refuseProtected(deployment: Deployment, resources: readonly ResourceState[]): void {
  const kept = resources.filter(
    (resource) => resource.protect && !resource.type.startsWith(providerTypePrefix),
  );
  let stopped: DeploymentStopped | undefined;
  for (const resource of kept) {
    stopped = deployment.fail(
      `resource "${resource.urn}" cannot be deleted because it is protected. To unprotect the resource, remove the ` +
        "`protect` flag from the resource in your Pulumi program and run an update",
      resource.urn,
    );
  }
  if (stopped !== undefined) throw stopped;
}
