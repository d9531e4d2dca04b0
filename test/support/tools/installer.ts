import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lockDataFolder } from "../../../local/dataFolderLock";

/** An independent program that tests run against. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** Installs into `folder`, which is empty. Throws {@link ToolMissing} where the machine can't. */
  install(folder: string, run: RunCommand): Promise<void>;
}

/** Runs one command of an installation; rejects with {@link ToolMissing} if it can't be started or fails. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Promise<void>;

/** Why a tool isn't there. Never an error of the tests. */
export class ToolMissing extends Error {
  override readonly name = "ToolMissing";
}

/** What came of an installation. */
export type ToolState =
  | { readonly name: string; readonly version: string; readonly folder: string; readonly seconds: number }
  | { readonly name: string; readonly version: string; readonly skipped: string; readonly seconds: number };

const installationTimeoutMs = 15 * 60_000;

/** `$POOLED_EMR_TOOLS`, or `.tools` in the root of the repository, which git ignores. */
export function toolsFolder(): string {
  return resolve(process.env.POOLED_EMR_TOOLS ?? join(__dirname, "../../../.tools"));
}

const ensured = new Map<string, Promise<ToolState>>();

/** Installs the tool unless it is there already. Safe to call from several processes at once. Never rejects. */
export function ensureTool(tool: Tool): Promise<ToolState> {
  const id = `${tool.name}-${tool.version}`;
  const state = ensured.get(id) ?? install(tool, join(toolsFolder(), id));
  ensured.set(id, state);
  return state;
}

async function install(tool: Tool, folder: string): Promise<ToolState> {
  const { name, version } = tool;
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  // Written last: an installation that was interrupted has none.
  const mark = join(folder, "installed");
  try {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(mark)) {
      const lock = await waitForLock(folder);
      try {
        if (!existsSync(mark)) {
          rmSync(folder, { recursive: true, force: true });
          mkdirSync(folder, { recursive: true });
          await tool.install(folder, commandRunner(join(folder, "install.log")));
          writeFileSync(mark, `${name} ${version}\n`);
        }
      } finally {
        await lock.release();
      }
    }
    return { name, version, folder, seconds: seconds() };
  } catch (error) {
    return {
      name,
      version,
      skipped: error instanceof Error ? error.message : String(error),
      seconds: seconds(),
    };
  }
}

async function waitForLock(folder: string) {
  const deadline = performance.now() + installationTimeoutMs;
  for (;;) {
    const lock = await lockDataFolder(folder);
    if (lock !== undefined) {
      return lock;
    }
    if (performance.now() > deadline) {
      throw new ToolMissing("another process has been installing it for too long");
    }
    await delay(250);
  }
}

function commandRunner(logFile: string): RunCommand {
  return (command, args, environment = {}) =>
    new Promise((done, failed) => {
      const log = openSync(logFile, "a");
      const child = spawn(command, args, {
        stdio: ["ignore", log, log],
        env: { ...process.env, ...environment },
        timeout: installationTimeoutMs,
      });
      closeSync(log);
      child.once("error", (error: NodeJS.ErrnoException) =>
        failed(new ToolMissing(error.code === "ENOENT" ? `${command} is not installed` : error.message)),
      );
      child.once("exit", (code) =>
        code === 0
          ? done()
          : failed(
              new ToolMissing(`${command} ${args[0]} ended with ${code}: ${lastLine(logFile)} (${logFile})`),
            ),
      );
    });
}

function lastLine(file: string): string {
  return readFileSync(file, "utf8").trim().split("\n").at(-1)?.slice(0, 200) ?? "";
}

/** A Python environment of its own in `folder`, with the given packages. */
export async function installPythonPackages(
  folder: string,
  run: RunCommand,
  packages: readonly string[],
): Promise<void> {
  const environment = join(folder, "venv");
  await run("python3", ["-m", "venv", environment]);
  await run(pythonProgram(folder, "python"), [
    "-m",
    "pip",
    "install",
    "--disable-pip-version-check",
    ...packages,
  ]);
}

/** Path of a program of the environment that {@link installPythonPackages} made. */
export function pythonProgram(folder: string, name: string): string {
  return process.platform === "win32"
    ? join(folder, "venv", "Scripts", `${name}.exe`)
    : join(folder, "venv", "bin", name);
}
