import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A store that answers every single conditional write rightly and yet lets two writers win: it looks first and
 * writes afterwards, as several servers do (backends with a check and a write that are two steps). Tests of races
 * must fail on it, or they prove nothing.
 *
 * A write with `If-Match` therefore waits up to half a second for a second one to look.
 *
 * @param backendUrl an S3 that ignores conditions of writes; it gets all requests, signatures and all.
 */
export async function startCheckThenActStore(
  backendUrl: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const backend = new URL(backendUrl);
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    const status = incoming.method === "PUT" ? await refusal(incoming) : undefined;
    if (status !== undefined) {
      const code = status === 404 ? "NoSuchKey" : "PreconditionFailed";
      outgoing.writeHead(status, { "content-type": "application/xml" });
      outgoing.end(`<Error><Code>${code}</Code><Message>refused</Message></Error>`);
      return;
    }
    if (incoming.method === "PUT" && incoming.headers["if-match"] !== undefined) await company();
    const response = await forward(incoming.method!, incoming, Buffer.concat(chunks));
    outgoing.writeHead(response.statusCode!, response.headers);
    response.pipe(outgoing);
  }

  /** Waits between look and write for another who looks, so that the race is not left to chance; a while at most. */
  let waiting: (() => void) | undefined;
  function company(): Promise<void> {
    waiting?.();
    return new Promise((resolve) => {
      waiting = resolve;
      setTimeout(resolve, 500);
    });
  }

  async function refusal(incoming: IncomingMessage): Promise<number | undefined> {
    const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = incoming.headers;
    if (ifMatch === undefined && ifNoneMatch === undefined) {
      return undefined;
    }
    const head = await forward("HEAD", incoming, Buffer.alloc(0));
    head.resume();
    const isThere = head.statusCode === 200;
    if (ifNoneMatch !== undefined) {
      return isThere ? 412 : undefined;
    }
    if (!isThere) {
      return 404;
    }
    return head.headers.etag === ifMatch ? undefined : 412;
  }

  function forward(method: string, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const headers = { ...incoming.headers };
    if (method === "HEAD") {
      // The conditions are judged here.
      for (const name of ["if-match", "if-none-match", "content-length", "expect"]) {
        delete headers[name];
      }
    }
    return new Promise((resolve, reject) => {
      const { hostname, port } = backend;
      request({ hostname, port, method, path: incoming.url, headers }, resolve)
        .once("error", reject)
        .end(body);
    });
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
