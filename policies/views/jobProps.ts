import type { Placement, PooledEmrJobInputs } from "../../provider/args";

/** The checked inputs of a `PooledEmrJob`, as the engine hands them to policies. */
export type JobProps = PooledEmrJobInputs & {
  placement?: Placement;
  /** Paths of the inputs that are Pulumi secrets, written by the resource's constructor. */
  secretPaths?: string[];
  /** State of a job that was placed before. */
  state?: string;
};

/** What a job gets when it says nothing of its own: the defaults of `PooledEmrJob`. */
export const jobDefaults = {
  /** Seconds. */
  idleTimeout: 600,
  maxConcurrentSteps: 1,
  waitMinutes: 0,
  timeoutMinutes: 60,
} as const;
