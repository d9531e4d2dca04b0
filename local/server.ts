import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { createAdmin } from "./admin";
import { CallLog } from "./callLog";
import { LocalClock } from "./clock";
import { type DataFolderLock, lockDataFolder } from "./dataFolderLock";
import { createEmr } from "./emr/emr";
import type { EmrSettingsChange } from "./emr/settings";
import { AnswerLost, Faults } from "./faults";
import { createS3 } from "./s3/s3";
import type { S3Settings } from "./s3/settings";

/** Options of {@link startLocalServer}. */
export interface LocalServerOptions {
  /** Folder for everything the server keeps; made if it isn't there. One server at a time. */
  readonly dataDir: string;
  /** 0 (default): any free port. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`; the server runs commands for whoever reaches it. */
  readonly host?: string;
  /** 12 digits, default `123456789012`. */
  readonly accountId?: string;
  readonly s3Settings?: Partial<S3Settings>;
  readonly emrSettings?: EmrSettingsChange;
}

/** A running local server. */
export interface LocalServer {
  /** `http://127.0.0.1:<port>`: of S3 and EMR, and of the admin interface at `/_local`. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Lets requests under way finish (2 s), ends all steps, writes the state. */
  close(): Promise<void>;
}

/** The data folder is in use by another server. */
export class DataFolderInUse extends Error {
  override readonly name = "DataFolderInUse";
}

/** How long `close` waits for requests under way. */
const closeGraceMs = 2000;

/** Longer than any client keeps an idle connection, so that none is closed while a request is on its way. */
const keepAliveMs = 10 * 60_000;

/**
 * Starts EMR and S3 on one address: requests with `X-Amz-Target: ElasticMapReduce.…` go to EMR, `/_local/…` to the
 * admin interface, the rest to S3.
 *
 * @throws DataFolderInUse
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const dataDir = resolve(options.dataDir);
  const host = options.host ?? "127.0.0.1";
  const folder = (name: string) => {
    mkdirSync(join(dataDir, name), { recursive: true });
    return join(dataDir, name);
  };
  mkdirSync(dataDir, { recursive: true });
  const lock = await exclusively(dataDir);

  const clock = new LocalClock({ file: join(dataDir, "clock.json") });
  const calls = new CallLog(join(dataDir, "calls.jsonl"));
  const faults = new Faults(calls, clock);
  let url = "";
  const shared = {
    clock,
    calls,
    faults,
    accountId: options.accountId ?? "123456789012",
    endpoint: () => url,
  };
  const s3 = createS3({ ...shared, dataDir: folder("s3"), settings: options.s3Settings });
  const emr = createEmr({ ...shared, dataDir: folder("emr"), settings: options.emrSettings });
  const admin = createAdmin({ clock, faults, calls, services: { s3: s3.admin, emr: emr.admin } });

  async function route(request: Request, rawTarget: string): Promise<Response> {
    if (request.headers.get("x-amz-target")?.startsWith("ElasticMapReduce.")) {
      return emr.fetch(request, rawTarget);
    }
    return rawTarget.startsWith("/_local/") ? admin.fetch(request) : s3.fetch(request, rawTarget);
  }

  const listener = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as HttpBindings;
      const strange = whyStrange(incoming, host);
      if (strange !== undefined) {
        return new Response(strange, { status: 403 });
      }
      try {
        return await route(request, incoming.url ?? "/");
      } catch (error) {
        if (!(error instanceof AnswerLost)) {
          console.error(error);
          return new Response("internal error of the local server", { status: 500 });
        }
        outgoing.destroy();
        incoming.socket.destroy();
        return RESPONSE_ALREADY_SENT;
      }
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 0 }, listener);
  try {
    await new Promise<void>((done, failed) => {
      server.once("error", failed);
      server.listen(options.port ?? 0, host, () => done());
    });
  } catch (error) {
    clock.close();
    await Promise.all([s3.close(), emr.close()]);
    calls.close();
    await lock.release();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  writeFileSync(join(dataDir, "server.json"), JSON.stringify({ url, pid: process.pid }));

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    const closed = new Promise<void>((done) => server.close(() => done()));
    faults.close();
    server.closeIdleConnections();
    const late = setTimeout(() => server.closeAllConnections(), closeGraceMs);
    await closed;
    clearTimeout(late);
    clock.close();
    await Promise.all([s3.close(), emr.close()]);
    calls.close();
    await lock.release();
  }
  return { url, port, dataDir, close: () => (closing ??= close()) };
}

async function exclusively(dataDir: string): Promise<DataFolderLock> {
  const lock = await lockDataFolder(dataDir);
  if (lock === undefined) {
    throw new DataFolderInUse(
      `The data folder ${dataDir} is in use by another local server. Stop that one, use it, or choose another folder.`,
    );
  }
  return lock;
}

/**
 * The server runs commands, and any page in the user's browser can send requests to a loopback address. A browser
 * sends `Origin` with what a page asks for, and a name that was rebound to 127.0.0.1 shows in `Host`.
 */
function whyStrange(incoming: IncomingMessage, host: string): string | undefined {
  if (incoming.headers.origin !== undefined) {
    return "This server does not answer web pages.";
  }
  const name = (incoming.headers.host ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const isOwn = name === host || name === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(name) || name === "::1";
  return isOwn ? undefined : `This server does not answer requests for the host ${JSON.stringify(name)}.`;
}
