import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { StepContext } from "./stepContext";
import { StepFailure } from "./stepFailure";

/**
 * Runs a program, without a shell, in the step's working folder with the step's stdout and stderr.
 * @returns its exit code; 128 + n where a signal n ended it, as a shell would say.
 * @throws StepFailure when there is no such program.
 */
export async function runCommand(
  context: StepContext,
  command: string,
  args: readonly string[],
  cwd: string = context.folder.work,
): Promise<number> {
  const stdout = openSync(context.folder.log("stdout"), "a");
  const stderr = openSync(context.folder.log("stderr"), "a");
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(command, args, {
        cwd,
        env: context.environment,
        stdio: ["ignore", stdout, stderr],
      });
      child.once("error", (error) => reject(cannotRun(command, error)));
      child.once("exit", (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
    });
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}

function cannotRun(command: string, error: Error): StepFailure {
  return new StepFailure(
    `Cannot run program "${command}": ${error.message}. It has to be on the PATH of the local EMR server.`,
  );
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGTERM: 15 }[signal as string] ?? 1;
}
