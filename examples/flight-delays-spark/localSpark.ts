import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What a job needs besides when it runs on this machine's Spark instead of EMR's. */
export interface LocalSpark {
  /** Hadoop's S3 connector, which EMR has and Apache Spark has not. */
  packages: string[];
  /** Why the job will fail here, if Spark isn't installed. */
  missing?: string;
}

/** Undefined on AWS, that is without `AWS_ENDPOINT_URL_EMR`. */
export function localSpark(environment: NodeJS.ProcessEnv): LocalSpark | undefined {
  if ((environment.AWS_ENDPOINT_URL_EMR ?? environment.AWS_ENDPOINT_URL) === undefined) return undefined;
  return {
    // Of the version of Hadoop that PySpark 3.5 is built with.
    packages: ["org.apache.hadoop:hadoop-aws:3.3.4"],
    ...(!isInstalled(environment) && {
      missing:
        "There is no spark-submit on this machine, so the local EMR can't run this job: its step will fail. " +
        "Install Spark (`pip install pyspark==3.5.*`, and Java 8, 11 or 17), or run examples/flight-delays.",
    }),
  };
}

/** On the PATH, or as the Python package. */
function isInstalled(environment: NodeJS.ProcessEnv): boolean {
  const folders = (environment.PATH ?? "").split(delimiter);
  const onPath = folders.some((folder) => {
    try {
      accessSync(join(folder, "spark-submit"), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return onPath || spawnSync("python3", ["-c", "import pyspark"], { env: environment }).status === 0;
}
