import { createHash } from "node:crypto";
import { realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Holds a data folder for this process; the operating system lets it go when the process ends, however it ends. */
export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * Takes the data folder for this process. A lock file would stay behind after a SIGKILL and its process id could
 * be another's by then, so the lock is a local socket named after the folder, which nobody else can listen on.
 *
 * @returns undefined if another process has it.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock | undefined> {
  const name = createHash("sha256").update(realpathSync(dataDir)).digest("hex").slice(0, 32);
  const address = socketAddress(`emrpool-${name}`);
  const server = (await listen(address)) ?? (await listenAfterCrash(address));
  if (server === undefined) {
    return undefined;
  }
  // The lock alone is no reason for the process to stay.
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

function socketAddress(name: string): string {
  switch (process.platform) {
    case "linux":
      // Abstract sockets are in no file system and go with their process.
      return `\0${name}`;
    case "win32":
      return `\\\\.\\pipe\\${name}`;
    default:
      return join(tmpdir(), name);
  }
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}

/** Where sockets are files, one that nobody answers on was left by a process that was killed. */
async function listenAfterCrash(address: string): Promise<Server | undefined> {
  if (!address.startsWith("/")) {
    return undefined;
  }
  const isAlive = await new Promise<boolean>((resolve) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
  if (isAlive) {
    return undefined;
  }
  rmSync(address, { force: true });
  return listen(address);
}
