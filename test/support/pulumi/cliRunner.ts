import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ExportedDeployment } from "../../../local/pulumi/stateFile";
import { engineEnvironment, type PulumiEngine, policyPackFor } from "./engine";
import { type ProjectCopy, type PulumiRunner, passphrase, type RunOutcome, type RunRequest } from "./runner";

/** Runs the real engine: state in a folder, passphrase secrets, no login, no network. */
export function cliRunner(engine: PulumiEngine, project: ProjectCopy): PulumiRunner {
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

  function pulumi(args: string[], request: RunRequest): Promise<RunOutcome & { stdout: string }> {
    const env = engineEnvironment(engine, { ...process.env, ...own, ...request.environment });
    return new Promise((resolve) => {
      const options = { cwd: project.projectDir, env, maxBuffer: 256 * 1024 * 1024 };
      execFile(
        "pulumi",
        [...args, "--non-interactive", "--color", "never"],
        options,
        (error, stdout, stderr) => {
          const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
          resolve({ exitCode, stdout, output: `${stdout}${stderr}` });
        },
      );
    });
  }

  async function operate(args: string[], request: RunRequest, packs: boolean): Promise<RunOutcome> {
    const created = await pulumi(["stack", "select", "--create", request.stack], request);
    if (created.exitCode !== 0) throw new Error(created.output);
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
