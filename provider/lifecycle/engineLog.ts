/**
 * Lines on the job's own row of `pulumi up`, sent straight to the engine: in the provider's process `pulumi.log` has
 * no engine (https://github.com/pulumi/pulumi/issues/6065), and `console.log` shows on the stack's row without the
 * job's name. The protocol files are public, but no documented API, so everything here degrades to silence.
 */
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

/** `status`: replaces the row's last status and leaves nothing behind. The others stay under Diagnostics. */
export type EngineLogKind = "status" | "info" | "warning";

/** Shows `message` on the row of the resource with this URN, if there is an engine; never throws. */
export function logToEngine(urn: string | undefined, kind: EngineLogKind, message: string): void {
  const engine = engineClient();
  if (engine === undefined || urn === undefined) return;
  try {
    const { LogRequest, LogSeverity } = require("@pulumi/pulumi/proto/engine_pb");
    const request = new LogRequest();
    request.setSeverity(kind === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(kind === "status");
    engine.log(request, () => {});
  } catch {
    // An SDK without these files: the row then shows nothing, the job is unharmed.
  }
}

let client: EngineClient | undefined | "none";

function engineClient(): EngineClient | undefined {
  client ??= connect() ?? "none";
  return client === "none" ? undefined : client;
}

/** The engine's address is the provider process's first argument. */
function connect(): EngineClient | undefined {
  const isProviderProcess = /dynamic-provider/.test(process.argv[1] ?? "");
  const address = process.argv[2];
  if (!isProviderProcess || address === undefined || !/^[\w.:[\]-]+:\d+$/.test(address)) return undefined;
  try {
    const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb");
    // Resolved beside the SDK, whose generated client insists on its own copy of grpc-js.
    const grpc = require(require.resolve("@grpc/grpc-js", { paths: [require.resolve("@pulumi/pulumi")] }));
    return new EngineClient(address, grpc.credentials.createInsecure());
  } catch {
    return undefined;
  }
}
