import type { HadoopJarStep } from "./stepBuilder";

/**
 * EMR's jar that runs a command on the primary node, found there by name.
 * https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-commandrunner.html
 */
export const commandRunnerJar = "command-runner.jar";

/** A `hadoopJarStep` that runs `args` as a command, without a shell. */
export function commandRunner(args: string[]): HadoopJarStep {
  return { jar: commandRunnerJar, args };
}
