import type { JobState, Placement, PooledEmrJobInputs, PooledEmrJobOutputs } from "../args";

/** Number of the shape below. State of every released number stays readable (`test/unit/lifecycle/states/`). */
export const schemaVersion = 1;

/** Inputs as the provider receives them: the user's, and what the resource's constructor adds. */
export interface ProviderInputs extends PooledEmrJobInputs {
  /** Local files the steps use, to be uploaded by `create`. */
  assets?: { path: string; sha256: string; uri: string }[];
  /** Paths of the inputs that are Pulumi secrets. */
  secretPaths?: string[];
  /** What `check` said would happen; absent only in inputs that `check` has not seen. */
  placement: Placement;
  /** How the job has ended, if `check` saw that: `diff`, which may read nothing, and later checks go by it. */
  __observed?: JobState;
  __urn: string;
  __organization?: string;
  __provider?: string;
  /** The job's key, from its first `check` on: an alias or another parent changes the URN, not who the job is. */
  __key?: string;
}

/**
 * What the resource's outputs hold in the stack's state: the contract's outputs, those inputs that `read`,
 * `delete` and `diff` need (they get no inputs), and a few internal values.
 */
export interface ProviderState
  extends PooledEmrJobOutputs,
    Pick<
      ProviderInputs,
      | "pool"
      | "cluster"
      | "region"
      | "scope"
      | "executionRoleArn"
      | "triggers"
      | "waitFor"
      | "completionTimeoutMinutes"
      | "onDelete"
      | "resubmit"
      | "secretPaths"
      | "__urn"
      | "__organization"
      | "__provider"
    > {
  /** Hash of what was submitted; see `specHash`. */
  __spec: string;
  /** Region the job really runs in, when `region` was left to the stack or the SDK. */
  __region: string;
  /** Set if the resource was made by `PooledEmrJob.get`: Pulumi never updates or deletes it. */
  __readOnly?: boolean;
  /** How often the job was placed anew. */
  __moves: number;
}

/** The inputs that are kept in the outputs. */
export const keptInputs = [
  "pool",
  // Stack policies see outputs once a stack is up (design page pulumi.md, part 2).
  "cluster",
  "region",
  "scope",
  "executionRoleArn",
  "triggers",
  "waitFor",
  "completionTimeoutMinutes",
  "onDelete",
  "resubmit",
  "secretPaths",
  "__urn",
  "__organization",
  "__provider",
] as const satisfies readonly (keyof ProviderInputs)[];
