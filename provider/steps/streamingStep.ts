import { PooledEmrError } from "../errors";
import { commandRunner } from "./commandRunner";
import { fileReference, linkedFileReference } from "./localFile";
import { keyValueOptions, listOption, option, type StepOptions, stepBuilder } from "./stepBuilder";

/** Options of {@link streamingStep}: those of `hadoop-streaming`. https://hadoop.apache.org/docs/stable/hadoop-streaming/HadoopStreaming.html */
export interface StreamingStepOptions extends StepOptions {
  /** Command that turns input lines into `key<TAB>value` lines, such as `node mapper.js`, or a Java class. */
  mapper: string;
  /**
   * Command that gets the mappers' lines sorted by key, or a Java class, `aggregate` or `NONE`.
   * Default: none; the mappers' output is the result, unsorted (`mapreduce.job.reduces=0`).
   */
  reducer?: string;
  /** Command or Java class that shrinks each mapper's output before it is sent. Default: none. */
  combiner?: string;
  /** Address or addresses of files or folders, with globs (`*`, `?`, `{a,b}`, `[0-9]`). */
  input: string | string[];
  /** Address of a folder that does not exist yet. */
  output: string;
  /** Files for the working folder of every task (`-files`): addresses, local paths or `FileAsset`s; `#name` renames. Default: none. */
  files?: string[];
  /** Archives unpacked in the working folder of every task (`-archives`); `#name` is the folder. Default: none. */
  archives?: string[];
  /** Jars on the class path of every task (`-libjars`). Default: none. */
  libJars?: string[];
  /** Environment of mapper, combiner and reducer (`-cmdenv`). Default: none. */
  environment?: Record<string, string>;
  /** Hadoop properties (`-D key=value`). Default: none. */
  properties?: Record<string, string>;
  /** Reduce tasks (`-numReduceTasks`), 0 or more: the number of output files. Default: Hadoop's. */
  numReduceTasks?: number;
  /** Java class (`-inputformat`). Default: lines of text. */
  inputFormat?: string;
  /** Java class (`-outputformat`). Default: lines of text. */
  outputFormat?: string;
  /** Java class that says which reducer gets a key (`-partitioner`). Default: by hash. */
  partitioner?: string;
  /** The streaming jar, instead of the release's own. */
  jar?: string;
  /** Further options of `hadoop-streaming`, put last as they are. Default: none. */
  extraArgs?: string[];
}

export type StreamingFile = "files" | "archives" | "libJars" | "jar";

/**
 * A step that runs any commands as mapper, combiner and reducer by Hadoop streaming.
 *
 * @example
 * ```ts
 * streamingStep({
 *   name: "word count", mapper: "node mapper.js", reducer: "node reducer.js", files: ["mapper.js", "reducer.js"],
 *   input: "s3://b/texts/*.txt", output: "s3://b/counts",
 * })
 * ```
 * @throws PooledEmrError INVALID_INPUT beyond EMR's limits or for a negative `numReduceTasks`, LOCAL_FILE_NOT_FOUND for a local path without a file
 */
export const streamingStep = stepBuilder<StreamingStepOptions, StreamingFile>(
  "streamingStep",
  { numReduceTasks: 0 },
  (options) => {
    const args = streamingArgs(options);
    return options.jar === undefined
      ? commandRunner(["hadoop-streaming", ...args])
      : { jar: fileReference(options.jar), args };
  },
);

/** Hadoop takes its generic options (`-D`, `-files`, …) only in front of the command's own. */
function streamingArgs(options: StreamingStepOptions): string[] {
  const inputs = [options.input].flat();
  if (inputs.length === 0) {
    throw new PooledEmrError("INVALID_INPUT", {
      subject: `streamingStep(${JSON.stringify(options.name)}).input`,
      problem: "is empty",
      allowed: "one address or more",
    });
  }
  const mapOnly = options.reducer === undefined && options.numReduceTasks === undefined;
  return [
    ...(mapOnly ? ["-D", "mapreduce.job.reduces=0"] : []),
    ...keyValueOptions("-D", options.properties),
    ...listOption("-files", options.files?.map(linkedFileReference)),
    ...listOption("-archives", options.archives?.map(linkedFileReference)),
    ...listOption("-libjars", options.libJars?.map(fileReference)),
    ...inputs.flatMap((input) => ["-input", input]),
    ...option("-output", options.output),
    ...option("-mapper", options.mapper),
    ...option("-combiner", options.combiner),
    ...option("-reducer", options.reducer),
    ...keyValueOptions("-cmdenv", options.environment),
    ...option("-numReduceTasks", options.numReduceTasks),
    ...option("-inputformat", options.inputFormat),
    ...option("-outputformat", options.outputFormat),
    ...option("-partitioner", options.partitioner),
    ...(options.extraArgs ?? []),
  ];
}
