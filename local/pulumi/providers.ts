import { randomUUID } from "node:crypto";
import { PooledEmrError } from "../../provider/errors";
import { type PropertyMap, sameProperties } from "./propertyValues";
import type { ProviderDiff, ProviderResult, ResourceProvider, ResourceReference } from "./resourceProvider";
import { packageOfType } from "./urn";

/** The package of dynamic resources, the only one this host can change. */
export const dynamicPackage = "pulumi-nodejs";

/** Type prefix of provider resources. */
export const providerTypePrefix = "pulumi:providers:";

/** The providers of one operation; the dynamic-provider process is started when it is first needed. */
export class Providers {
  private dynamic: Promise<ResourceProvider> | undefined;

  constructor(private readonly startDynamic: () => Promise<ResourceProvider>) {}

  /** The provider of a resource type; undefined for components, which have none. */
  async forType(type: string, custom: boolean): Promise<ResourceProvider | undefined> {
    if (!custom) return undefined;
    if (type.startsWith(providerTypePrefix)) return providerResources;
    if (packageOfType(type) !== dynamicPackage) return foreignResources;
    this.dynamic ??= this.startDynamic();
    return this.dynamic;
  }
}

const noFailures = { failures: [] };

function diffOfInputs(oldInputs: PropertyMap, newInputs: PropertyMap): ProviderDiff {
  const changes = sameProperties(oldInputs, newInputs) ? "none" : "some";
  return { changes, replaceKeys: [], changedKeys: [], deleteBeforeReplace: false };
}

/** Provider resources themselves: their inputs are their configuration, nothing outside the state. */
const providerResources: ResourceProvider = {
  check: async (_resource, _old, inputs) => ({ inputs, ...noFailures }),
  diff: async (_resource, _id, oldInputs, _oldOutputs, newInputs) => diffOfInputs(oldInputs, newInputs),
  create: async (_resource, inputs) => ({ id: randomUUID(), outputs: inputs, initErrors: [] }),
  update: async (_resource, id, _oldInputs, _oldOutputs, inputs) => ({ id, outputs: inputs, initErrors: [] }),
  read: async (_resource, id, inputs, outputs) => ({ id, inputs, outputs, initErrors: [] }),
  delete: async () => undefined,
};

/**
 * Resources of other providers (`aws:*`): a preview shows them as the program wrote them; changing them needs
 * the provider's plugin and the CLI.
 */
const foreignResources: ResourceProvider = {
  check: async (_resource, _old, inputs) => ({ inputs, ...noFailures }),
  diff: async (_resource, _id, oldInputs, _oldOutputs, newInputs) => diffOfInputs(oldInputs, newInputs),
  create: async (resource): Promise<ProviderResult> => refuse(resource),
  update: async (resource): Promise<ProviderResult> => refuse(resource),
  read: async (resource): Promise<ProviderResult> => refuse(resource),
  delete: async (resource): Promise<void> => refuse(resource),
};

function refuse(resource: ResourceReference): never {
  throw new PooledEmrError("PULUMI_HOST_UNSUPPORTED", {
    subject: resource.urn,
    problem: `is of the package "${packageOfType(resource.type)}", whose provider the embedded host can't run`,
    allowed: "dynamic resources (pulumi-nodejs) and components",
    fix: "Use the pulumi CLI for this program",
  });
}
