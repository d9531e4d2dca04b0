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
  },
};

/** A `PATH` on which `spark-submit` and its Python come first, after installing them if need be. */
export async function sparkPath(): Promise<string | Skipped> {
  const state = await ensureTool(spark);
  if ("skipped" in state) return { skipped: `${state.name} ${state.version}: ${state.skipped}` };
  return [join(pythonProgram(state.folder, "spark-submit"), ".."), process.env.PATH].join(delimiter);
}
