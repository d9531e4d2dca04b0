import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cliRunner } from "../support/pulumi/cliRunner";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import { type EngineSearch, findEngine } from "../support/pulumi/engine";
import { copyProject, type ProjectCopy } from "../support/pulumi/runner";
import { factsOf, fixtures, recordOf, stories, type Told, tell } from "./stories";

/** Tells stories to the engine and to the embedded host: both must agree with one record, and so with each other. */
export function describeStories(chosen: (title: string) => boolean): void {
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

    const told = Object.entries(stories).filter(([title]) => chosen(title));
    it.for(told)("%s", { timeout: 300_000 }, async ([title, chapters], { skip }) => {
      const cli = name === "pulumi CLI";
      if (cli && "skipped" in search) return skip(search.skipped);
      const runner = cli && "engine" in search ? cliRunner(search.engine, project) : embeddedRunner(project);
      const told: Told[] = [];
      for (const chapter of chapters) {
        const one = await tell(runner, project, chapter, "dev");
        told.push(one);
        expect(one.outcome, one.outcome.output).toMatchObject({ exitCode: chapter.exitCode });
        for (const text of chapter.prints ?? []) expect(one.outcome.output).toContain(text);
      }
      await expect(`${JSON.stringify(factsOf(told), undefined, 1)}\n`).toMatchFileSnapshot(recordOf(title));
    });
  });
}
