import type { ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExportedDeployment } from "../../../local/pulumi/stateFile";

/** What one operation of a runner is given. */
export interface RunRequest {
  readonly stack: string;
  /** Beside the runner's own environment. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly config?: Readonly<Record<string, string>>;
  /** Folders of policy packs, for preview and up. */
  readonly policyPacks?: readonly string[];
  readonly policyPackConfig?: string;
  readonly parallel?: number;
}

/** What came of it. */
export interface RunOutcome {
  readonly exitCode: number;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/** The four operations and the state, by whichever engine: suites run on each and compare. */
export interface PulumiRunner {
  readonly name: string;
  preview(request: RunRequest): Promise<RunOutcome>;
  /** Updates without a preview before it. */
  up(request: RunRequest): Promise<RunOutcome>;
  refresh(request: RunRequest): Promise<RunOutcome>;
  destroy(request: RunRequest): Promise<RunOutcome>;
  exportState(request: RunRequest): Promise<ExportedDeployment>;
  /** Starts an update in a process of its own, to be interrupted or killed. */
  startUp(request: RunRequest): Promise<StartedRun>;
  /** What a person has to do after a run was killed, before the next. */
  recover(request: RunRequest): Promise<void>;
}

/** A run that goes on. */
export interface StartedRun {
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Everything printed so far. */
  output(): string;
}

/** Follows a process that was just started. */
export function follow(child: ChildProcess): StartedRun {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (data: Buffer) => {
      output += data.toString();
    });
  }
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  return { pid: child.pid!, exited, output: () => output };
}

/** Passphrase of every stack of the tests. */
export const passphrase = "correct horse battery staple";

/** A project copied to a folder of its own, with a space in its name. */
export interface ProjectCopy {
  readonly projectDir: string;
  readonly scratch: string;
  remove(): void;
}

const repository = join(__dirname, "..", "..", "..");

/**
 * Copies a project to a temporary folder and links the packages of this repository (or of `modules`) beside it,
 * this package among them, so that stack files and state never land in the repository.
 */
export function copyProject(source: string, modules = join(repository, "node_modules")): ProjectCopy {
  const scratch = mkdtempSync(join(tmpdir(), "pooled emr "));
  const projectDir = join(scratch, "project");
  cpSync(source, projectDir, { recursive: true, filter: (path) => !path.includes("node_modules") });
  const target = join(projectDir, "node_modules");
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(modules)) {
    if (entry !== "pulumi-pooled-emr") symlinkSync(join(modules, entry), join(target, entry));
  }
  if (!existsSync(join(target, "pulumi-pooled-emr")))
    symlinkSync(repository, join(target, "pulumi-pooled-emr"));
  return { projectDir, scratch, remove: () => rmSync(scratch, { recursive: true, force: true }) };
}

/** What two engines must agree on: everything but times, random ids, ciphertexts and positions in sources. */
export function comparableState(state: ExportedDeployment): unknown {
  const ids = new Map<string, string>();
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value === "string") return hideIds(value, ids);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !["created", "modified", "sourcePosition", "stackTrace"].includes(key))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, inner]) => [key, key === "ciphertext" ? "(sealed)" : clean(inner)]),
    );
  };
  const { resources = [], pending_operations = [] } = state.deployment;
  const byUrn = [...resources].sort((one, other) =>
    one.urn === other.urn
      ? Number(one.delete ?? false) - Number(other.delete ?? false)
      : one.urn < other.urn
        ? -1
        : 1,
  );
  return clean({ resources: byUrn, pending: pending_operations });
}

/** Ids of provider resources are random: numbered in the order they are met. */
function hideIds(text: string, ids: Map<string, string>): string {
  return text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
    if (!ids.has(id)) ids.set(id, `(id ${ids.size + 1})`);
    return ids.get(id)!;
  });
}

/** The counts under "Resources:", by operation; both engines print them alike. */
export function resourceCounts(output: string): Record<string, number> {
  const section = output.slice(output.lastIndexOf("Resources:"));
  const counts: Record<string, number> = {};
  for (const [, number, words] of section.matchAll(
    /^ {4}(?:[-+~>]+ ?|\d+ changes?\. )?(\d+) (to create|to update|to replace|to delete|created|updated|replaced|deleted|unchanged)/gm,
  )) {
    counts[words!] = Number(number);
  }
  return counts;
}

/** The lines under "Outputs:", without signs and alignment. */
export function stackOutputs(output: string): Record<string, string> {
  const section = output.slice(output.lastIndexOf("\nOutputs:") + 1).split("\n\n")[0] ?? "";
  const found: Record<string, string> = {};
  if (!section.startsWith("Outputs:")) return found;
  for (const [, name, value] of section.matchAll(/^ +[-+~]? ?(\w+) *: (.*)$/gm)) found[name!] = value!;
  return found;
}
