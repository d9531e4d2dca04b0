import { execFile, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ExportedDeployment } from "../../../local/pulumi/stateFile";
import { engineEnvironment, type PulumiEngine, policyPackFor } from "./engine";
import {
  follow,
  type ProjectCopy,
  type PulumiRunner,
  passphrase,
  type RunOutcome,
  type RunRequest,
} from "./runner";

/** The real engine, which knows more commands than what engines have in common. */
export interface CliRunner extends PulumiRunner {
  /** Runs any command on the request's stack, which exists afterwards. */
  pulumi(args: string[], request: RunRequest): Promise<RunOutcome>;
}

/** Runs the real engine: state in a folder, passphrase secrets, no login, no network. */
export function cliRunner(engine: PulumiEngine, project: ProjectCopy): CliRunner {
  const backend = join(project.scratch, "backend");
  const home = join(project.scratch, "pulumi home");
  mkdirSync(backend, { recursive: true });
  mkdirSync(home, { recursive: true });
  const own: NodeJS.ProcessEnv = {
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };

  const environmentOf = (request: RunRequest) =>
    engineEnvironment(engine, { ...process.env, ...own, ...request.environment });
  const nonInteractive = ["--non-interactive", "--color", "never"];
  const known = new Set<string>();

  function pulumi(args: string[], request: RunRequest): Promise<RunOutcome & { stdout: string }> {
    const env = environmentOf(request);
    return new Promise((resolve) => {
      const options = { cwd: project.projectDir, env, maxBuffer: 256 * 1024 * 1024 };
      execFile("pulumi", [...args, ...nonInteractive], options, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ exitCode, stdout, output: `${stdout}${stderr}` });
      });
    });
  }

  async function createStack(request: RunRequest): Promise<void> {
    if (known.has(request.stack)) return;
    const created = await pulumi(["stack", "init", request.stack], request);
    if (created.exitCode !== 0) throw new Error(created.output);
    known.add(request.stack);
  }

  async function operate(args: string[], request: RunRequest, packs: boolean): Promise<RunOutcome> {
    await createStack(request);
    for (const [key, value] of Object.entries(request.config ?? {})) {
      const set = await pulumi(["config", "set", key, value, "--stack", request.stack], request);
      if (set.exitCode !== 0) throw new Error(set.output);
    }
    const all = [...args, "--stack", request.stack];
    if (request.parallel !== undefined) all.push("--parallel", String(request.parallel));
    if (packs) {
      for (const pack of request.policyPacks ?? []) {
        all.push("--policy-pack", await policyPackFor(engine, pack, project.scratch));
        if (request.policyPackConfig !== undefined)
          all.push("--policy-pack-config", request.policyPackConfig);
      }
    }
    return pulumi(all, request);
  }

  return {
    name: "pulumi CLI",
    preview: (request) => operate(["preview"], request, true),
    up: (request) => operate(["up", "--yes", "--skip-preview"], request, true),
    refresh: (request) => operate(["refresh", "--yes", "--skip-preview"], request, false),
    destroy: (request) => operate(["destroy", "--yes", "--skip-preview"], request, false),
    startUp: async (request) => {
      await createStack(request);
      const args = ["up", "--yes", "--skip-preview", "--stack", request.stack, ...nonInteractive];
      return follow(spawn("pulumi", args, { cwd: project.projectDir, env: environmentOf(request) }));
    },
    recover: async (request) => {
      const cancelled = await pulumi(["cancel", "--yes", "--stack", request.stack], request);
      if (cancelled.exitCode !== 0) throw new Error(cancelled.output);
    },
    pulumi: (args, request) => operate(args, request, false),
    exportState: async (request) => {
      const { stdout, exitCode, output } = await pulumi(
        ["stack", "export", "--stack", request.stack],
        request,
      );
      if (exitCode !== 0) throw new Error(output);
      return JSON.parse(stdout) as ExportedDeployment;
    },
  };
}
