import { spawn } from "node:child_process";
import { closeSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stepEnvironment } from "./stepEnvironment";
import type { ProcessIdentity } from "./stepFolder";
import { identify, StepFolder } from "./stepFolder";
import { uploadStepLogs } from "./stepLogs";
import type { StepProcessOutcome, StepRequest } from "./stepRequest";

export interface StepProcessesOptions {
  readonly dataDir: string;
  /** URL of the local S3 and EMR. */
  readonly endpoint: () => string;
}

interface RunningStep {
  readonly folder: StepFolder;
  readonly pid: number;
  readonly ended: Promise<void>;
  /** The outcome is already decided: don't report it. */
  isKilled: boolean;
}

/** From SEND_INTERRUPT until a process that ignores it is ended for good. */
const interruptGraceMs = 5000;

/** How often a process that another server started is looked at. */
const adoptedPollMs = 200;

/**
 * The processes of running steps. Each step is one process group, led by `runStep`, which prepares the step, runs
 * it, uploads its logs and leaves its outcome in a file. So a step goes on when the server is killed, as it would
 * on EMR, and the next server finds it by its process id or finds the outcome.
 */
export class StepProcesses {
  private readonly running = new Map<string, RunningStep>();

  constructor(private readonly options: StepProcessesOptions) {}

  start(request: StepRequest, onEnded: (outcome: StepProcessOutcome) => void): void {
    const folder = StepFolder.of(this.options.dataDir, request.clusterId, request.stepId);
    folder.create(request);
    const output = openSync(join(folder.path, "runStep.log"), "a");
    const child = spawn(process.execPath, [...runStepCommand(), folder.path], {
      cwd: folder.work,
      detached: true,
      env: stepEnvironment(process.env, request, this.options.endpoint()),
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    const ended = new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
    if (child.pid !== undefined) folder.process = identify(child.pid) ?? { pid: child.pid };
    this.watch(request, { folder, pid: child.pid ?? 0, ended, isKilled: false }, onEnded);
  }

  /** Takes over a step that an earlier server started. False when none did: it has left no folder. */
  resume(clusterId: string, stepId: string, onEnded: (outcome: StepProcessOutcome) => void): boolean {
    const folder = StepFolder.of(this.options.dataDir, clusterId, stepId);
    const { process: identity, request } = folder;
    if (identity === undefined || request === undefined) return false;
    this.watch(request, { folder, pid: identity.pid, ended: whenGone(identity), isKilled: false }, onEnded);
    return true;
  }

  /** Ends a step's process group. False when the step has no process: nothing will be reported. */
  end(clusterId: string, stepId: string, how: "interrupt" | "kill"): boolean {
    const step = this.running.get(`${clusterId}/${stepId}`);
    if (step === undefined) return false;
    if (how === "kill") {
      step.isKilled = true;
      signalGroup(step.pid, "SIGKILL");
    } else {
      signalGroup(step.pid, "SIGINT");
      const grace = setTimeout(() => signalGroup(step.pid, "SIGKILL"), interruptGraceMs);
      void step.ended.then(() => clearTimeout(grace));
    }
    return true;
  }

  /** Ends all processes and waits until they are gone. */
  async close(): Promise<void> {
    const steps = [...this.running.values()];
    for (const step of steps) signalGroup(step.pid, "SIGKILL");
    await Promise.all(steps.map((step) => step.ended));
    this.running.clear();
  }

  private watch(
    request: StepRequest,
    step: RunningStep,
    onEnded: (outcome: StepProcessOutcome) => void,
  ): void {
    const key = `${request.clusterId}/${request.stepId}`;
    this.running.set(key, step);
    void step.ended.then(async () => {
      // What the step left running in its group would outlive the demo or the test.
      signalGroup(step.pid, "SIGKILL");
      const isCurrent = this.running.delete(key);
      const outcome = step.folder.outcome;
      if (outcome === undefined && isCurrent) await this.uploadLogs(step.folder, request);
      rmSync(step.folder.work, { recursive: true, force: true });
      onEnded(outcome ?? (step.isKilled ? { state: "CANCELLED" } : endedFromOutside(request)));
    });
  }

  /** The process couldn't upload its logs itself any more. */
  private async uploadLogs(folder: StepFolder, request: StepRequest): Promise<void> {
    try {
      await uploadStepLogs(folder, request, stepEnvironment({}, request, this.options.endpoint()));
    } catch {
      // The step has ended either way; its logs stay in its folder.
    }
  }
}

function endedFromOutside(request: StepRequest): StepProcessOutcome {
  return {
    state: "FAILED",
    failure: {
      reason: "Unknown Error.",
      message: "The step's process ended without an outcome: it, or the local EMR, was stopped from outside.",
      ...(request.logUri === undefined ? {} : { logFile: `${request.logUri}` }),
    },
  };
}

/** Run from TypeScript in tests, from JavaScript when built. */
function runStepCommand(): string[] {
  return __filename.endsWith(".ts")
    ? ["--import", require.resolve("tsx"), join(__dirname, "runStep.ts")]
    : [join(__dirname, "runStep.js")];
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 0) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

async function whenGone(identity: ProcessIdentity): Promise<void> {
  for (;;) {
    const now = identify(identity.pid);
    if (now === undefined || now.began !== identity.began) return;
    await new Promise((resolve) => setTimeout(resolve, adoptedPollMs));
  }
}
