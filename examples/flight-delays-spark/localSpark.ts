import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What an Apache Spark on this machine needs and EMR's has: S3 under `s3://`, at the local server. */
export interface LocalSpark {
  options: { master: string; packages: string[]; conf: Record<string, string> };
  /** Why the job will fail here, if Spark isn't installed. */
  missing?: string;
}

/** Undefined on AWS, that is without `AWS_ENDPOINT_URL_S3`. */
export function localSpark(environment: NodeJS.ProcessEnv): LocalSpark | undefined {
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  if (endpoint === undefined) return undefined;
  return {
    options: {
      master: "local[2]",
      // The version of Hadoop that PySpark 3.5 is built with.
      packages: ["org.apache.hadoop:hadoop-aws:3.3.4"],
      conf: {
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": endpoint,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
        "spark.hadoop.fs.s3a.aws.credentials.provider":
          "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
      },
    },
    ...(!isOnPath("spark-submit", environment) && {
      missing:
        "There is no spark-submit on the PATH, so the local EMR can't run this job: its step will fail. " +
        "Install Spark (`pip install pyspark==3.5.*`, and Java 8, 11 or 17), or run examples/flight-delays.",
    }),
  };
}

function isOnPath(command: string, { PATH = "" }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
