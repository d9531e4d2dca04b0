import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { endChild, type NodeChild } from "./childProcess";
import { call, channelOptions } from "./grpcSupport";
import { fromStruct, type PropertyMap, toStruct, withoutSecrets, withSecretsOf } from "./propertyValues";
import type { ProviderDiff, ProviderResult, ResourceProvider, ResourceReference } from "./resourceProvider";

/** The SDK's dynamic-provider process: one for all dynamic resources of one operation. */
export class DynamicProvider implements ResourceProvider {
  private constructor(
    private readonly child: NodeChild,
    private readonly client: ResourceProviderClient,
  ) {}

  /** Waits for the process's port and hands it the stack's configuration. */
  static async connect(child: NodeChild, configuration: PropertyMap): Promise<DynamicProvider> {
    const port = await child.firstLine();
    const client = new ResourceProviderClient(
      `127.0.0.1:${port.trim()}`,
      credentials.createInsecure(),
      channelOptions,
    );
    const request = new provider.ConfigureRequest();
    request.setArgs(toStruct(withoutSecrets(configuration)));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    await call(client.configure, client, request);
    return new DynamicProvider(child, client);
  }

  async check(resource: ResourceReference, oldInputs: PropertyMap | undefined, newInputs: PropertyMap) {
    const request = about(new provider.CheckRequest(), resource);
    request.setOlds(toStruct(withoutSecrets(oldInputs ?? {})));
    request.setNews(toStruct(withoutSecrets(newInputs)));
    const response = await call(this.client.check, this.client, request);
    return {
      inputs: withSecretsOf(fromStruct(response.getInputs()), newInputs),
      failures: response
        .getFailuresList()
        .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  async diff(
    resource: ResourceReference,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    ignoreChanges: readonly string[],
  ): Promise<ProviderDiff> {
    const request = about(new provider.DiffRequest(), resource);
    request.setId(id);
    request.setOldInputs(toStruct(withoutSecrets(oldInputs)));
    request.setOlds(toStruct(withoutSecrets(oldOutputs)));
    request.setNews(toStruct(withoutSecrets(newInputs)));
    request.setIgnorechangesList([...ignoreChanges]);
    const response = await call(this.client.diff, this.client, request);
    const changes = response.getChanges();
    return {
      changes: changes === DIFF_NONE ? "none" : changes === DIFF_SOME ? "some" : "unknown",
      replaceKeys: response.getReplacesList(),
      changedKeys: response.getDiffsList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(resource: ResourceReference, inputs: PropertyMap): Promise<ProviderResult> {
    const request = about(new provider.CreateRequest(), resource);
    request.setProperties(toStruct(withoutSecrets(inputs)));
    return withInitErrors(inputs, async () => {
      const response = await call(this.client.create, this.client, request);
      if (response.getId() === "") {
        throw new Error(`create of ${resource.name} answered no id: the provider must return one`);
      }
      return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
    });
  }

  async update(
    resource: ResourceReference,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    newInputs: PropertyMap,
    ignoreChanges: readonly string[],
  ): Promise<ProviderResult> {
    const request = about(new provider.UpdateRequest(), resource);
    request.setId(id);
    request.setOldInputs(toStruct(withoutSecrets(oldInputs)));
    request.setOlds(toStruct(withoutSecrets(oldOutputs)));
    request.setNews(toStruct(withoutSecrets(newInputs)));
    request.setIgnorechangesList([...ignoreChanges]);
    return withInitErrors(newInputs, async () => {
      const response = await call(this.client.update, this.client, request);
      return { id, outputs: fromStruct(response.getProperties()) };
    });
  }

  async read(resource: ResourceReference, id: string, inputs: PropertyMap, outputs: PropertyMap) {
    const request = about(new provider.ReadRequest(), resource);
    request.setId(id);
    request.setInputs(toStruct(withoutSecrets(inputs)));
    if (Object.keys(outputs).length > 0) request.setProperties(toStruct(withoutSecrets(outputs)));
    return withInitErrors(outputs, async () => {
      const response = await call(this.client.read, this.client, request);
      const newInputs = response.getInputs();
      return {
        id: response.getId(),
        outputs: fromStruct(response.getProperties()),
        inputs: newInputs === undefined ? undefined : withSecretsOf(fromStruct(newInputs), inputs),
      };
    });
  }

  async delete(
    resource: ResourceReference,
    id: string,
    inputs: PropertyMap,
    outputs: PropertyMap,
  ): Promise<void> {
    const request = about(new provider.DeleteRequest(), resource);
    request.setId(id);
    request.setOldInputs(toStruct(withoutSecrets(inputs)));
    request.setProperties(toStruct(withoutSecrets(outputs)));
    await call(this.client.delete, this.client, request);
  }

  /** Ends the process; with a grace it first gets SIGINT and this many milliseconds to free what it holds. */
  async close(graceMilliseconds = 0): Promise<void> {
    this.client.close();
    await endChild(this.child, graceMilliseconds);
  }
}

const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;

function about<
  Request extends {
    setUrn(urn: string): unknown;
    setType(type: string): unknown;
    setName(name: string): unknown;
  },
>(request: Request, resource: ResourceReference): Request {
  request.setUrn(resource.urn);
  request.setType(resource.type);
  request.setName(resource.name);
  return request;
}

/** Marks secrets in the outputs, and turns a partial failure (`ErrorResourceInitFailed`) into a result. */
async function withInitErrors(
  inputs: PropertyMap,
  run: () => Promise<Omit<ProviderResult, "initErrors">>,
): Promise<ProviderResult> {
  try {
    const result = await run();
    return { ...result, outputs: withSecretsOf(result.outputs, inputs), initErrors: [] };
  } catch (error) {
    const failure = initFailureIn(error as ServiceError);
    if (failure === undefined) throw error;
    const newInputs = failure.getInputs();
    return {
      id: failure.getId(),
      outputs: withSecretsOf(fromStruct(failure.getProperties()), inputs),
      inputs: newInputs && withSecretsOf(fromStruct(newInputs), inputs),
      initErrors: failure.getReasonsList(),
    };
  }
}

const statusDetailsKey = "grpc-status-details-bin";

function initFailureIn(error: ServiceError): provider.ErrorResourceInitFailed | undefined {
  for (const bytes of error.metadata?.get(statusDetailsKey) ?? []) {
    for (const detail of Status.deserializeBinary(bytes as Buffer).getDetailsList()) {
      if (!detail.getTypeUrl().endsWith("pulumirpc.ErrorResourceInitFailed")) continue;
      return provider.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    }
  }
  return undefined;
}
