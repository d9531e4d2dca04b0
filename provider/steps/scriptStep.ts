import { fileReference } from "./localFile";
import { type StepOptions, stepBuilder } from "./stepBuilder";

/** Options of {@link scriptStep}. */
export interface ScriptStepOptions extends StepOptions {
  /** The script, with its `#!` line: an address, a local path, a `FileAsset`, or a path on the cluster. */
  script: string;
  /** Arguments of the script. Default: none. */
  args?: string[];
  /**
   * Region whose copy of EMR's script runner is used. Default: the service-wide copy, in us-east-1. Not taken from
   * the environment: the same program would then submit other steps on another machine.
   */
  region?: string;
}

/**
 * A step that copies a script to the primary node and runs it there, by EMR's `script-runner.jar`.
 * https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hadoop-script.html
 *
 * @example
 * ```ts
 * scriptStep({ name: "notify", script: "notify.sh", args: ["done"], region: "eu-west-1" })
 * ```
 * @throws PooledEmrError INVALID_INPUT beyond EMR's limits, LOCAL_FILE_NOT_FOUND for a local path without a file
 */
export const scriptStep = stepBuilder<ScriptStepOptions, "script">("scriptStep", {}, (options) => ({
  jar: scriptRunnerJar(options.region),
  args: [fileReference(options.script), ...(options.args ?? [])],
}));

function scriptRunnerJar(region: string | undefined): string {
  const bucket = region === undefined ? "elasticmapreduce" : `${region}.elasticmapreduce`;
  return `s3://${bucket}/libs/script-runner/script-runner.jar`;
}
