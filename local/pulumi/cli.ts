#!/usr/bin/env node
import { Command, Option } from "commander";
import { PooledEmrError } from "../../provider/errors";
import type { OperationResult } from "./events";
import { createHost, type Host, type HostOptions } from "./host";

interface CliOptions {
  project: string;
  stack: string;
  stateDir?: string;
  config?: string[];
  policyPack?: string[];
  policyPackConfig?: string;
  parallel?: number;
  skipPreview?: boolean;
}

const collect = (value: string, before: string[] = []) => [...before, value];

/** The embedded host as a command: `preview`, `up`, `refresh`, `destroy`, `export`. */
export function embeddedHostCommand(): Command {
  const program = new Command("embedded-pulumi-host").description(
    "Runs Pulumi programs of dynamic resources without the pulumi CLI, for trying and testing.",
  );
  const operations: [
    name: string,
    about: string,
    run: (host: Host, options: CliOptions) => Promise<OperationResult>,
  ][] = [
    ["preview", "say what an update would do", (host) => host.preview()],
    ["up", "preview, then update", (host, { skipPreview }) => host.up({ skipPreview })],
    ["refresh", "read every resource into the state", (host) => host.refresh()],
    ["destroy", "delete all resources of the stack", (host) => host.destroy()],
  ];
  for (const [name, about, run] of operations) {
    const command = withStackOptions(program.command(name)).description(about);
    if (name === "up") command.option("--skip-preview", "update at once");
    command.action(async (options: CliOptions) => {
      const host = createHost(hostOptions(options));
      const interrupt = () => host.interrupt();
      process.on("SIGINT", interrupt);
      process.on("SIGTERM", interrupt);
      const result = await run(host, options);
      process.exitCode = result.succeeded ? 0 : 1;
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    });
  }
  withStackOptions(program.command("export"))
    .description("print the state as `pulumi stack export` does")
    .action(async (options: CliOptions) => {
      const state = await createHost(hostOptions(options)).exportState();
      process.stdout.write(`${JSON.stringify(state, undefined, 4)}\n`);
    });
  return program;
}

function withStackOptions(command: Command): Command {
  return command
    .requiredOption("--project <dir>", "folder with Pulumi.yaml")
    .requiredOption("--stack <name>", "stack, made when it isn't there")
    .option("--state-dir <dir>", "where state files are kept (default: .pulumi-embedded in the project)")
    .option("--config <key=value>", "configuration, can be repeated", collect)
    .option("--policy-pack <dir>", "policy pack to run, can be repeated", collect)
    .option("--policy-pack-config <file>", "configuration of the policy packs")
    .addOption(new Option("--parallel <n>", "most steps at a time").argParser(Number));
}

function hostOptions(options: CliOptions): HostOptions {
  const config = (options.config ?? []).map((entry): [string, string] => {
    const at = entry.indexOf("=");
    return at < 0 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)];
  });
  return {
    projectDir: options.project,
    stack: options.stack,
    stateDir: options.stateDir,
    config: Object.fromEntries(config),
    policyPacks: options.policyPack,
    policyPackConfig: options.policyPackConfig,
    parallel: options.parallel,
  };
}

if (require.main === module) {
  embeddedHostCommand()
    .parseAsync()
    .catch((error: unknown) => {
      const text =
        error instanceof PooledEmrError ? error.message : ((error as Error).stack ?? String(error));
      process.stderr.write(`error: ${text}\n`);
      process.exitCode = 1;
    });
}
