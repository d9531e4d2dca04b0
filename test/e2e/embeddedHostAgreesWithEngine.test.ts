import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cliRunner } from "../support/pulumi/cliRunner";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import { type EngineSearch, findEngine } from "../support/pulumi/engine";
import { copyProject, type ProjectCopy } from "../support/pulumi/runner";
import { factsOf, fixtures, recordOf, stories, type Told, tell } from "./stories";

const long = process.env.POOLED_EMR_LONG_TESTS !== undefined;

/** What `npm test` tells the real engine; it takes seconds for each operation, so the rest is for the long tests. */
const shortSelection = ["partial failure of create", "refresh: drift", "policies:"];

describe.each(["pulumi CLI", "embedded host"])("%s", (name) => {
  let search: EngineSearch;
  let project: ProjectCopy;
  beforeAll(async () => {
    search = await findEngine();
  });
  beforeEach(() => {
    project = copyProject(join(fixtures, "resources"));
  });
  afterEach(() => project.remove());

  it.for(Object.entries(stories))("%s", { timeout: 300_000 }, async ([title, chapters], { skip }) => {
    const cli = name === "pulumi CLI";
    if (cli && !long && !shortSelection.some((start) => title.startsWith(start))) {
      return skip(
        "the embedded host is compared with the engine's record; the engine itself in the long tests",
      );
    }
    if (cli && "skipped" in search) return skip(search.skipped);
    const runner = cli && "engine" in search ? cliRunner(search.engine, project) : embeddedRunner(project);
    const told: Told[] = [];
    for (const chapter of chapters) {
      const one = await tell(runner, project, chapter, "dev");
      told.push(one);
      expect(one.outcome, one.outcome.output).toMatchObject({ exitCode: chapter.exitCode });
      for (const text of chapter.prints ?? []) expect(one.outcome.output).toContain(text);
    }
    // One record for both engines: whoever differs from it, differs from the other.
    await expect(`${JSON.stringify(factsOf(told), undefined, 1)}\n`).toMatchFileSnapshot(recordOf(title));
  });
});
