import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { StepContext } from "../stepContext";
import { StepFailure } from "../stepFailure";
import type { Counters } from "./counters";
import { taskCommand } from "./splitCommand";

/** A mapper, combiner or reducer to be run over `input`. */
export interface Task {
  readonly command: string;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Piped into the command, one after the other. */
  readonly input: readonly (Readable | NodeJS.ReadWriteStream)[];
  /** What the command writes is piped through these. */
  readonly output: readonly NodeJS.WritableStream[];
}

/**
 * Runs a task to its end.
 * @throws StepFailure in Hadoop's words when the command fails or can't be started.
 */
export async function runTask(context: StepContext, counters: Counters, task: Task): Promise<void> {
  const { program, args } = taskCommand(task.command, task.folder);
  const child = spawn(program, args, { cwd: task.folder, env: task.environment, stdio: "pipe" });
  const started = new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) =>
      reject(
        new StepFailure(
          `Error: java.io.IOException: Cannot run program "${program}" (in directory "${task.folder}"): ${error.message}`,
        ),
      ),
    );
  });
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGKILL" ? 137 : 143)));
  });
  await started;
  const stderr = copyStderr(context, counters, child.stderr);
  await Promise.all([
    feed(task.input, child.stdin),
    pipeline([child.stdout, ...task.output] as [Readable, ...NodeJS.ReadWriteStream[], Writable]),
    stderr,
  ]);
  const code = await exited;
  if (code !== 0)
    throw new StepFailure(
      `Error: java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code ${code}`,
    );
}

/** A command may end before it has read everything, as `head` does. */
async function feed(input: Task["input"], stdin: Writable): Promise<void> {
  try {
    await pipeline([...input, stdin] as [Readable, ...NodeJS.ReadWriteStream[], Writable]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EPIPE" && code !== "ECONNRESET" && code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

async function copyStderr(context: StepContext, counters: Counters, stderr: Readable): Promise<void> {
  const file = context.folder.log("stderr");
  for await (const line of createInterface({ input: stderr, crlfDelay: Number.POSITIVE_INFINITY }))
    if (!counters.takeReport(line)) appendFileSync(file, `${line}\n`);
}
