import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import { copyProject, type ProjectCopy } from "../support/pulumi/runner";
import { ensureTool, type Tool, type ToolState } from "../support/tools/installer";
import { factsOf, fixtures, recordOf, stories, type Told, tell } from "./stories";

/** The oldest SDK of the peer range in package.json; the newest is the one in the lock file, which every test uses. */
const oldestSdk: Tool = {
  name: "pulumi-sdk",
  version: "3.248.0",
  install: (folder, run) =>
    run("npm", [
      "install",
      "--prefix",
      folder,
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--engine-strict=false",
      "@pulumi/pulumi@3.248.0",
    ]),
};

const title = "unknowns, secrets, component, stack outputs, then no change, then gone";

describe("oldest SDK of the peer range", () => {
  let sdk: ToolState;
  let project: ProjectCopy | undefined;
  beforeAll(async () => {
    sdk = await ensureTool(oldestSdk);
  }, 600_000);
  beforeEach(() => {
    if ("folder" in sdk) project = copyProject(join(fixtures, "resources"), join(sdk.folder, "node_modules"));
  });
  afterEach(() => project?.remove());

  it("is the lower end of the range in package.json", () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8"));
    expect(manifest.peerDependencies["@pulumi/pulumi"]).toBe(`^${oldestSdk.version}`);
  });

  it("gives the same calls and the same state as the newest", { timeout: 300_000 }, async ({ skip }) => {
    if (project === undefined) return skip("skipped" in sdk ? sdk.skipped : "");
    const runner = embeddedRunner(project);
    const told: Told[] = [];
    for (const chapter of stories[title]!) told.push(await tell(runner, project, chapter, "dev"));
    expect(factsOf(told)).toEqual(JSON.parse(readFileSync(recordOf(title), "utf8")));
  });
});
