import { execFile, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  engineEnvironment,
  findEngine,
  type PulumiEngine,
  policyPackFor,
} from "../test/support/pulumi/engine";
import { type ProjectCopy, passphrase } from "../test/support/pulumi/runner";

/** One operation on a stack. */
export interface Operation {
  readonly stack: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly policyPack?: { readonly folder: string; readonly config: string };
}

/** Runs Pulumi, by whatever this machine has, and shows its lines as they come. */
export interface Pulumi {
  readonly description: string;
  run(
    verb: "preview" | "up" | "refresh" | "destroy",
    operation: Operation,
  ): Promise<{ exitCode: number; output: string }>;
}

/** Longest search for a `pulumi` that would have to be downloaded. */
const searchMilliseconds = 10_000;

/**
 * The `pulumi` CLI where it can be had (on PATH, built by the test set-up, or downloaded by the npm package of that
 * name, within 10 s), else the embedded host, which the package brings.
 */
export async function findPulumi(
  project: ProjectCopy,
  environment: NodeJS.ProcessEnv,
  show: (text: string) => void,
): Promise<Pulumi> {
  const found = await findEngine();
  if ("engine" in found) return cli(found.engine, project, environment, show);
  const downloaded = await downloadedVersion();
  if (downloaded !== undefined) {
    const engine: PulumiEngine = {
      bin: undefined,
      origin: "PATH",
      version: `${downloaded}, from the npm package`,
    };
    return cli(engine, project, environment, show, ["npx", "--yes", "pulumi"]);
  }
  return embeddedHost(project, environment, show);
}

function downloadedVersion(): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      "npx",
      ["--yes", "pulumi", "version"],
      { timeout: searchMilliseconds, killSignal: "SIGKILL" },
      (error, stdout) => resolve(error === null && /^v\d/.test(stdout.trim()) ? stdout.trim() : undefined),
    );
  });
}

function cli(
  engine: PulumiEngine,
  project: ProjectCopy,
  environment: NodeJS.ProcessEnv,
  show: (text: string) => void,
  command: readonly string[] = ["pulumi"],
): Pulumi {
  const folder = (name: string) => {
    mkdirSync(join(project.scratch, name), { recursive: true });
    return join(project.scratch, name);
  };
  const env = engineEnvironment(engine, {
    ...environment,
    PULUMI_HOME: folder("pulumi-home"),
    PULUMI_BACKEND_URL: `file://${folder("backend")}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
  const run = (args: string[], print: (text: string) => void) =>
    runCommand(
      [...command, ...args, "--non-interactive", "--color", "never"],
      project.projectDir,
      env,
      print,
    );
  return {
    description: `the pulumi CLI (${engine.version}${engine.origin === "cache" ? ", built by the test set-up" : ""})`,
    async run(verb, { stack, config = {}, policyPack }) {
      const silent = () => undefined;
      await run(["stack", "select", "--create", stack], silent);
      for (const [key, value] of Object.entries(config))
        await run(["config", "set", key, value, "--stack", stack], silent);
      const args = [verb, "--stack", stack, ...(verb === "preview" ? [] : ["--yes", "--skip-preview"])];
      if (policyPack) {
        args.push("--policy-pack", await policyPackFor(engine, policyPack.folder, project.scratch));
        args.push("--policy-pack-config", policyPack.config);
      }
      return run(args, show);
    },
  };
}

function embeddedHost(
  project: ProjectCopy,
  environment: NodeJS.ProcessEnv,
  show: (text: string) => void,
): Pulumi {
  const program = join(__dirname, "..", "dist", "local", "pulumi", "cli.js");
  return {
    description: "the embedded Pulumi host of this package, as no pulumi CLI could be had within 10 s",
    run(verb, { stack, config = {}, policyPack }) {
      const args = [program, verb, "--project", project.projectDir, "--stack", stack];
      args.push("--state-dir", join(project.scratch, "state"));
      if (verb === "up") args.push("--skip-preview");
      for (const [key, value] of Object.entries(config)) args.push("--config", `${key}=${value}`);
      if (policyPack)
        args.push("--policy-pack", policyPack.folder, "--policy-pack-config", policyPack.config);
      const env = { ...environment, PULUMI_CONFIG_PASSPHRASE: passphrase };
      return runCommand([process.execPath, ...args], project.projectDir, env, show);
    },
  };
}

/** Every process the demo started and that still runs: ended with it. */
const running = new Set<number>();

/** Ends what the demo started; each command leads a process group of its own. */
export function endProcesses(): void {
  for (const pid of running) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function runCommand(
  [command, ...args]: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  show: (text: string) => void,
): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command!, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let line = "";
    if (child.pid !== undefined) running.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const lines = `${line}${text}`.split("\n");
        line = lines.pop() ?? "";
        if (lines.length > 0) show(lines.join("\n"));
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      if (child.pid !== undefined) running.delete(child.pid);
      if (line !== "") show(line);
      resolve({ exitCode: code ?? 1, output });
    });
  });
}
