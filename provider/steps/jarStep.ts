import { commandRunnerJar } from "./commandRunner";
import { fileReference } from "./localFile";
import { type StepOptions, stepBuilder } from "./stepBuilder";

/** Options of {@link jarStep}. */
export interface JarStepOptions extends StepOptions {
  /** The jar: an address, a local path, a `FileAsset`, a path on the cluster, or `command-runner.jar`. */
  jar: string;
  /** Default: the jar's manifest says. */
  mainClass?: string;
  /** Arguments of the main function. Default: none. */
  args?: string[];
  /** Java properties of the step. Default: none. */
  properties?: Record<string, string>;
}

/**
 * A step that runs a jar with `hadoop jar`.
 *
 * @example
 * ```ts
 * jarStep({ name: "sort", jar: "target/sort.jar", mainClass: "org.example.Sort", args: ["s3://b/in", "s3://b/out"] })
 * ```
 * @throws PooledEmrError INVALID_INPUT beyond EMR's limits, LOCAL_FILE_NOT_FOUND for a local path without a file
 */
export const jarStep = stepBuilder<JarStepOptions, "jar">("jarStep", {}, (options) => ({
  jar: options.jar === commandRunnerJar ? options.jar : fileReference(options.jar),
  ...(options.mainClass !== undefined && { mainClass: options.mainClass }),
  ...(options.args && { args: options.args }),
  ...(options.properties && {
    properties: Object.entries(options.properties).map(([key, value]) => ({ key, value })),
  }),
}));
