import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { copyProject, type ProjectCopy } from "../pulumi/runner";

const repository = join(__dirname, "..", "..", "..");

let built: Promise<string> | undefined;

/** The package as it is installed, made from the sources as they are now: no `dist/` of an earlier build is tested. */
function buildPackage(): Promise<string> {
  built ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), "pooled emr package "));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    cpSync(join(repository, "package.json"), join(folder, "package.json"));
    await build({
      entryPoints: ["index", "provider"].map((name) => join(repository, "provider", `${name}.ts`)),
      outdir: join(folder, "dist", "provider"),
      bundle: true,
      packages: "external",
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "error",
    });
    return folder;
  })();
  return built;
}

/** A copy of the project in `source` with the package of the present sources installed. */
export async function projectWithPackage(source: string): Promise<ProjectCopy> {
  const project = copyProject(source);
  const installed = join(project.projectDir, "node_modules", "pulumi-pooled-emr");
  rmSync(installed, { recursive: true });
  cpSync(await buildPackage(), installed, { recursive: true });
  return project;
}
