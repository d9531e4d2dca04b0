import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPythonPackages, pythonProgram, type Tool } from "./installer";
import { type ServerCommand, type Skipped, startTool, type ToolServer, testCredentials } from "./toolServer";

/** S3 gateway over a folder, in Go. Conditional writes are atomic by a lock on each object; signatures are checked. */
export const versitygw: Tool = {
  name: "versitygw",
  version: "1.8.0",
  install: (folder, run) =>
    run("go", ["install", "github.com/versity/versitygw/cmd/versitygw@v1.8.0"], { GOBIN: folder }),
};

/** AWS emulator, in Python, one thread: conditional writes and deletes are atomic. */
export const ministack: Tool = {
  name: "ministack",
  version: "1.5.33",
  install: (folder, run) => installPythonPackages(folder, run, ["ministack==1.5.33"]),
};

/** AWS emulator, in Python: judge of the EMR wire format. Its S3 is no judge of races. */
export const moto: Tool = {
  name: "moto",
  version: "5.2.5",
  install: (folder, run) => installPythonPackages(folder, run, ["moto[server]==5.2.5"]),
};

/** S3 server for Node that ignores the conditions of writes: tests of races must fail on it. */
export const s3rver: Tool = {
  name: "s3rver",
  version: "3.7.1",
  install: (folder, run) =>
    run("npm", [
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--prefix",
      folder,
      "s3rver@3.7.1",
    ]),
};

/** All tools, for the installer. */
export const tools: readonly Tool[] = [versitygw, ministack, moto, s3rver];

export const startVersitygw = () =>
  withData(versitygw, (port, folder, data) => ({
    command: join(folder, "versitygw"),
    args: ["--port", `127.0.0.1:${port}`, "--region", "us-east-1", "posix", data],
    environment: {
      ROOT_ACCESS_KEY: testCredentials.accessKeyId,
      ROOT_SECRET_KEY: testCredentials.secretAccessKey,
    },
  }));

export const startMinistack = () =>
  withData(ministack, (port, folder, data) => ({
    command: pythonProgram(folder, "ministack"),
    args: [],
    environment: { GATEWAY_PORT: String(port), BIND_HOST: "127.0.0.1", STATE_DIR: data, PERSIST_STATE: "0" },
  }));

export const startMoto = () =>
  startTool(moto, (port, folder) => ({
    command: pythonProgram(folder, "moto_server"),
    args: ["-H", "127.0.0.1", "-p", String(port)],
  }));

/** A server on which the race tests must fail. */
export const startNegativeControl = () =>
  withData(s3rver, (port, folder, data) => ({
    // The only pair it knows.
    credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    command: process.execPath,
    args: [
      join(folder, "node_modules", "s3rver", "bin", "s3rver.js"),
      ...["--address", "127.0.0.1", "--port", String(port), "--directory", data, "--silent"],
    ],
  }));

/** Starts a server with a data folder that is removed when it stops. */
async function withData(
  tool: Tool,
  commandFor: (port: number, folder: string, data: string) => ServerCommand,
): Promise<ToolServer | Skipped> {
  const data = mkdtempSync(join(tmpdir(), `${tool.name}-`));
  const remove = () => rmSync(data, { recursive: true, force: true });
  const server = await startTool(tool, (port, folder) => commandFor(port, folder, data));
  if ("skipped" in server) {
    remove();
    return server;
  }
  return {
    ...server,
    stop: async () => {
      await server.stop();
      remove();
    },
  };
}
