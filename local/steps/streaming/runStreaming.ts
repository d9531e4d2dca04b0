import { createWriteStream, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Semaphore } from "async-mutex";
import type { S3Location } from "../s3Uri";
import { parseS3Uri } from "../s3Uri";
import type { StepContext } from "../stepContext";
import { StepFailure } from "../stepFailure";
import { Counters } from "./counters";
import type { CachedFile } from "./distributedCache";
import { fillCache, linkCache } from "./distributedCache";
import type { InputSplit } from "./inputFiles";
import { inputFiles, inputSplits, isCompressed } from "./inputFiles";
import { discard, KeyValueLines, partitionOf } from "./keyValueLines";
import { reducePhase } from "./reduce";
import { SpillFiles } from "./spillFiles";
import { SplitLines } from "./splitLines";
import type { StreamingOptions } from "./streamingOptions";
import { parseStreamingOptions } from "./streamingOptions";
import { runTask } from "./task";
import { taskEnvironment } from "./taskEnvironment";

/** A streaming job under way. */
export interface StreamingJob {
  readonly context: StepContext;
  readonly options: StreamingOptions;
  readonly cached: readonly CachedFile[];
  readonly counters: Counters;
  /** Folder for what the job keeps on disk. */
  readonly folder: string;
}

const frameworkCounters = "Map-Reduce Framework";

/**
 * Hadoop streaming without Hadoop: map tasks over splits of the input, a shuffle sorted and partitioned by key,
 * combiners and reducers, each a process of its own. Results are uploaded when all tasks have succeeded.
 *
 * @returns 0; a job that fails throws.
 * @throws StepFailure in Hadoop's words.
 */
export async function runStreaming(context: StepContext, args: readonly string[]): Promise<number> {
  const options = parseStreamingOptions(args);
  const output = await freeOutput(context, options.output);
  const recursive = options.properties["mapreduce.input.fileinputformat.input.dir.recursive"] === "true";
  const files = await inputFiles(context.s3, options.inputs, recursive);
  const maps = Number(
    options.properties["mapreduce.job.maps"] ?? options.properties["mapred.map.tasks"] ?? 2,
  );
  const splits = inputSplits(files, maps);
  context.syslog(`mapred.FileInputFormat: Total input files to process : ${files.length}`);
  context.syslog(`mapreduce.JobSubmitter: number of splits:${splits.length}`);

  const folder = join(context.folder.work, "job");
  const cached = await fillCache(context, join(folder, "cache"), options.files, options.archives);
  const job: StreamingJob = { context, options, cached, counters: new Counters(), folder };
  mkdirSync(join(folder, "spills"), { recursive: true });
  mkdirSync(join(folder, "output"), { recursive: true });
  context.syslog("mapreduce.Job:  map 0% reduce 0%");
  const results =
    options.reduceTasks === 0
      ? await inParallel(splits, (split, index) => mapOnlyTask(job, split, index))
      : await reducePhase(job, await inParallel(splits, (split, index) => mapTask(job, split, index)));
  context.syslog("mapreduce.Job:  map 100% reduce 100%");
  for (const { name, file } of results) await context.s3.upload(file, below(output, name));
  await context.s3.write(below(output, "_SUCCESS"), Buffer.alloc(0), 0);
  for (const line of job.counters.lines()) context.syslog(`mapreduce.Job: ${line}`);
  context.syslog(`streaming.StreamJob: Output directory: ${options.output}`);
  return 0;
}

/** A file of the result, still here. */
export interface ResultFile {
  readonly name: string;
  readonly file: string;
}

async function freeOutput(context: StepContext, uri: string): Promise<S3Location> {
  const location = parseS3Uri(uri);
  if (location === undefined)
    throw new StepFailure(`The local EMR writes to s3:// only; got -output ${uri}.`);
  const folder = { ...location, key: location.key.replace(/\/+$/, "") };
  const there = await context.s3.list({ ...folder, key: folder.key === "" ? "" : `${folder.key}/` });
  if (there.length > 0 || (folder.key !== "" && (await context.s3.exists(folder))))
    throw new StepFailure(
      `Error Launching job : org.apache.hadoop.mapred.FileAlreadyExistsException: Output directory ${uri} already exists`,
    );
  return folder;
}

function below(folder: S3Location, name: string): S3Location {
  return { ...folder, key: folder.key === "" ? name : `${folder.key}/${name}` };
}

async function mapTask(job: StreamingJob, split: InputSplit, index: number): Promise<SpillFiles> {
  const { options, counters } = job;
  const spill = new SpillFiles(join(job.folder, "spills"), `map-${index}`);
  const lines = new KeyValueLines((line, keyLength) => {
    spill.add(partitionOf(line.subarray(0, keyLength), options.reduceTasks), line);
  }, options.keyFields);
  await runMapper(job, split, index, [lines, discard()]);
  spill.close();
  counters.add(frameworkCounters, "Map output records", lines.records);
  return spill;
}

async function mapOnlyTask(job: StreamingJob, split: InputSplit, index: number): Promise<ResultFile> {
  const lines = new KeyValueLines();
  const result = resultFile(job, index);
  await runMapper(job, split, index, [lines, ...resultStreams(job, result)]);
  job.counters.add(frameworkCounters, "Map output records", lines.records);
  return result;
}

async function runMapper(
  job: StreamingJob,
  split: InputSplit,
  index: number,
  output: readonly NodeJS.WritableStream[],
): Promise<void> {
  const { context, options, counters, cached } = job;
  const folder = join(job.folder, "tasks", `m-${index}`);
  await linkCache(cached, folder);
  const lines = new SplitLines(split.start, isCompressed(split.key) ? Number.POSITIVE_INFINITY : split.end);
  await runTask(context, counters, {
    command: options.mapper,
    folder,
    environment: taskEnvironment(job, { isMap: true, index, split }),
    input: [await splitContent(context, split, lines), lines],
    output,
  });
  counters.add(frameworkCounters, "Map input records", lines.records);
}

async function splitContent(context: StepContext, split: InputSplit, lines: SplitLines): Promise<Readable> {
  if (split.size === 0) return Readable.from([]);
  if (isCompressed(split.key) && !split.key.endsWith(".gz"))
    throw new StepFailure(`The local EMR reads plain and .gz files; got s3://${split.bucket}/${split.key}.`);
  const content = await context.s3.read(split, split.start);
  if (split.key.endsWith(".gz")) {
    const unpacked = createGunzip();
    // The error reaches the reader through `unpacked`.
    pipeline(content, unpacked).catch((error) => unpacked.destroy(error));
    return unpacked;
  }
  // The rest of the file belongs to other splits.
  const own = Readable.from(
    (async function* () {
      for await (const chunk of content) {
        yield chunk;
        if (lines.isComplete) return;
      }
    })(),
    { objectMode: false },
  );
  return own;
}

/** `part-00000`, with `.gz` when the output is to be compressed. */
export function resultFile(job: StreamingJob, index: number): ResultFile {
  const name = `part-${String(index).padStart(5, "0")}${isOutputCompressed(job) ? ".gz" : ""}`;
  return { name, file: join(job.folder, "output", name) };
}

export function resultStreams(job: StreamingJob, result: ResultFile): NodeJS.WritableStream[] {
  const file = createWriteStream(result.file);
  return isOutputCompressed(job) ? [createGzip(), file] : [file];
}

function isOutputCompressed({ options: { properties } }: StreamingJob): boolean {
  const compress =
    properties["mapreduce.output.fileoutputformat.compress"] ??
    properties["mapred.output.compress"] ??
    "false";
  const codec =
    properties["mapreduce.output.fileoutputformat.compress.codec"] ??
    properties["mapred.output.compression.codec"] ??
    "";
  if (compress === "true" && !codec.endsWith("GzipCodec"))
    throw new StepFailure(
      `The local EMR compresses output with org.apache.hadoop.io.compress.GzipCodec only; got ${codec || "the default codec"}.`,
    );
  return compress === "true";
}

/** As many at a time as there are processors, like the containers of one machine. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  run: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const slots = new Semaphore(availableParallelism());
  let failure: { error: unknown } | undefined;
  return Promise.all(
    items.map((item, index) =>
      slots.runExclusive(async () => {
        // What hasn't begun when a task fails isn't begun any more.
        if (failure !== undefined) throw failure.error;
        try {
          return await run(item, index);
        } catch (error) {
          failure ??= { error };
          throw error;
        }
      }),
    ),
  );
}
