import { commandRunner } from "./commandRunner";
import { type StepOptions, stepBuilder } from "./stepBuilder";

/** Options of {@link shellStep}. */
export interface ShellStepOptions extends StepOptions {
  /** Text for `bash -c`. Anyone who may list steps reads it: no secrets. */
  command: string;
  /** `$1`, `$2`, … of the command. Default: none. */
  args?: string[];
}

/**
 * A step that runs a shell command on the primary node.
 *
 * @example
 * ```ts
 * shellStep({ name: "mark", command: 'date | aws s3 cp - "$1"', args: ["s3://b/done"] })
 * ```
 * @throws PooledEmrError INVALID_INPUT beyond EMR's limits
 */
export const shellStep = stepBuilder<ShellStepOptions>("shellStep", {}, ({ command, args }) =>
  // bash takes the first word after the text as $0.
  commandRunner(["bash", "-c", command, ...(args && args.length > 0 ? ["bash", ...args] : [])]),
);
