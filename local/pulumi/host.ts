import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { Display, type LineOutput } from "./display";
import type { OperationKind, OperationResult } from "./events";
import { runOperation } from "./operation";
import { readPolicyConfig } from "./policyPack";
import { type Project, readProject, stackConfig } from "./project";
import { type ExportedDeployment, StateFile, stateFilePath } from "./stateFile";

/** What a {@link Host} works on. */
export interface HostOptions {
  /** Folder with `Pulumi.yaml`. */
  readonly projectDir: string;
  readonly stack: string;
  /** Folder the state files are kept in; default `.pulumi-embedded` in the project's folder. */
  readonly stateDir?: string;
  /** Configuration beside `Pulumi.<stack>.yaml`; keys without a namespace are the project's. */
  readonly config?: Readonly<Record<string, string>>;
  /** Environment of the program, the provider and the policy packs; default this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Folders of policy packs. */
  readonly policyPacks?: readonly string[];
  /** File as for the CLI's `--policy-pack-config`. */
  readonly policyPackConfig?: string;
  /** Most steps at a time, 1 or more; default four for each processor, as the CLI. */
  readonly parallel?: number;
  /** Default "organization", as the CLI without Pulumi Cloud. */
  readonly organization?: string;
  /** Where lines go; default stdout. */
  readonly output?: LineOutput;
}

/** A deployment host on this machine: Pulumi's engine in small, for trying and testing without the CLI. */
export interface Host {
  readonly project: Project;
  /** Says what an update would do; changes nothing, writes nothing. */
  preview(): Promise<OperationResult>;
  /** Previews (unless told not to), and when that succeeded updates. */
  up(options?: { skipPreview?: boolean }): Promise<OperationResult>;
  /** Reads every resource and takes what is there into the state. */
  refresh(): Promise<OperationResult>;
  /** Deletes all resources of the stack, without running the program. */
  destroy(): Promise<OperationResult>;
  /** The stack's state as `pulumi stack export` prints it; secrets stay encrypted. */
  exportState(): Promise<ExportedDeployment>;
  /** As Ctrl-C: the first time no new step begins; the second time the provider is ended. */
  interrupt(): void;
}

/**
 * Makes a host for one stack of a project.
 *
 * @throws PooledEmrError `PULUMI_PROJECT` when the project can't be read.
 */
export function createHost(options: HostOptions): Host {
  const project = readProject(options.projectDir);
  const environment = options.environment ?? process.env;
  const output = options.output ?? processOutput();
  const path = stateFilePath(
    resolve(options.stateDir ?? `${project.root}/.pulumi-embedded`),
    project.name,
    options.stack,
  );
  const identity = {
    organization: options.organization ?? "organization",
    project: project.name,
    stack: options.stack,
  };
  let cancelled = new AbortController();
  let killed = new AbortController();
  let running = 0;

  async function operate(kind: OperationKind, state: StateFile): Promise<OperationResult> {
    return runOperation({
      kind,
      project,
      identity,
      environment,
      config: stackConfig(project, options.stack, options.config ?? {}, environment),
      parallel: options.parallel ?? 4 * availableParallelism(),
      policyPacks: (options.policyPacks ?? []).map((folder) => resolve(folder)),
      policyConfig: readPolicyConfig(options.policyPackConfig),
      snapshot: structuredClone(state.snapshot),
      save: (snapshot) => state.save(snapshot),
      createDisplay: (packs) => new Display(output, kind, options.stack, packs),
      cancelled: cancelled.signal,
      killed: killed.signal,
    });
  }

  async function withState<Result>(
    locked: boolean,
    run: (state: StateFile) => Promise<Result>,
  ): Promise<Result> {
    if (running++ === 0) {
      cancelled = new AbortController();
      killed = new AbortController();
    }
    const onTakeover = (message: string) => output.write(`warning: ${message}\n`);
    try {
      const state = await StateFile.open(path, environment, { locked, onTakeover });
      try {
        return await run(state);
      } finally {
        await state.close();
      }
    } finally {
      running--;
    }
  }

  return {
    project,
    preview: () => withState(false, (state) => operate("preview", state)),
    up: (upOptions = {}) =>
      withState(true, async (state) => {
        if (upOptions.skipPreview !== true) {
          const preview = await operate("preview", state);
          if (!preview.succeeded) return preview;
        }
        return operate("update", state);
      }),
    refresh: () => withState(true, (state) => operate("refresh", state)),
    destroy: () => withState(true, (state) => operate("destroy", state)),
    exportState: () => withState(false, async (state) => state.export()),
    interrupt: () => {
      if (cancelled.signal.aborted) killed.abort();
      else cancelled.abort();
    },
  };
}

function processOutput(): LineOutput {
  const color = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  return { write: (text) => void process.stdout.write(text), color };
}
