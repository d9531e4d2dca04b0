import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Why the job will fail on the local EMR, if Spark isn't installed; undefined if it is, and on AWS. */
export function missingSpark(environment: NodeJS.ProcessEnv): string | undefined {
  const isLocal = (environment.AWS_ENDPOINT_URL_EMR ?? environment.AWS_ENDPOINT_URL) !== undefined;
  if (!isLocal || isInstalled(environment)) return undefined;
  return (
    "There is no spark-submit on this machine, so the local EMR can't run this job: its step will fail. " +
    "Install Spark (pip install 'pyspark==3.5.*', and Java 8, 11 or 17), or run examples/flight-delays."
  );
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
