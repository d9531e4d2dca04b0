import { writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { runCommand } from "./runCommand";
import { parseS3Uri } from "./s3Uri";
import { findSpark } from "./sparkInstallation";
import { fetchS3Connector, missingS3Connector, s3Settings } from "./sparkS3Connector";
import type { StepContext } from "./stepContext";
import { StepFailure } from "./stepFailure";

/** Options of spark-submit without a value; every other one is followed by its value. */
const flags = new Set(["--supervise", "--verbose", "-v", "--version", "--help", "-h"]);

/** Options that hold lists of files, which are fetched. */
const fileOptions = new Set(["--py-files", "--files", "--jars", "--archives"]);

/** Options that place the job on a cluster; here it runs in one process on this machine. */
const placement = new Set(["--master", "--deploy-mode"]);

/**
 * Runs `spark-submit` of the machine, with the job's code fetched from S3 and Spark's S3 connector pointed at the local
 * server. Where Spark has no S3 connector, it is fetched from Maven Central, once (decision 0030).
 * @throws StepFailure when there is no Spark, or a file of the job or the S3 connector can't be fetched.
 */
export async function runSparkSubmit(context: StepContext, args: readonly string[]): Promise<number> {
  const { program, home } = findSpark(context.environment);
  const spark: StepContext = { ...context, environment: sparkEnvironment(context) };
  const connector = home === undefined ? undefined : missingS3Connector(home, args);
  if (home !== undefined && connector !== undefined)
    // On the class path and not among the options, of which the step may have its own.
    spark.environment.SPARK_DIST_CLASSPATH = await fetchS3Connector(spark, program, home, connector);
  const { options, application, rest } = split(args);
  const local: string[] = ["--master", "local[*]", "--conf", "spark.ui.enabled=false"];
  const settings = s3Settings(context.environment.AWS_ENDPOINT_URL_S3 ?? "", context.request.region);
  for (const [key, value] of Object.entries(settings)) local.push("--conf", `${key}=${value}`);
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
  return runCommand(spark, program, [...local, ...rest]);
}

function sparkEnvironment({ environment, folder }: StepContext): NodeJS.ProcessEnv {
  // Java's AWS SDK complains of a device in place of a file, with an exception that hides the cause of a failure.
  const noProfiles = join(folder.work, "no-aws-profiles");
  writeFileSync(noProfiles, "");
  return {
    ...environment,
    AWS_CONFIG_FILE: noProfiles,
    AWS_SHARED_CREDENTIALS_FILE: noProfiles,
    // Else Spark listens on the address of the machine's name, which others reach, or which resolves to nothing.
    SPARK_LOCAL_IP: "127.0.0.1",
    // Removed with the step, however it ends.
    SPARK_LOCAL_DIRS: folder.work,
  };
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
