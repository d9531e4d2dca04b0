import { commandRunner } from "./commandRunner";
import { fileReference } from "./localFile";
import { keyValueOptions, type StepOptions, stepBuilder } from "./stepBuilder";

/** Options of {@link pigStep}. */
export interface PigStepOptions extends StepOptions {
  /** The Pig script: an address, a local path or a `FileAsset`. */
  script: string;
  /** Parameters of the script, `$INPUT` (`-p INPUT=…`). Default: none. */
  parameters?: Record<string, string>;
  /** Further options of `pig`, put last as they are. Default: none. */
  args?: string[];
}

/**
 * A step that runs a Pig script; the cluster needs the application Pig.
 * https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-pig-launch.html
 *
 * @example
 * ```ts
 * pigStep({ name: "clean", script: "clean.pig", parameters: { INPUT: "s3://b/in", OUTPUT: "s3://b/out" } })
 * ```
 * @throws PooledEmrError INVALID_INPUT beyond EMR's limits, LOCAL_FILE_NOT_FOUND for a local path without a file
 */
export const pigStep = stepBuilder<PigStepOptions, "script">("pigStep", {}, (options) =>
  commandRunner([
    "pig-script",
    "--run-pig-script",
    "--args",
    "-f",
    fileReference(options.script),
    ...keyValueOptions("-p", options.parameters),
    ...(options.args ?? []),
  ]),
);
