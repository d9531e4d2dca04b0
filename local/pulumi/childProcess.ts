import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Runs in every child before its program: when the pipe on descriptor 3 closes, this host is gone, even if it
 * was killed and could say nothing. The child then gets what the engine sends on a second Ctrl-C: SIGINT, five
 * seconds to free what it holds, and the end. Unreferenced, so that it keeps no child alive.
 */
const watchHost = `
import { Socket } from "node:net";
const pipe = new Socket({ fd: 3 });
pipe.on("error", () => {});
pipe.on("close", () => {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 5000);
  process.kill(process.pid, "SIGINT");
});
pipe.resume();
pipe.unref();
`;

/** As one argument with `=`, because the SDK turns its ESM mode off when it finds a bare `--import`. */
const watchHostArgument = `--import=data:text/javascript,${encodeURIComponent(watchHost)}`;

/** A Node process that ends with this one. */
export interface NodeChild {
  readonly pid: number;
  /** Exit code, or 128 plus signal number as shells count. */
  readonly exited: Promise<number>;
  /** The first line on stdout; rejects when the process ends before. */
  firstLine(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** How to start a {@link NodeChild}. */
export interface NodeChildOptions {
  readonly script: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Lines of stdout (after the first, where {@link NodeChild.firstLine} is used) and stderr. */
  onLine(line: string, stream: "stdout" | "stderr"): void;
  /** True when the first line of stdout is the port the process listens on. */
  readonly announcesPort: boolean;
  readonly nodeArgs?: readonly string[];
}

/**
 * Starts a script in a process group of its own, so that a Ctrl-C typed at the terminal reaches this process
 * only, and with a pipe that closes when this process ends.
 */
export function startNode(options: NodeChildOptions): NodeChild {
  const child: ChildProcess = spawn(
    process.execPath,
    [watchHostArgument, ...(options.nodeArgs ?? []), options.script, ...options.args],
    { cwd: options.cwd, env: options.env, stdio: ["ignore", "pipe", "pipe", "pipe"], detached: true },
  );
  let announced: (line: string) => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const first = new Promise<string>((resolve, reject) => {
    announced = resolve;
    failed = reject;
  });
  first.catch(() => undefined);
  let waiting = options.announcesPort;
  const errors: string[] = [];
  const stdout = createInterface({ input: child.stdout! });
  stdout.on("line", (line) => {
    if (!waiting) return options.onLine(line, "stdout");
    waiting = false;
    announced(line);
  });
  const stderr = createInterface({ input: child.stderr! });
  stderr.on("line", (line) => {
    if (waiting) errors.push(line);
    options.onLine(line, "stderr");
  });
  child.stdio[3]?.on("error", () => undefined);
  const exited = new Promise<number>((resolve) => {
    child.on("error", (error) => {
      failed(error);
      resolve(127);
    });
    // "close" comes after all output was read, "exit" need not.
    child.on("close", (code, signal) => {
      failed(new Error(`ended before it was ready${errors.length > 0 ? `: ${errors.join(" ")}` : ""}`));
      resolve(code ?? 128 + (signal === "SIGKILL" ? 9 : signal === "SIGINT" ? 2 : 15));
    });
  });
  return { pid: child.pid ?? -1, exited, firstLine: () => first, kill: (signal) => void child.kill(signal) };
}

/** Ends a process that serves nobody any more: at once, as the engine does after the last call. */
export async function endChild(child: NodeChild, graceMilliseconds = 0): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  if (graceMilliseconds > 0) {
    child.kill("SIGINT");
    timer = setTimeout(() => child.kill("SIGKILL"), graceMilliseconds);
  } else {
    child.kill("SIGKILL");
  }
  await child.exited;
  clearTimeout(timer);
}
