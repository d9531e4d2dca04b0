import type {
  AddJobFlowStepsInput,
  CancelStepsInfo,
  Cluster,
  ClusterSummary,
  InstanceFleet,
  InstanceGroup,
  ListClustersInput,
  RunJobFlowInput,
  StepSummary,
} from "@aws-sdk/client-emr";

/**
 * The four ports the protocol stands on: object store, EMR, clock, random. Protocol code uses nothing else, so
 * the same code runs in the simulator, against the local servers and on AWS.
 */

/** Time for waiting and for people. Protocol decisions use {@link ObjectStore} server time instead. */
export interface Clock {
  /** Wall clock, for messages only. */
  now(): Date;
  /** Milliseconds that never go back, for a lease holder's own deadline. */
  monotonic(): number;
  /** Waits `milliseconds`; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh lower-case base32 id of `length` characters, never the same twice. */
  id(length: number): string;
}

export type StoredObject =
  | { found: true; body: string; etag: string; lastModified: Date; serverTime: Date }
  | { found: false; serverTime: Date };

/** `absent`: `If-None-Match: *`. Otherwise `If-Match` with the ETag. There is no unconditional write. */
export type WriteCondition = { absent: true } | { etag: string };

/**
 * `refused`: 404, 409, 412: the condition did not hold, or a conflicting write ran, or an earlier try of ours
 * landed. `unknown`: 5xx, timeout, broken connection. Both mean: read back and compare the nonce.
 */
export type WriteOutcome =
  | { outcome: "written"; etag: string; serverTime: Date }
  | { outcome: "refused"; status: number; serverTime?: Date }
  | { outcome: "unknown"; cause: unknown };

/** S3 under the pool's `store` prefix: keys here are relative to it. One try per call of `put`. */
export interface ObjectStore {
  get(key: string): Promise<StoredObject>;
  put(key: string, body: string, condition: WriteCondition): Promise<WriteOutcome>;
  /** Keys below `prefix`, relative to the store, in key order. */
  list(prefix: string): Promise<string[]>;
}

/**
 * Answer of a guarded call. `refused`: EMR said no, nothing happened. `throttled` and `notSent`: nothing happened,
 * may be tried again. `unknown`: it may have happened or still happen until the fence passes.
 */
export type GuardedOutcome<T> =
  | { outcome: "accepted"; value: T }
  | { outcome: "refused"; code: string; message: string }
  | { outcome: "throttled" }
  | { outcome: "notSent"; reason: string }
  | { outcome: "unknown"; cause: unknown };

/** The reads of EMR. All pages are followed; throttling is waited out inside. */
export interface EmrReader {
  listClusters(input: Pick<ListClustersInput, "ClusterStates" | "CreatedAfter">): Promise<ClusterSummary[]>;
  describeCluster(clusterId: string): Promise<Cluster>;
  listInstanceGroups(clusterId: string): Promise<InstanceGroup[]>;
  listInstanceFleets(clusterId: string): Promise<InstanceFleet[]>;
  /** Newest first. `newerThan` stops paging at older steps. At most EMR's visible 1,000. */
  listSteps(
    clusterId: string,
    filter?: { stepIds?: string[]; states?: string[]; newerThan?: Date },
  ): Promise<StepSummary[]>;
}

/** The two calls that must happen at most once carry the latest allowed signing date (`t0 + D`, locking.md 7.4). */
export interface Emr extends EmrReader {
  runJobFlow(input: RunJobFlowInput, notSignedAfter: Date): Promise<GuardedOutcome<{ clusterId: string }>>;
  addJobFlowSteps(
    input: AddJobFlowStepsInput,
    notSignedAfter: Date,
  ): Promise<GuardedOutcome<{ stepIds: string[] }>>;
  cancelSteps(clusterId: string, stepIds: string[], force: boolean): Promise<CancelStepsInfo[]>;
  terminateCluster(clusterId: string): Promise<void>;
}
