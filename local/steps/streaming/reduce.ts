import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StepFailure } from "../stepFailure";
import { aggregate } from "./aggregate";
import { linkCache } from "./distributedCache";
import { discard, KeyValueLines } from "./keyValueLines";
import type { ResultFile, StreamingJob } from "./runStreaming";
import { inParallel, resultFile, resultStreams } from "./runStreaming";
import { concatenated, SpillFiles } from "./spillFiles";
import { runTask } from "./task";
import { taskEnvironment } from "./taskEnvironment";

/** Combines, sorts and reduces what the map tasks left; one result file a reduce task. */
export async function reducePhase(job: StreamingJob, spills: readonly SpillFiles[]): Promise<ResultFile[]> {
  const partitions = Array.from({ length: job.options.reduceTasks }, (_, index) => index);
  const { combiner } = job.options;
  if (combiner !== undefined)
    await inParallel(
      spills.flatMap((spill, map) => partitions.map((partition) => ({ spill, map, partition }))),
      ({ spill, map, partition }) => combine(job, combiner, spill, map, partition),
    );
  return inParallel(partitions, (partition) => reduceTask(job, spills, partition));
}

async function combine(
  job: StreamingJob,
  combiner: string,
  spill: SpillFiles,
  map: number,
  partition: number,
): Promise<void> {
  const path = spill.path(partition);
  if (!existsSync(path)) return;
  const combined = new SpillFiles(join(job.folder, "spills"), `combined-${map}`);
  const lines = new KeyValueLines((line) => combined.add(partition, line));
  await withSorted(job, [path], (sorted) =>
    runOver(job, combiner, `c-${map}-${partition}`, { isMap: true, index: map }, sorted, [lines, discard()]),
  );
  job.counters.add("Map-Reduce Framework", "Combine output records", lines.records);
  combined.close();
  // A combiner may have nothing left to say; then the reducer gets nothing of this spill.
  if (existsSync(combined.path(partition))) await rename(combined.path(partition), path);
  else await rename(path, `${path}.combined-away`);
}

async function reduceTask(
  job: StreamingJob,
  spills: readonly SpillFiles[],
  partition: number,
): Promise<ResultFile> {
  const reducer = job.options.reducer ?? "org.apache.hadoop.mapred.lib.IdentityReducer";
  const result = resultFile(job, partition);
  const lines = new KeyValueLines();
  await withSorted(
    job,
    spills.map((spill) => spill.path(partition)),
    (sorted) =>
      runOver(job, reducer, `r-${partition}`, { isMap: false, index: partition }, sorted, [
        lines,
        ...resultStreams(job, result),
      ]),
  );
  job.counters.add("Map-Reduce Framework", "Reduce output records", lines.records);
  return result;
}

async function runOver(
  job: StreamingJob,
  command: string,
  name: string,
  task: { isMap: boolean; index: number },
  sorted: Readable,
  output: readonly NodeJS.WritableStream[],
): Promise<void> {
  const sink = output as readonly [NodeJS.ReadWriteStream, ...NodeJS.ReadWriteStream[]];
  if (command === "aggregate") {
    const lines = createInterface({ input: sorted, crlfDelay: Number.POSITIVE_INFINITY });
    await pipeline([Readable.from(aggregate(lines), { objectMode: false }), ...sink] as unknown as [
      Readable,
      Writable,
    ]);
  } else if (/^(org\.apache\.hadoop\.mapred\.lib\.)?IdentityReducer$/.test(command)) {
    await pipeline([sorted, ...sink] as unknown as [Readable, Writable]);
  } else {
    const folder = join(job.folder, "tasks", name);
    await linkCache(job.cached, folder);
    await runTask(job.context, job.counters, {
      command,
      folder,
      environment: taskEnvironment(job, task),
      input: [sorted],
      output,
    });
  }
}

/**
 * Hands the lines of `paths`, sorted by the bytes of their keys, to `use`. The system's `sort` merges on disk what
 * doesn't fit into memory.
 */
async function withSorted(
  job: StreamingJob,
  paths: readonly string[],
  use: (sorted: Readable) => Promise<void>,
): Promise<void> {
  const args = ["-t", "\t", "-k", `1,${job.options.keyFields}`, "-T", job.folder];
  const sort = spawn("sort", args, {
    env: { ...job.context.environment, LC_ALL: "C" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    sort.once("error", (error) =>
      reject(new StepFailure(`The program "sort" can't be run: ${error.message}`)),
    );
    sort.once("exit", (code) => resolve(code ?? 1));
  });
  const fed = pipeline(concatenated(paths), sort.stdin).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
  await Promise.all([use(sort.stdout), fed]);
  // A reducer that stops reading ends `sort` as well, by SIGPIPE; that isn't the job's failure.
  await ended;
}
