import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The command line as users get it. */
export const cliFile = join(__dirname, "../../../dist/provider/cli/emrpool.js");

/** What a run of `emrpool` left. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface CliOptions {
  readonly env?: Record<string, string>;
  readonly input?: string;
  readonly cwd?: string;
}

/** Runs the built `emrpool` as a process of its own, without this machine's AWS settings. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const child = startCli(args, options);
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output.stderr += chunk;
  });
  child.stdin?.end(options.input ?? "");
  const code = await new Promise<number | null>((done, failed) => {
    child.once("error", failed);
    child.once("close", done);
  });
  return { code, ...output };
}

/** Starts the built `emrpool`; the caller ends it. */
export function startCli(args: readonly string[], { env = {}, cwd }: CliOptions = {}): ChildProcess {
  if (!existsSync(cliFile)) throw new Error(`${cliFile} is missing: run \`npm run build\` first`);
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  return spawn(process.execPath, [cliFile, ...args], { cwd, env: { ...Object.fromEntries(kept), ...env } });
}
