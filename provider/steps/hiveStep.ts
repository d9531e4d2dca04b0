import { commandRunner } from "./commandRunner";
import { fileReference } from "./localFile";
import { keyValueOptions, type StepOptions, stepBuilder } from "./stepBuilder";

/** Options of {@link hiveStep}. */
export interface HiveStepOptions extends StepOptions {
  /** The Hive script: an address, a local path or a `FileAsset`. */
  script: string;
  /** Variables of the script, `${INPUT}` (`-d INPUT=…`). Default: none. */
  variables?: Record<string, string>;
  /** Hive properties for this script (`-hiveconf`). Default: the cluster's. */
  hiveConf?: Record<string, string>;
  /** Further options of `hive`, put last as they are. Default: none. */
  args?: string[];
}

/**
 * A step that runs a Hive script; the cluster needs the application Hive.
 * https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hive-additional.html
 *
 * @example
 * ```ts
 * hiveStep({ name: "report", script: "s3://b/report.q", variables: { INPUT: "s3://b/in", OUTPUT: "s3://b/out" } })
 * ```
 * @throws PooledEmrError INVALID_INPUT beyond EMR's limits, LOCAL_FILE_NOT_FOUND for a local path without a file
 */
export const hiveStep = stepBuilder<HiveStepOptions, "script">("hiveStep", {}, (options) =>
  commandRunner([
    "hive-script",
    "--run-hive-script",
    "--args",
    "-f",
    fileReference(options.script),
    ...keyValueOptions("-d", options.variables),
    ...keyValueOptions("-hiveconf", options.hiveConf),
    ...(options.args ?? []),
  ]),
);
