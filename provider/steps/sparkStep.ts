import { commandRunner } from "./commandRunner";
import { fileReference, linkedFileReference } from "./localFile";
import { keyValueOptions, listOption, option, type StepOptions, stepBuilder } from "./stepBuilder";

/** Options of {@link sparkStep}: those of `spark-submit`. https://spark.apache.org/docs/latest/submitting-applications.html */
export interface SparkStepOptions extends StepOptions {
  /** The application: a Python or R file or a jar, as an address, local path or `FileAsset`. */
  script: string;
  /** Arguments of the application. Default: none. */
  args?: string[];
  /** Main class of a jar (`--class`). Default: the jar's manifest says. */
  mainClass?: string;
  /** Where the driver runs: `cluster` in YARN, `client` on the primary node. Default: Spark's setting on the cluster (`client` unless configured). */
  deployMode?: "cluster" | "client";
  /** `--master`. Default: Spark's setting on the cluster (`yarn` on EMR). */
  master?: string;
  /** Spark properties (`--conf key=value`). Default: none. */
  conf?: Record<string, string>;
  /** Python files beside the application (`--py-files`). Default: none. */
  pyFiles?: string[];
  /** Jars on the class path (`--jars`). Default: none. */
  jars?: string[];
  /** Files for the working folder of every executor (`--files`); `#name` renames. Default: none. */
  files?: string[];
  /** Archives unpacked in the working folder of every executor (`--archives`); `#name` renames. Default: none. */
  archives?: string[];
  /** Maven coordinates `group:artifact:version` (`--packages`). Default: none. */
  packages?: string[];
  /** `group:artifact` left out of the packages' dependencies (`--exclude-packages`). Default: none. */
  excludePackages?: string[];
  /** Repositories searched for packages (`--repositories`). Default: Spark's. */
  repositories?: string[];
  /** Memory of the driver, such as `4g` (`--driver-memory`). Default: Spark's. */
  driverMemory?: string;
  /** Cores of the driver in cluster mode (`--driver-cores`), 1 or more. Default: Spark's. */
  driverCores?: number;
  /** `--driver-java-options`. Default: none. */
  driverJavaOptions?: string;
  /** Memory of each executor, such as `8g` (`--executor-memory`). Default: Spark's. */
  executorMemory?: string;
  /** Cores of each executor (`--executor-cores`), 1 or more. Default: Spark's. */
  executorCores?: number;
  /** Executors (`--num-executors`), 0 or more; with dynamic allocation, EMR's default, those to begin with. Default: dynamic allocation. */
  numExecutors?: number;
  /** YARN queue (`--queue`). Default: `default`. */
  queue?: string;
  /** File of Spark properties (`--properties-file`). Default: the cluster's. */
  propertiesFile?: string;
  /** Further options of `spark-submit`, put before the application as they are. Default: none. */
  submitArgs?: string[];
}

export type SparkFile = "script" | "pyFiles" | "jars" | "files" | "archives" | "propertiesFile";

/**
 * A step that runs a Spark application by `spark-submit`, through `command-runner.jar`.
 *
 * @example
 * ```ts
 * sparkStep({ name: "count", script: "jobs/count.py", args: ["s3://b/in", "s3://b/out"], deployMode: "cluster" })
 * ```
 * @throws PooledEmrError INVALID_INPUT beyond EMR's limits or Spark's, LOCAL_FILE_NOT_FOUND for a local path without a file
 */
export const sparkStep = stepBuilder<SparkStepOptions, SparkFile>(
  "sparkStep",
  { driverCores: 1, executorCores: 1, numExecutors: 0 },
  (options) =>
    commandRunner([
      "spark-submit",
      ...option("--master", options.master),
      ...option("--deploy-mode", options.deployMode),
      ...option("--class", options.mainClass),
      ...option("--driver-memory", options.driverMemory),
      ...option("--driver-cores", options.driverCores),
      ...option("--driver-java-options", options.driverJavaOptions),
      ...option("--executor-memory", options.executorMemory),
      ...option("--executor-cores", options.executorCores),
      ...option("--num-executors", options.numExecutors),
      ...option("--queue", options.queue),
      ...option("--properties-file", options.propertiesFile && fileReference(options.propertiesFile)),
      ...keyValueOptions("--conf", options.conf),
      ...listOption("--packages", options.packages),
      ...listOption("--exclude-packages", options.excludePackages),
      ...listOption("--repositories", options.repositories),
      ...listOption("--jars", options.jars?.map(fileReference)),
      ...listOption("--py-files", options.pyFiles?.map(fileReference)),
      ...listOption("--files", options.files?.map(linkedFileReference)),
      ...listOption("--archives", options.archives?.map(linkedFileReference)),
      ...(options.submitArgs ?? []),
      fileReference(options.script),
      ...(options.args ?? []),
    ]),
);
