import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join, posix } from "node:path";
import { runCommand } from "./runCommand";
import { parseS3Uri } from "./s3Uri";
import type { StepContext } from "./stepContext";
import { StepFailure } from "./stepFailure";

/** Options of spark-submit without a value; every other one is followed by its value. */
const flags = new Set(["--supervise", "--verbose", "-v", "--version", "--help", "-h"]);

/** Options that hold lists of files, which are fetched. */
const fileOptions = new Set(["--py-files", "--files", "--jars", "--archives"]);

/** Options that place the job on a cluster; here it runs in one process on this machine. */
const placement = new Set(["--master", "--deploy-mode"]);

/**
 * Runs `spark-submit` of the machine, with the job's code fetched from S3 and Spark's S3 reader pointed at the local
 * server. Reading `s3://` needs the `hadoop-aws` jars in Spark's `jars` folder.
 * @throws StepFailure when there is no Spark, or a file of the job isn't there.
 */
export async function runSparkSubmit(context: StepContext, args: readonly string[]): Promise<number> {
  const program = findSparkSubmit(context.environment);
  if (program === undefined)
    throw new StepFailure(
      'Cannot run program "spark-submit": Spark is not installed here. Install it (pip install pyspark, with Java 8, 11 or 17) so that spark-submit is on the PATH of the local EMR server.',
    );
  const { options, application, rest } = split(args);
  const endpoint = context.environment.AWS_ENDPOINT_URL_S3 ?? "";
  const local: string[] = ["--master", "local[*]"];
  for (const [key, value] of Object.entries(s3Settings(endpoint))) local.push("--conf", `${key}=${value}`);
  for (const { option, value } of options) {
    if (placement.has(option)) {
      context.controller(
        `spark-submit: ${option} ${value} is left out: the local EMR runs Spark on this machine`,
      );
    } else {
      local.push(option);
      if (value !== undefined) local.push(fileOptions.has(option) ? await fetchAll(context, value) : value);
    }
  }
  if (application !== undefined) local.push(await fetchOne(context, application));
  return runCommand(context, program, [...local, ...rest]);
}

function split(args: readonly string[]) {
  const options: { option: string; value?: string }[] = [];
  let index = 0;
  while (index < args.length && args[index]!.startsWith("-")) {
    const [option, inline] = args[index]!.startsWith("--") ? halves(args[index]!) : [args[index]!, undefined];
    if (flags.has(option)) options.push({ option });
    else options.push({ option, value: inline ?? args[++index] });
    index++;
  }
  return { options, application: args[index], rest: args.slice(index + 1) };
}

function halves(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

async function fetchAll(context: StepContext, list: string): Promise<string> {
  const files: string[] = [];
  for (const uri of list.split(",").filter(Boolean)) files.push(await fetchOne(context, uri));
  return files.join(",");
}

async function fetchOne(context: StepContext, uri: string): Promise<string> {
  const [source, link] = uri.split("#") as [string, string | undefined];
  const location = parseS3Uri(source);
  if (location === undefined) return uri;
  const file = join(context.folder.work, posix.basename(location.key));
  try {
    await context.s3.download(location, file);
  } catch (error) {
    throw new StepFailure(`Could not fetch ${source}: ${error instanceof Error ? error.message : error}`);
  }
  return link === undefined ? file : `${file}#${link}`;
}

/** https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/index.html */
function s3Settings(endpoint: string): Record<string, string> {
  return {
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3n.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3a.endpoint": endpoint,
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
    "spark.hadoop.fs.s3a.directory.marker.retention": "keep",
    "spark.ui.enabled": "false",
  };
}

/** On the PATH, or in the package that pip installed. */
function findSparkSubmit(environment: NodeJS.ProcessEnv): string | undefined {
  const onPath = (environment.PATH ?? "").split(delimiter).map((folder) => join(folder, "spark-submit"));
  const found = onPath.find(isExecutable);
  if (found !== undefined) return found;
  const python = spawnSync(
    "python3",
    ["-c", "import os, pyspark; print(os.path.dirname(pyspark.__file__))"],
    {
      env: environment,
      encoding: "utf8",
    },
  );
  const inPackage = python.status === 0 ? join(python.stdout.trim(), "bin", "spark-submit") : undefined;
  return inPackage !== undefined && isExecutable(inPackage) ? inPackage : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
