import type { ClusterSpec, PoolSpec } from "../args";

/** The plain, resolved inputs of a `PooledEmrCluster`. */
export interface PooledEmrClusterInputs {
  /** The pool the cluster is for. Another name or store replaces it; so does another `maxConcurrentSteps`, its step concurrency. */
  pool: Pick<PoolSpec, "name" | "store" | "maxClusters" | "timeoutMinutes" | "maxConcurrentSteps">;
  /**
   * What to launch. In place: sizes of groups and fleets, `managedScalingPolicy`, `autoTerminationPolicy`, `tags`,
   * `instances.terminationProtected` (jobs join no protected cluster). Everything else replaces the cluster. `autoTerminationPolicy` defaults to
   * EMR's longest, seven days: a kept cluster has a bound too.
   */
  cluster: ClusterSpec;
  /** Minutes a delete waits for jobs that still run on the cluster: 0–1440. Default 60. Updates in place. */
  drainTimeoutMinutes?: number;
  /** Salt of the resource's key; see `PooledEmrJob`. A change replaces the cluster. */
  scope?: string;
  /** Default: `aws:region` of the stack, then the AWS SDK's chain. A change replaces the cluster. */
  region?: string;
}

/** What the resource holds beside its inputs. */
export interface PooledEmrClusterOutputs {
  clusterId: string;
  clusterName: string;
  masterPublicDnsName?: string;
  logUri?: string;
  /** As EMR last showed it: `WAITING`, `RUNNING`, … */
  state: string;
  /** Of the pool's ledger: internal, stable. */
  entryId: string;
  /** Of this state's shape: internal, stable. */
  schemaVersion: number;
}

/** Inputs as the provider receives them. */
export interface ClusterProviderInputs extends PooledEmrClusterInputs {
  secretPaths?: string[];
  __urn: string;
  __organization?: string;
  __provider?: string;
}

/** The resource's outputs in the stack's state: inputs and findings. */
export interface ClusterProviderState extends ClusterProviderInputs, PooledEmrClusterOutputs {
  /** Region the cluster really is in, when `region` was left to the stack or the SDK. */
  __region: string;
}

/** Number of the shape above. */
export const clusterSchemaVersion = 1;
