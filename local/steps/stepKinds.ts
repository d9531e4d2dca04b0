import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { runCommand } from "./runCommand";
import { runS3DistCp } from "./s3DistCp";
import { parseS3Uri } from "./s3Uri";
import { runScript } from "./scriptRunner";
import { runSparkSubmit } from "./sparkSubmit";
import type { StepContext } from "./stepContext";
import { StepFailure } from "./stepFailure";
import { runStreaming } from "./streaming/runStreaming";

type StepCommand = (context: StepContext, args: readonly string[]) => Promise<number>;

/** Commands that `command-runner.jar` gets and that are more here than a program on the PATH. */
const commands: Readonly<Record<string, StepCommand>> = {
  "hadoop-streaming": runStreaming,
  "s3-dist-cp": runS3DistCp,
  "spark-submit": runSparkSubmit,
  "hive-script": (context, args) => runQueryScript(context, "hive", args),
  "pig-script": (context, args) => runQueryScript(context, "pig", args),
};

/** Jars that are recognized by their names, wherever they lie. */
const jars: readonly (readonly [RegExp, StepCommand])[] = [
  [/^command-runner\.jar$/, runCommandRunner],
  [/^script-runner\.jar$/, runScript],
  [/^hadoop-streaming.*\.jar$/, runStreaming],
  [/^s3-?dist-?cp.*\.jar$/, runS3DistCp],
];

/**
 * Runs the step by what its jar and its first argument say.
 * @returns the exit code of the step's program.
 * @throws StepFailure when it can't be run.
 */
export async function runStepKind(context: StepContext): Promise<number> {
  const { jar, args } = context.request;
  const known = jars.find(([name]) => name.test(posix.basename(jar)));
  return known === undefined ? runJar(context) : known[1](context, args);
}

/** https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-commandrunner.html */
async function runCommandRunner(
  context: StepContext,
  [command, ...args]: readonly string[],
): Promise<number> {
  if (command === undefined)
    throw new StepFailure("command-runner.jar needs a command as its first argument.");
  const own = Object.hasOwn(commands, command) ? commands[command] : undefined;
  return own === undefined ? runCommand(context, command, args) : own(context, args);
}

/** Any other jar, by the machine's Java. */
async function runJar(context: StepContext): Promise<number> {
  const { jar, mainClass, args, properties } = context.request;
  const file = join(context.folder.work, posix.basename(jar));
  const location = parseS3Uri(jar);
  try {
    if (location !== undefined) await context.s3.download(location, file);
    else await copyFile(jar.replace(/^file:(\/\/)?/, ""), file);
  } catch (error) {
    throw new StepFailure(
      `Error fetching jar file ${jar}: ${error instanceof Error ? error.message : error}`,
    );
  }
  const defines = Object.entries(properties).map(([key, value]) => `-D${key}=${value}`);
  const program = mainClass === undefined ? ["-jar", file] : ["-cp", file, mainClass];
  return runCommand(context, "java", [...defines, ...program, ...args]);
}

/**
 * `hive-script --run-hive-script --args -f s3://…`: what follows `--args` goes to the program itself. Options before
 * it choose versions of the old AMIs and say nothing here.
 */
async function runQueryScript(
  context: StepContext,
  program: "hive" | "pig",
  args: readonly string[],
): Promise<number> {
  const own = args.includes("--args") ? args.slice(args.indexOf("--args") + 1) : [...args];
  const script = own.indexOf("-f") + 1;
  const location = script > 0 ? parseS3Uri(own[script] ?? "") : undefined;
  if (location !== undefined) {
    const file = join(context.folder.work, posix.basename(location.key));
    await context.s3.download(location, file);
    own[script] = file;
  } else if (script > 0 && !existsSync(own[script] ?? "")) {
    throw new StepFailure(`The script ${own[script]} doesn't exist.`);
  }
  return runCommand(context, program, own);
}
