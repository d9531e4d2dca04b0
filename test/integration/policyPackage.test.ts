import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mistakenJob } from "../support/policies/mistakes";
import { PolicyHost, repository } from "../support/policies/policyHost";
import { jobResource } from "../support/policies/programs";

/** A project that has the packed package installed, beside this repository's dependencies. */
let project: string;
let installed: string;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "pooled emr "));
  installed = join(project, "node_modules/pulumi-pooled-emr");
  mkdirSync(installed, { recursive: true });
  for (const entry of readdirSync(join(repository, "node_modules")))
    if (entry !== "pulumi-pooled-emr")
      symlinkSync(join(repository, "node_modules", entry), join(project, "node_modules", entry));
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", project], {
    cwd: repository,
    stdio: "pipe",
  });
  const tarball = readdirSync(project).find((file) => file.endsWith(".tgz"))!;
  await extract({ file: join(project, tarball), cwd: installed, strip: 1 });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

it.each(["policies", "policies/dev", "policies/strict"])("the packed package's %s runs", async (folder) => {
  const host = await PolicyHost.start(join(installed, folder));
  try {
    const violations = await host.violations([jobResource("job", mistakenJob())]);
    expect(violations.map(({ policy }) => policy)).toContain("idle-timeout-required");
  } finally {
    await host.close();
  }
});

it("the pack's policies load neither the AWS SDK nor the AWS provider's package", () => {
  const script = `
    require(${JSON.stringify(join(installed, "dist/policies/pack"))});
    const loaded = Object.keys(require.cache).filter((file) => /@(aws-sdk|smithy)[/+]|@pulumi[/+]aws[/+]/.test(file));
    console.log(JSON.stringify(loaded));
  `;
  expect(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }).trim()).toBe("[]");
});

it("the package exports the list of definitions without starting a server", () => {
  const script = `
    const { catalog } = require("pulumi-pooled-emr/policies");
    console.log(catalog.slice(0, 2).map(({ name }) => name).join());
  `;
  const printed = execFileSync(process.execPath, ["-e", script], { cwd: project, encoding: "utf8" });
  expect(printed.trim()).toBe("idle-timeout-required,pool-name-allowed");
});
