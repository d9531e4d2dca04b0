import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { PooledEmrError } from "../../provider/errors";

/** A lock on a stack, held by this process until it is released or the process ends. */
export interface StackLock {
  release(): Promise<void>;
}

interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Start of the process, so that a number given to another process later isn't taken for the holder. */
  readonly started: string;
  readonly nonce: string;
  readonly since: string;
}

/**
 * Locks a stack by a file that only one process can create. A holder that no longer runs on this machine is
 * replaced (a killed run must not block the next); one on another machine is not, since nobody can tell.
 *
 * @throws PooledEmrError `PULUMI_STACK_LOCKED` when a running process holds the lock.
 */
export async function acquireStackLock(
  path: string,
  onTakeover?: (message: string) => void,
): Promise<StackLock> {
  const mine: LockHolder = {
    pid: process.pid,
    host: hostname(),
    started: processStart(process.pid),
    nonce: randomBytes(8).toString("hex"),
    since: new Date().toISOString(),
  };
  const text = JSON.stringify(mine);
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await createExclusively(path, text, mine.nonce)) return { release: () => releaseLock(path, text) };
    const found = await readFile(path, "utf8").catch(() => undefined);
    if (found === undefined) continue;
    const holder = JSON.parse(found) as LockHolder;
    if (holder.host !== mine.host || isRunning(holder)) throw lockedError(path, holder);
    if (await removeStale(path, found, mine.nonce)) {
      onTakeover?.(`process ${holder.pid}, which had locked the stack, no longer runs: its lock was removed`);
    }
  }
  throw lockedError(path, undefined);
}

/** A link appears with its whole content or not at all, unlike a file that is created and then written. */
async function createExclusively(path: string, text: string, nonce: string): Promise<boolean> {
  const temporary = `${path}.${nonce}`;
  await writeFile(temporary, text);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Moves the lock away and looks at what was moved: another process may have replaced it in between. */
async function removeStale(path: string, stale: string, nonce: string): Promise<boolean> {
  const aside = `${path}.stale.${nonce}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  const moved = await readFile(aside, "utf8");
  if (moved !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return moved === stale;
}

async function releaseLock(path: string, mine: string): Promise<void> {
  const found = await readFile(path, "utf8").catch(() => undefined);
  if (found === mine) await rm(path, { force: true });
}

function isRunning(holder: LockHolder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = processStart(holder.pid);
  return started === "" || holder.started === "" || started === holder.started;
}

/** Field 22 of `/proc/<pid>/stat`, clock ticks since boot; empty where there is no /proc. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function lockedError(path: string, holder: LockHolder | undefined): PooledEmrError {
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : "other processes";
  return new PooledEmrError("PULUMI_STACK_LOCKED", { subject: path, problem: `is held by ${who}` });
}
