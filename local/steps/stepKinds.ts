import { posix } from "node:path";
import { runCommand } from "./runCommand";
import type { StepContext } from "./stepContext";
import { StepFailure } from "./stepFailure";

/**
 * Runs the step by what its jar and its first argument say.
 * @returns the exit code of the step's program.
 * @throws StepFailure when it can't be run.
 */
export async function runStepKind(context: StepContext): Promise<number> {
  const { jar, args } = context.request;
  switch (posix.basename(jar)) {
    case "command-runner.jar":
      return runCommandRunner(context, args);
    default:
      throw new StepFailure(`Cannot run ${jar}.`);
  }
}

/** https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-commandrunner.html */
async function runCommandRunner(
  context: StepContext,
  [command, ...args]: readonly string[],
): Promise<number> {
  if (command === undefined)
    throw new StepFailure("command-runner.jar needs a command as its first argument.");
  return runCommand(context, command, args);
}
