import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { constants, existsSync, readFileSync } from "node:fs";
import { access, chmod, copyFile, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { acquireStackLock, type StackLock } from "../../../local/pulumi/stackLock";
import { PooledEmrError } from "../../../provider/errors";

const run = promisify(execFile);

/** A Pulumi CLI with its Node.js language host. */
export interface PulumiEngine {
  /** Folder to put in front of PATH; undefined when the CLI is on PATH already. */
  readonly bin: string | undefined;
  readonly origin: "PATH" | "cache" | "built now";
  readonly version: string;
}

/** An engine, or the reason why there is none on this machine. */
export type EngineSearch = { readonly engine: PulumiEngine } | { readonly skipped: string };

const modules = join(__dirname, "engine");
const cliPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
/** The version in `engine/cli/go.mod`; without it the CLI reports none. */
const cliVersion = "v3.259.0";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const languageHostModule = "github.com/pulumi/pulumi/sdk/v3";
const languageHostPackage = `${languageHostModule}/nodejs/cmd/pulumi-language-nodejs`;
/** Runtime name of the copies of policy packs that the engine built here can start. */
const policyRuntime = "testpack";
const oldestGo = [1, 25, 11] as const;
const buildMinutes = 20;

/** Finds an engine without building one: on PATH, or built earlier. */
export async function findEngine(environment: NodeJS.ProcessEnv = process.env): Promise<EngineSearch> {
  const onPath = await versionOf(environment, undefined);
  if (onPath !== undefined) return { engine: { bin: undefined, origin: "PATH", version: onPath } };
  const bin = join(cacheFolder(environment), "bin");
  const version = existsSync(bin) ? await versionOf(environment, bin) : undefined;
  if (version !== undefined) return { engine: { bin, origin: "cache", version } };
  return { skipped: "no pulumi on PATH and none built: run `npx tsx test/support/pulumi/install.ts`" };
}

/**
 * Finds an engine, and builds one from the Go module registry where there is none: CLI and language host from
 * two tool modules with committed checksums, the dynamic-provider script from `@pulumi/pulumi`. Several
 * processes may call it at once: one builds, the others wait. What is in the cache is whole: it is built
 * beside it and renamed.
 */
export async function installEngine(
  say: (line: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<EngineSearch> {
  const found = await findEngine(environment);
  if ("engine" in found) return found;
  const unfit = await goUnfit(environment);
  if (unfit !== undefined) return { skipped: `no pulumi on PATH, and it can't be built: ${unfit}` };
  const target = cacheFolder(environment);
  await mkdir(dirname(target), { recursive: true });
  const lock = await waitForLock(join(dirname(target), "build.lock"), say);
  try {
    const meanwhile = await findEngine(environment);
    if ("engine" in meanwhile) return meanwhile;
    await removeLeftovers(dirname(target));
    const building = join(dirname(target), `.building-${randomBytes(6).toString("hex")}`);
    try {
      await build(building, environment, say);
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      return { skipped: `the pulumi engine can't be built: ${lastLines(error)}` };
    }
    await rename(building, target);
    const bin = join(target, "bin");
    const version = await versionOf(environment, bin);
    if (version === undefined) return { skipped: `the pulumi built in ${bin} does not start` };
    return { engine: { bin, origin: "built now", version } };
  } finally {
    await lock.release();
  }
}

/** The environment with the engine's programs found first. */
export function engineEnvironment(engine: PulumiEngine, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (engine.bin === undefined) return { ...environment };
  return { ...environment, PATH: `${engine.bin}${delimiter}${environment.PATH ?? ""}` };
}

/**
 * The folder to give to `--policy-pack`: the pack itself for a CLI from PATH. The language host built here is
 * too old to start packs; for it a folder is made in `scratch` that names another runtime, for which an
 * analyzer is on PATH, and loads the pack.
 */
export async function policyPackFor(engine: PulumiEngine, pack: string, scratch: string): Promise<string> {
  if (engine.bin === undefined) return pack;
  const wrapper = join(scratch, `policy-pack-${randomBytes(4).toString("hex")}`);
  await mkdir(wrapper, { recursive: true });
  const { name, version } = JSON.parse(readFileSync(join(pack, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  await writeFile(join(wrapper, "PulumiPolicy.yaml"), `runtime: ${policyRuntime}\n`);
  await writeFile(join(wrapper, "package.json"), JSON.stringify({ name, version, main: "index.js" }));
  await writeFile(join(wrapper, "index.js"), `require(${JSON.stringify(resolve(pack))});\n`);
  await symlink(nearestModules(pack), join(wrapper, "node_modules"));
  return wrapper;
}

function nearestModules(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidate = join(at, "node_modules");
    if (existsSync(join(candidate, "@pulumi", "pulumi"))) return candidate;
    if (at === dirname(at)) throw new Error(`no node_modules with @pulumi/pulumi above ${folder}`);
  }
}

/** By everything that decides what is built, so that a change of versions builds anew. */
function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const tools = environment.POOLED_EMR_TOOLS ?? join(__dirname, "..", "..", "..", ".tools");
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}-${cliVersion}`);
  for (const module of ["cli", "language-host"]) {
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(modules, module, file)));
  }
  return join(resolve(tools), "pulumi", hash.digest("hex").slice(0, 16));
}

async function build(
  folder: string,
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const go = (module: string, args: string[]) =>
    run("go", args, {
      cwd: join(modules, module),
      env: { ...environment, GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local", GOWORK: "off" },
      timeout: buildMinutes * 60_000,
      maxBuffer: 64 * 1024 * 1024,
    });
  const flags = [
    "build",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    `-s -w -X ${versionVariable}=${cliVersion}`,
  ];
  say("building the pulumi CLI from the Go module registry (about 5 minutes on 2 processors, once)");
  await go("cli", [...flags, "-o", join(bin, "pulumi"), cliPackage]);
  say("building its Node.js language host");
  await go("language-host", [...flags, "-o", join(bin, "pulumi-language-nodejs"), languageHostPackage]);
  const { stdout } = await go("language-host", ["list", "-m", "-f", "{{.Dir}}", languageHostModule]);
  const scripts: [from: string, name: string][] = [
    [
      join(stdout.trim(), "nodejs", "dist", "pulumi-analyzer-policy"),
      `pulumi-analyzer-policy-${policyRuntime}`,
    ],
    [require.resolve("@pulumi/pulumi/pulumi-resource-pulumi-nodejs"), "pulumi-resource-pulumi-nodejs"],
  ];
  for (const [from, name] of scripts) {
    await copyFile(from, join(bin, name));
    await chmod(join(bin, name), 0o755);
  }
}

async function versionOf(
  environment: NodeJS.ProcessEnv,
  bin: string | undefined,
): Promise<string | undefined> {
  try {
    const command = bin === undefined ? "pulumi" : join(bin, "pulumi");
    const env = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { stdout } = await run(command, ["version"], { env, timeout: 30_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

async function goUnfit(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await run("go", ["env", "GOVERSION"], { env: environment });
    const numbers = stdout.trim().replace(/^go/, "").split(".").map(Number);
    const older = oldestGo.findIndex((part, at) => (numbers[at] ?? 0) !== part);
    if (older >= 0 && (numbers[older] ?? 0) < oldestGo[older]!) {
      return `Go ${stdout.trim()} is older than ${oldestGo.join(".")}`;
    }
    return undefined;
  } catch {
    return "there is no Go on PATH";
  }
}

/** A build that was killed left its folder; nothing else has that name. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (entry.startsWith(".building-")) await rm(join(folder, entry), { recursive: true, force: true });
  }
}

async function waitForLock(path: string, say: (line: string) => void): Promise<StackLock> {
  await access(dirname(path), constants.W_OK);
  for (let told = false; ; told = true) {
    try {
      return await acquireStackLock(path);
    } catch (error) {
      if (!(error instanceof PooledEmrError)) throw error;
      if (!told) say("another process is building the pulumi engine: waiting for it");
      await new Promise((resume) => setTimeout(resume, 500));
    }
  }
}

function lastLines(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  const lines = (stderr || message).trim().split("\n");
  return lines.slice(-3).join(" ").slice(0, 400);
}
