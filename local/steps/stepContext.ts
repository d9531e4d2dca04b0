import { appendFileSync } from "node:fs";
import type { S3Files } from "./s3Files";
import type { StepFolder } from "./stepFolder";
import type { StepRequest } from "./stepRequest";

/** What the code of a kind of step gets. */
export interface StepContext {
  readonly request: StepRequest;
  readonly folder: StepFolder;
  readonly environment: NodeJS.ProcessEnv;
  readonly s3: S3Files;
  /** Aborted when the step is cancelled. Its processes get the signal themselves, as members of the group. */
  readonly signal: AbortSignal;
  /** A line of the `controller` log: the driver's own doings. */
  readonly controller: (line: string) => void;
  /** A line of the `syslog`: what Hadoop itself would log. */
  readonly syslog: (line: string) => void;
}

/** Appends a line to a log in the form of Hadoop's own logs. */
export function logLine(file: string, line: string): void {
  const time = new Date().toISOString().replace("T", " ").replace("Z", "").replace(".", ",");
  appendFileSync(file, `${time} INFO ${line}\n`);
}
