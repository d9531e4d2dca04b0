import { chmodSync, existsSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { runCommand } from "./runCommand";
import { parseS3Uri } from "./s3Uri";
import type { StepContext } from "./stepContext";
import { StepFailure } from "./stepFailure";

/**
 * `script-runner.jar`: fetches a script and runs it with the other arguments.
 * https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hadoop-script.html
 */
export async function runScript(context: StepContext, [script, ...args]: readonly string[]): Promise<number> {
  if (script === undefined)
    throw new StepFailure("script-runner.jar needs the path of a script as its first argument.");
  const file = join(context.folder.work, posix.basename(script));
  const location = parseS3Uri(script);
  try {
    if (location !== undefined) await context.s3.download(location, file);
    else await copyFile(script.replace(/^file:(\/\/)?/, ""), file);
  } catch (error) {
    throw new StepFailure(
      `Could not fetch the script ${script}: ${error instanceof Error ? error.message : error}`,
    );
  }
  chmodSync(file, 0o755);
  // A script that doesn't name its interpreter is the shell's, as for every program that starts others by execvp.
  const hasInterpreter =
    existsSync(file) && /^(#!|\x7fELF)/.test(readFileSync(file).toString("latin1", 0, 4));
  return hasInterpreter ? runCommand(context, file, args) : runCommand(context, "/bin/sh", [file, ...args]);
}
