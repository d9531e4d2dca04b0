import type { ProviderState } from "./state";

/**
 * The error by which Pulumi keeps a resource whose job did not complete: saved with its state and `initErrors`,
 * exit code 1, and the next `up` calls `update`. Only `reasons` are shown, so everything is in them.
 * https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/dynamic-provider/index.ts (grpcResponseFromError)
 */
export class JobUnhealthyError extends Error {
  override readonly name = "JobUnhealthyError";

  constructor(
    readonly id: string,
    readonly properties: ProviderState,
    readonly reasons: string[],
  ) {
    super(reasons.join("; "));
  }

  /**
   * The same for `read`, where the SDK hands an error to gRPC unchanged: with the details that
   * grpcResponseFromError would have added. Where the SDK has no such files the plain state is kept instead.
   */
  asGrpcError(): Error | undefined {
    try {
      const status = require("@pulumi/pulumi/proto/status_pb");
      const { ErrorResourceInitFailed } = require("@pulumi/pulumi/proto/provider_pb");
      const sdk = { paths: [require.resolve("@pulumi/pulumi")] };
      const { Struct } = require(require.resolve("google-protobuf/google/protobuf/struct_pb", sdk));
      const { Any } = require(require.resolve("google-protobuf/google/protobuf/any_pb", sdk));
      const grpc = require(require.resolve("@grpc/grpc-js", sdk));

      const detail = new ErrorResourceInitFailed();
      detail.setId(this.id);
      detail.setProperties(Struct.fromJavaScript(this.properties));
      detail.setReasonsList(this.reasons);
      const any = new Any();
      any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
      const response = new status.Status();
      response.setCode(grpc.status.UNKNOWN);
      response.setMessage(this.message);
      response.addDetails(any);
      const metadata = new grpc.Metadata();
      metadata.add("grpc-status-details-bin", Buffer.from(response.serializeBinary()));
      // The SDK prints `${error}: ${error.stack}` of whatever read throws on the stack's row; all there is to say
      // stands on the job's own, from the reasons.
      const error = new Error("shown on its own row");
      const quiet = { name: `${this.properties.state} job`, stack: this.id };
      return Object.assign(error, quiet, { code: grpc.status.UNKNOWN, metadata });
    } catch {
      return undefined;
    }
  }
}
