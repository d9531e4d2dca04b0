import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ensureTool, type Tool } from "./installer";

/** A server under test, on a loopback address. */
export interface ToolServer {
  readonly url: string;
  /** Environment with which the AWS SDK uses it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Why there is no server. */
export interface Skipped {
  readonly skipped: string;
}

/** How to run a tool. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Default {@link testCredentials}. */
  readonly credentials?: typeof testCredentials;
}

/** Credentials of every server under test; some of them check. */
export const testCredentials = { accessKeyId: "local-access-key", secretAccessKey: "local-secret-key" };

/** Environment with which the AWS SDK uses a server. */
export function sdkEnvironment(url: string, credentials = testCredentials): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: "us-east-1",
  };
}

const startTimeoutMs = 60_000;

/**
 * Installs the tool if need be, starts it on a free port and waits until it answers. The process ends with
 * `stop()`, and with this process however that ends.
 */
export async function startTool(
  tool: Tool,
  commandFor: (port: number, folder: string) => ServerCommand,
): Promise<ToolServer | Skipped> {
  const state = await ensureTool(tool);
  if ("skipped" in state) {
    return { skipped: `${tool.name} ${tool.version}: ${state.skipped}` };
  }
  let problem = "";
  // Between finding a port and using it another process may take it.
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort();
    const started = await startProcess(commandFor(port, state.folder), `http://127.0.0.1:${port}`);
    if (typeof started !== "string") {
      return started;
    }
    problem = started;
  }
  return { skipped: `${tool.name} ${tool.version} does not start: ${problem}` };
}

async function startProcess(what: ServerCommand, url: string): Promise<ToolServer | string> {
  const child = spawn(process.execPath, [join(__dirname, "endWithParent.mjs"), what.command, ...what.args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...what.environment },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      output = `${output}${text}`.slice(-2000);
    });
  }
  const deadline = performance.now() + startTimeoutMs;
  while (child.exitCode === null && performance.now() < deadline) {
    if (await answers(url)) {
      return {
        url,
        env: sdkEnvironment(url, what.credentials),
        stop: () => end(child),
      };
    }
    await delay(50);
  }
  await end(child);
  return output.trim().split("\n").slice(-3).join(" ") || "no output, no answer";
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.stdin?.end();
    await exited;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
