import {
  type CallOptions,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
} from "@grpc/grpc-js";

/** The limits of Pulumi's own servers and clients: 400 MB a message. */
export const channelOptions = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

/** Binds a server to a free port of the loopback interface and gives `127.0.0.1:port`. */
export function listenOnLoopback(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    );
  });
}

/** A new server with Pulumi's limits. */
export function newServer(): Server {
  return new Server(channelOptions);
}

type Answer<Response> = (error: ServiceError | null, response: Response) => void;

/** A unary call of a generated client as a promise; no deadline, as the engine sets none. */
export function call<Request, Response>(
  // The last of the generated overloads, which is the one TypeScript infers from.
  method: (
    request: Request,
    metadata: Metadata,
    options: Partial<CallOptions>,
    callback: Answer<Response>,
  ) => unknown,
  client: unknown,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method.call(client, request, new Metadata(), {}, (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });
}

/** An error as a gRPC server answers it. */
export function rpcError(message: string, code: status = status.UNKNOWN): Partial<ServiceError> {
  return { code, details: message, message, metadata: new Metadata() };
}
