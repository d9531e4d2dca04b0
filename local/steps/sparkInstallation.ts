import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { StepFailure } from "./stepFailure";

/** Apache Spark of this machine. */
export interface SparkInstallation {
  /** Path of `spark-submit`. */
  readonly program: string;
  /** Spark's folder, which holds `jars`; undefined when `spark-submit` is something else that has none. */
  readonly home?: string;
}

const howToInstall =
  "Install it where the local EMR server runs (pip install 'pyspark==3.5.*', and Java 8, 11 or 17), so that spark-submit is on its PATH.";

/**
 * Finds Spark on the PATH, or as the package that pip installed.
 * @throws StepFailure when there is no Spark, or no Java to run it.
 */
export function findSpark(environment: NodeJS.ProcessEnv): SparkInstallation {
  const onPath = findOnPath("spark-submit", environment);
  const home = [
    environment.SPARK_HOME,
    onPath && join(dirname(realpathSync(onPath)), ".."),
    pythonPackage(environment),
  ].find((folder) => folder && existsSync(join(folder, "jars")));
  const program = onPath ?? (home && join(home, "bin", "spark-submit"));
  if (program === undefined || !isExecutable(program))
    throw new StepFailure(
      `Cannot run program "spark-submit": Spark is not installed on this machine. ${howToInstall}`,
    );
  if (home !== undefined && !hasJava(environment))
    throw new StepFailure(`Cannot run program "spark-submit": Spark needs Java. ${howToInstall}`);
  return { program, home };
}

/** pip puts `spark-submit` beside Python, and Spark itself into the package. */
function pythonPackage(environment: NodeJS.ProcessEnv): string | undefined {
  const print = "import os, pyspark; print(os.path.dirname(pyspark.__file__))";
  const python = spawnSync(environment.PYSPARK_PYTHON || "python3", ["-c", print], {
    env: environment,
    encoding: "utf8",
  });
  return python.status === 0 ? python.stdout.trim() : undefined;
}

function hasJava(environment: NodeJS.ProcessEnv): boolean {
  return environment.JAVA_HOME
    ? isExecutable(join(environment.JAVA_HOME, "bin", "java"))
    : findOnPath("java", environment) !== undefined;
}

function findOnPath(program: string, environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
