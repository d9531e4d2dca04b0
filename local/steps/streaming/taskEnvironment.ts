import type { InputSplit } from "./inputFiles";
import type { StreamingJob } from "./runStreaming";

/**
 * The environment of a task: that of the step, the job's properties with `_` for every character that is none of a
 * name's, and `-cmdenv`, which wins.
 * https://hadoop.apache.org/docs/stable/hadoop-mapreduce-client/hadoop-mapreduce-client-core/MapReduceTutorial.html#Configured_Parameters
 */
export function taskEnvironment(
  { context, options }: StreamingJob,
  task: { isMap: boolean; index: number; split?: InputSplit },
): NodeJS.ProcessEnv {
  const { isMap, index, split } = task;
  const number = context.request.stepId.replace(/^s-/, "");
  const id = `task_${number}_0001_${isMap ? "m" : "r"}_${String(index).padStart(6, "0")}`;
  const file = split === undefined ? undefined : `s3://${split.bucket}/${split.key}`;
  const properties: Record<string, string> = {
    ...options.properties,
    "mapreduce.job.id": `job_${number}_0001`,
    "mapreduce.job.reduces": String(options.reduceTasks),
    "mapreduce.task.id": id,
    "mapreduce.task.attempt.id": `${id.replace("task", "attempt")}_0`,
    "mapreduce.task.partition": String(index),
    "mapreduce.task.ismap": String(isMap),
    ...(split === undefined || file === undefined
      ? {}
      : {
          "mapreduce.map.input.file": file,
          "map.input.file": file,
          "mapreduce.map.input.start": String(split.start),
          "mapreduce.map.input.length": String(split.end - split.start),
        }),
  };
  return {
    ...context.environment,
    ...Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name.replace(/[^A-Za-z0-9_]/g, "_"), value]),
    ),
    ...options.environment,
  };
}
