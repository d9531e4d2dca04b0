import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StepProcessOutcome, StepRequest } from "./stepRequest";

/** EMR's log files of a step. */
export const stepLogNames = ["controller", "syslog", "stdout", "stderr"] as const;

/** The folder of one step: its request, its logs, its outcome and, in `work`, the files of the job itself. */
export class StepFolder {
  constructor(readonly path: string) {}

  static of(dataDir: string, clusterId: string, stepId: string): StepFolder {
    return new StepFolder(join(dataDir, "steps", clusterId, stepId));
  }

  get work(): string {
    return join(this.path, "work");
  }

  create(request: StepRequest): void {
    mkdirSync(this.work, { recursive: true });
    this.write("step.json", request);
  }

  log(name: (typeof stepLogNames)[number]): string {
    return join(this.path, name);
  }

  get request(): StepRequest | undefined {
    return this.read<StepRequest>("step.json");
  }

  get outcome(): StepProcessOutcome | undefined {
    return this.read<StepProcessOutcome>("outcome.json");
  }

  set outcome(outcome: StepProcessOutcome) {
    this.write("outcome.json", outcome);
  }

  /** Identity of the step's process, for a server that comes after the one that started it. */
  get process(): ProcessIdentity | undefined {
    return this.read<ProcessIdentity>("process.json");
  }

  set process(identity: ProcessIdentity) {
    this.write("process.json", identity);
  }

  private read<T>(name: string): T | undefined {
    const file = join(this.path, name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
  }

  private write(name: string, value: object): void {
    const file = join(this.path, name);
    writeFileSync(`${file}.new`, JSON.stringify(value));
    renameSync(`${file}.new`, file);
  }
}

/** A process by its id and, where the system tells, the moment it began: ids are used again. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly began?: string;
}

/** The process that has this id now, or undefined. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  const stat = `/proc/${pid}/stat`;
  try {
    // The second field, the command, may hold spaces and parentheses; the start time is the 20th after it.
    const fields = readFileSync(stat, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    // A zombie has ended; only its parent hasn't looked yet.
    return fields[0] === "Z" ? undefined : { pid, began: fields[19] };
  } catch {
    return { pid };
  }
}
