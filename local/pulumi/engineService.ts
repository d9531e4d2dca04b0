import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { DeploymentEvents, Severity } from "./events";

const severities: readonly Severity[] = ["debug", "info", "warning", "error"];

/** Pulumi's `Engine` service: log lines of the program, of providers and of policy packs. */
export function engineService(events: DeploymentEvents, onError: () => void): UntypedServiceImplementation {
  let rootUrn = "";
  return {
    log(call: ServerUnaryCall<engine.LogRequest, Empty>, callback: sendUnaryData<Empty>) {
      const severity = severities[call.request.getSeverity()] ?? "info";
      events.log(
        severity,
        call.request.getMessage(),
        call.request.getUrn() || undefined,
        call.request.getEphemeral(),
      );
      if (severity === "error") onError();
      callback(null, new Empty());
    },
    getRootResource(
      _call: ServerUnaryCall<engine.GetRootResourceRequest, engine.GetRootResourceResponse>,
      callback: sendUnaryData<engine.GetRootResourceResponse>,
    ) {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(rootUrn);
      callback(null, response);
    },
    setRootResource(
      call: ServerUnaryCall<engine.SetRootResourceRequest, engine.SetRootResourceResponse>,
      callback: sendUnaryData<engine.SetRootResourceResponse>,
    ) {
      rootUrn = call.request.getUrn();
      callback(null, new engine.SetRootResourceResponse());
    },
    startDebugging(
      _call: ServerUnaryCall<engine.StartDebuggingRequest, Empty>,
      callback: sendUnaryData<Empty>,
    ) {
      callback(null, new Empty());
    },
    requirePulumiVersion(
      _call: ServerUnaryCall<engine.RequirePulumiVersionRequest, engine.RequirePulumiVersionResponse>,
      callback: sendUnaryData<engine.RequirePulumiVersionResponse>,
    ) {
      callback(null, new engine.RequirePulumiVersionResponse());
    },
  };
}
