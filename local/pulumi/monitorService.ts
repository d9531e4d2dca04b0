import {
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import * as monitor from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Deployment, RegisteredResource } from "./deployment";
import { DeploymentStopped } from "./deploymentStopped";
import { goalOf, type ResourceGoal } from "./goal";
import { rpcError } from "./grpcSupport";
import {
  fromStruct,
  isSecret,
  type PropertyMap,
  toStruct,
  withoutOutputValues,
  withoutSecrets,
} from "./propertyValues";
import { resourceUrn } from "./urn";

const { ResourceMonitorFeature: Feature } = monitor;

/** What this host does for the SDK; it asks before it uses anything else, and says so clearly when it can't. */
const features: readonly { readonly name: string; readonly feature: monitor.ResourceMonitorFeature }[] = [
  { name: "secrets", feature: Feature.RESOURCE_MONITOR_FEATURE_SECRETS },
  { name: "aliasSpecs", feature: Feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS },
  { name: "deletedWith", feature: Feature.RESOURCE_MONITOR_FEATURE_DELETED_WITH },
];

/** Pulumi's `ResourceMonitor` service: the program's side of a deployment. */
export function monitorService(deployment: Deployment): UntypedServiceImplementation {
  const { identity, config, dryRun, parallel } = deployment.context;

  return {
    supportsFeature(
      call: ServerUnaryCall<monitor.SupportsFeatureRequest, monitor.SupportsFeatureResponse>,
      callback: sendUnaryData<monitor.SupportsFeatureResponse>,
    ) {
      const response = new monitor.SupportsFeatureResponse();
      response.setHassupport(features.some(({ name }) => name === call.request.getId()));
      callback(null, response);
    },

    getDeploymentInfo(
      _call: ServerUnaryCall<Empty, monitor.DeploymentInfo>,
      callback: sendUnaryData<monitor.DeploymentInfo>,
    ) {
      const response = new monitor.DeploymentInfo();
      response.setProject(identity.project);
      response.setStack(identity.stack);
      response.setOrganization(identity.organization);
      for (const [key, value] of Object.entries(config)) {
        response.getConfigMap().set(key, String(withoutSecrets(value)));
      }
      response.setConfigsecretkeysList(Object.keys(config).filter((key) => isSecret(config[key])));
      response.setDryrun(dryRun);
      response.setParallel(parallel);
      response.setSupportedfeaturesList(features.map(({ feature }) => feature));
      callback(null, response);
    },

    registerResource(
      call: ServerUnaryCall<monitor.RegisterResourceRequest, monitor.RegisterResourceResponse>,
      callback: sendUnaryData<monitor.RegisterResourceResponse>,
    ) {
      if (call.request.getRemote())
        return callback(unsupported(`the remote component ${call.request.getType()}`));
      respond(callback, async () => {
        const registered = await deployment.register(goalOf(call.request, identity));
        const response = new monitor.RegisterResourceResponse();
        response.setUrn(registered.urn);
        response.setId(registered.id);
        response.setObject(toStruct(registered.outputs));
        return response;
      });
    },

    readResource(
      call: ServerUnaryCall<monitor.ReadResourceRequest, monitor.ReadResourceResponse>,
      callback: sendUnaryData<monitor.ReadResourceResponse>,
    ) {
      respond(callback, async () => {
        const read: RegisteredResource = await deployment.read(
          readGoal(call.request, deployment),
          call.request.getId(),
        );
        const response = new monitor.ReadResourceResponse();
        response.setUrn(read.urn);
        response.setProperties(toStruct(read.outputs));
        return response;
      });
    },

    registerResourceOutputs(
      call: ServerUnaryCall<monitor.RegisterResourceOutputsRequest, Empty>,
      callback: sendUnaryData<Empty>,
    ) {
      respond(callback, async () => {
        const outputs = withoutOutputValues(fromStruct(call.request.getOutputs()));
        await deployment.registerOutputs(call.request.getUrn(), outputs);
        return new Empty();
      });
    },

    signalAndWaitForShutdown(_call: ServerUnaryCall<Empty, Empty>, callback: sendUnaryData<Empty>) {
      callback(null, new Empty());
    },

    invoke(call: ServerUnaryCall<monitor.ResourceInvokeRequest, unknown>, callback: sendUnaryData<unknown>) {
      callback(unsupported(`the function ${call.request.getTok()}`));
    },
    call(call: ServerUnaryCall<monitor.ResourceCallRequest, unknown>, callback: sendUnaryData<unknown>) {
      callback(unsupported(`the method ${call.request.getTok()}`));
    },
    existsResource: (_call: unknown, callback: sendUnaryData<unknown>) =>
      callback(unsupported("Resource.exists")),
    registerStackTransform: (_call: unknown, callback: sendUnaryData<unknown>) =>
      callback(unsupported("transforms")),
    registerStackInvokeTransform: (_call: unknown, callback: sendUnaryData<unknown>) =>
      callback(unsupported("invoke transforms")),
    registerResourceHook: (_call: unknown, callback: sendUnaryData<unknown>) =>
      callback(unsupported("resource hooks")),
    registerErrorHook: (_call: unknown, callback: sendUnaryData<unknown>) =>
      callback(unsupported("error hooks")),
    registerPackage: (_call: unknown, callback: sendUnaryData<unknown>) =>
      callback(unsupported("parameterized packages")),
  };
}

/** Answers with the result; a stopped deployment as "unavailable", which makes the SDK end without a message. */
function respond<Response>(callback: sendUnaryData<Response>, run: () => Promise<Response>): void {
  run().then(
    (response) => callback(null, response),
    (error: Error) => {
      const code = error instanceof DeploymentStopped ? status.UNAVAILABLE : status.UNKNOWN;
      callback(rpcError(error.message, code) as ServiceError);
    },
  );
}

function unsupported(what: string): ServiceError {
  return rpcError(
    `the embedded host does not run ${what}; use the pulumi CLI for this program`,
    status.UNIMPLEMENTED,
  ) as ServiceError;
}

function readGoal(request: monitor.ReadResourceRequest, deployment: Deployment): ResourceGoal {
  const { stack, project } = deployment.context.identity;
  const parent = request.getParent() || undefined;
  const inputs: PropertyMap = withoutOutputValues(fromStruct(request.getProperties()));
  return {
    urn: resourceUrn(stack, project, parent, request.getType(), request.getName()),
    type: request.getType(),
    name: request.getName(),
    custom: true,
    parent,
    inputs,
    provider: request.getProvider() || undefined,
    version: request.getVersion() || undefined,
    dependencies: request.getDependenciesList(),
    propertyDependencies: {},
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [],
  };
}
