import { spawn } from "node:child_process";
import { join } from "node:path";
import type { OperationResult } from "../../../local/pulumi/events";
import { createHost, type Host } from "../../../local/pulumi/host";
import {
  follow,
  type ProjectCopy,
  type PulumiRunner,
  passphrase,
  type RunOutcome,
  type RunRequest,
} from "./runner";

/** Runs the embedded host in this process; program, provider and policy packs are processes as always. */
export function embeddedRunner(project: ProjectCopy): PulumiRunner {
  function host(request: RunRequest, write: (text: string) => void): Host {
    return createHost({
      projectDir: project.projectDir,
      stack: request.stack,
      stateDir: join(project.scratch, "state"),
      config: request.config,
      environment: { ...process.env, PULUMI_CONFIG_PASSPHRASE: passphrase, ...request.environment },
      policyPacks: request.policyPacks,
      policyPackConfig: request.policyPackConfig,
      parallel: request.parallel,
      output: { write, color: false },
    });
  }

  async function operate(
    request: RunRequest,
    run: (host: Host) => Promise<OperationResult>,
  ): Promise<RunOutcome> {
    let output = "";
    const result = await run(
      host(request, (text) => {
        output += text;
      }),
    );
    return { exitCode: result.succeeded ? 0 : 1, output };
  }

  return {
    name: "embedded host",
    preview: (request) => operate(request, (one) => one.preview()),
    up: (request) => operate(request, (one) => one.up({ skipPreview: true })),
    refresh: (request) => operate(request, (one) => one.refresh()),
    destroy: (request) => operate(request, (one) => one.destroy()),
    startUp: async (request) => {
      const entry = join(__dirname, "..", "..", "..", "local", "pulumi", "cli.ts");
      const args = ["--import", "tsx", entry, "up", "--skip-preview", "--project", project.projectDir];
      const stateDir = join(project.scratch, "state");
      const environment = { ...process.env, PULUMI_CONFIG_PASSPHRASE: passphrase, ...request.environment };
      return follow(
        spawn(process.execPath, [...args, "--stack", request.stack, "--state-dir", stateDir], {
          env: environment,
        }),
      );
    },
    recover: async () => undefined,
    exportState: (request) => host(request, () => undefined).exportState(),
  };
}
