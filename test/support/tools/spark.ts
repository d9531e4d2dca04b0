import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureTool, installPythonPackages, pythonProgram, type Tool } from "./installer";
import type { Skipped } from "./toolServer";

/**
 * Apache Spark as PySpark has it, for the machine's Java: a download of 318 MB, so it is none of `tools`, and only the
 * long tests' set-up installs it.
 */
export const spark: Tool = {
  name: "pyspark",
  version: "3.5.8",
  async install(folder, run) {
    // Without Java the download would be for nothing.
    await run("java", ["-version"]);
    await installPythonPackages(folder, run, ["pyspark==3.5.8"]);
    // Where Maven Central can't be reached, Spark has no S3 connector, and the tests nothing to run.
    const nothing = join(folder, "nothing.py");
    writeFileSync(nothing, "");
    await run(
      pythonProgram(folder, "spark-submit"),
      [
        "--packages",
        "org.wildfly.openssl:wildfly-openssl:1.0.7.Final",
        "--conf",
        `spark.jars.ivy=${join(folder, "ivy")}`,
        nothing,
      ],
      { PATH: pathWithSpark(folder) },
    );
  },
};

const pathWithSpark = (folder: string) =>
  [join(pythonProgram(folder, "spark-submit"), ".."), process.env.PATH].join(delimiter);

/** A `PATH` on which `spark-submit` and its Python come first, after installing them if need be. */
export async function sparkPath(): Promise<string | Skipped> {
  const state = await ensureTool(spark);
  if ("skipped" in state) return { skipped: `${state.name} ${state.version}: ${state.skipped}` };
  return pathWithSpark(state.folder);
}
