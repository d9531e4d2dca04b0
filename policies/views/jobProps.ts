import type { Placement, PooledEmrJobInputs } from "../../provider/args";
import type { PooledEmrClusterInputs } from "../../provider/clusterLifecycle/clusterState";

/** The checked inputs of a `PooledEmrJob`, as the engine hands them to policies. */
export type JobProps = PooledEmrJobInputs & {
  placement?: Placement;
  /** Paths of the inputs that are Pulumi secrets, written by the resource's constructor. */
  secretPaths?: string[];
  /** State of a job that was placed before. */
  state?: string;
};

/** The inputs of a `PooledEmrCluster`, and of its outputs what tells whether it was launched. */
export type KeptClusterProps = PooledEmrClusterInputs & { secretPaths?: string[]; clusterId?: string };

/** What a `PooledEmrJob` and a `PooledEmrCluster` both say: the pool, and the cluster it is to have. */
export type PooledProps = Pick<KeptClusterProps, "pool" | "cluster" | "secretPaths">;

/** What a job gets when it says nothing of its own: the defaults of `PooledEmrJob`. */
export const jobDefaults = {
  /** Seconds. */
  idleTimeout: 600,
  maxConcurrentSteps: 1,
  waitMinutes: 0,
  timeoutMinutes: 60,
} as const;

/** The defaults of `PooledEmrCluster`, where they are not those of a job. */
export const keptClusterDefaults = {
  /** Seconds: EMR's longest. */
  idleTimeout: 604_800,
  drainTimeoutMinutes: 60,
} as const;
