import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { AddJobFlowStepsCommand, type AddJobFlowStepsOutput } from "@aws-sdk/client-emr";
import { afterEach, expect, test } from "vitest";
import { GuardedClient, outcomeOf } from "../../../provider/emr/guardedClient";

/**
 * On the wire: whatever the other side does, one attempt is at most one request. The SDK's default is three, and
 * each would be signed anew.
 */
let server: Server | undefined;
let sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  server?.close();
});

interface Wire {
  readonly port: number;
  /** Whole requests that arrived, with their headers. */
  readonly requests: string[];
  readonly connections: () => number;
}

/** A raw server; `answer` is called once a request has arrived with its body. */
async function listen(answer: (socket: Socket) => void): Promise<Wire> {
  const requests: string[] = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
      const head = text.indexOf("\r\n\r\n");
      if (head < 0 || text.length < head + 4 + length) return;
      requests.push(text);
      text = "";
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, requests, connections: () => sockets.length };
}

function clientOf(port: number, offset = 0): GuardedClient {
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  // The environment can't give the attempts back that the guard takes away.
  process.env.AWS_MAX_ATTEMPTS = "5";
  return new GuardedClient({ region: "us-east-1", endpoint, credentials }, () => offset, {
    requestTimeout: 300,
  });
}

const send = (client: GuardedClient, limit = new Date(Date.now() + 60_000)) =>
  client.send(
    new AddJobFlowStepsCommand({ JobFlowId: "j-1", Steps: [] }),
    limit,
    (output: AddJobFlowStepsOutput) => output.StepIds,
  );

const reply = (status: number, body: object, headers = "") =>
  `HTTP/1.1 ${status} X\r\ncontent-type: application/x-amz-json-1.1\r\n${headers}content-length: ${JSON.stringify(body).length}\r\n\r\n${JSON.stringify(body)}`;

test.each([
  ["stalls", (_socket: Socket) => {}, "unknown"],
  ["resets after the body", (socket: Socket) => socket.resetAndDestroy(), "unknown"],
  ["ends without an answer", (socket: Socket) => socket.end(), "unknown"],
  ["answers 500", (socket: Socket) => socket.end(reply(500, { __type: "InternalServerError" })), "unknown"],
  ["answers 503", (socket: Socket) => socket.end(reply(503, { __type: "ServiceUnavailable" })), "unknown"],
  [
    "answers half",
    (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"),
    "unknown",
  ],
  [
    "answers InternalServerException with 400",
    (socket: Socket) => socket.end(reply(400, { __type: "InternalServerException", Message: "m" })),
    "unknown",
  ],
  [
    "throttles",
    (socket: Socket) => socket.end(reply(400, { __type: "ThrottlingException", message: "Rate exceeded" })),
    "throttled",
  ],
  [
    "says that the signature has expired, with its own time",
    (socket: Socket) =>
      socket.end(
        reply(
          400,
          {
            __type: "InvalidSignatureException",
            message: "Signature expired: 1 is now earlier than 2 - 5 min.",
          },
          "date: Thu, 01 Jan 2037 00:00:00 GMT\r\n",
        ),
      ),
    "notSent",
  ],
  [
    "refuses",
    (socket: Socket) => socket.end(reply(400, { __type: "ValidationException", message: "no" })),
    "refused",
  ],
  ["accepts", (socket: Socket) => socket.end(reply(200, { StepIds: ["s-1"] })), "accepted"],
] as const)("the other side %s: one request, one attempt", async (_, answer, outcome) => {
  const wire = await listen(answer);
  const result = await send(clientOf(wire.port));
  expect(result.outcome).toBe(outcome);
  // Long enough for a retry of the SDK, whose first waits are below 100 ms.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(wire.requests).toHaveLength(1);
  expect(wire.requests[0]).toMatch(/amz-sdk-request: attempt=1; max=1/);
});

test("signed later than the limit: nothing is sent", async () => {
  const wire = await listen((socket) => socket.end(reply(200, { StepIds: [] })));
  const result = await send(clientOf(wire.port), new Date(Date.now() - 2_000));
  expect(result).toMatchObject({
    outcome: "notSent",
    reason: expect.stringContaining("later than the limit"),
  });
  expect(wire.connections()).toBe(0);
});

test("what is compared and sent is AWS's time as S3 told it, not this machine's", async () => {
  const wire = await listen((socket) => socket.end(reply(200, { StepIds: [] })));
  const hour = 3_600_000;
  // This clock is an hour slow: with the offset the call is in time, and signed in AWS's time.
  const result = await send(clientOf(wire.port, hour), new Date(Date.now() + hour + 5_000));
  expect(result.outcome).toBe("accepted");
  const signed = /x-amz-date: (\S+)/i.exec(wire.requests[0]!)![1]!;
  const ahead = Date.parse(signed.replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5")) - Date.now();
  expect(ahead).toBeGreaterThan(hour - 10_000);
  expect((await send(clientOf(wire.port, hour), new Date(Date.now() + 5_000))).outcome).toBe("notSent");
});

test("each call has a connection of its own", async () => {
  const wire = await listen((socket) => socket.write(reply(200, { StepIds: [] })));
  const client = clientOf(wire.port);
  await send(client);
  await send(client);
  expect(wire.connections()).toBe(2);
});

test("nobody listens: not sent", async () => {
  const { port } = await listen(() => {});
  await new Promise((resolve) => server!.close(resolve));
  expect((await send(clientOf(port))).outcome).toBe("notSent");
});

test("an error nobody knows says nothing about what was done", () => {
  expect(outcomeOf(new Error("?"))).toMatchObject({ outcome: "unknown" });
  expect(outcomeOf(Object.assign(new Error("?"), { code: "ECONNRESET" }))).toMatchObject({
    outcome: "unknown",
  });
});
