import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { ProgramArgument } from "./jobProgram";
import type { ProgramLine } from "./runJobs";

let bundled: Promise<string> | undefined;

/** The program in one file: dozens of processes start in seconds, not minutes. */
export function bundleProgram(): Promise<string> {
  bundled ??= (async () => {
    const outfile = join(mkdtempSync(join(tmpdir(), "job program ")), "jobProgram.cjs");
    await build({
      entryPoints: [join(__dirname, "jobProgram.ts")],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "error",
    });
    return outfile;
  })();
  return bundled;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly signal: NodeJS.Signals | null;
  readonly lines: ProgramLine[];
  /** Requests it sent; absent if it was killed. */
  readonly requests?: number;
  readonly errors: string;
}

/** A program that runs. */
export interface RunningProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<ProgramEnd>;
}

/** Starts the program against the servers that `environment` names. */
export async function startProgram(
  environment: Readonly<Record<string, string>>,
  request: ProgramArgument,
): Promise<RunningProgram> {
  const child = spawn(process.execPath, [await bundleProgram(), JSON.stringify(request)], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.on("close", (_code, signal) => {
      const parsed = output
        .split("\n")
        .filter((line) => line.endsWith("}"))
        .map((line) => JSON.parse(line));
      resolve({
        signal,
        lines: parsed.filter((line) => line.name !== undefined),
        requests: parsed.find((line) => line.requests !== undefined)?.requests,
        errors,
      });
    });
  });
  return { child, ended };
}

/** Starts the program and waits for its end. */
export async function runProgram(
  environment: Readonly<Record<string, string>>,
  request: ProgramArgument,
): Promise<ProgramEnd> {
  return (await startProgram(environment, request)).ended;
}
