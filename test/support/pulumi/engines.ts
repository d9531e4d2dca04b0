import { cliRunner } from "./cliRunner";
import { embeddedRunner } from "./embeddedRunner";
import type { EngineSearch } from "./engine";
import type { ProjectCopy, PulumiRunner } from "./runner";

/** What a suite is run on: the real engine where there is one, else the embedded host; the long tests take both. */
export const engines: readonly string[] = process.env.POOLED_EMR_LONG_TESTS
  ? ["pulumi CLI", "embedded host"]
  : ["engine of this machine"];

/** The runner of one of {@link engines}; a suite skips `pulumi CLI` where the search found none. */
export function runnerOn(engine: string, search: EngineSearch, project: ProjectCopy): PulumiRunner {
  return engine !== "embedded host" && "engine" in search
    ? cliRunner(search.engine, project)
    : embeddedRunner(project);
}
