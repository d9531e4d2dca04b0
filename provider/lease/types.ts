import type { RunJobFlowInput, StepConfig } from "@aws-sdk/client-emr";
import type { Refusal, Resubmit } from "../args";

/** What the protocol needs to know of a job. Everything here is decided before the first request is sent. */
export interface JobToPlace {
  /** 26 base32 characters; identifies the job for ever (locking.md 6, "Job key"). */
  readonly key: string;
  /** Hash of steps, execution role, triggers and asset digests: another spec is other work. */
  readonly spec: string;
  /** In the SDK's form, named as the user named them; the protocol appends its token to each name. */
  readonly steps: readonly StepConfig[];
  readonly executionRoleArn?: string;
  /** The steps are independent: above concurrency 1 they go together and weigh their number. */
  readonly parallelSteps: boolean;
  /** The steps hold Pulumi secrets: they are never written to the store, so only this process can submit them. */
  readonly holdsSecrets: boolean;
  /** Some input, of steps or cluster, is a Pulumi secret: what EMR says of the job may quote it. Default: `holdsSecrets`. */
  readonly hasSecretInputs?: boolean;
  /** Organization, project, stack and resource name, for people who read the journal. */
  readonly who: string;
  readonly resubmit: Resubmit;
}

/** Limits of one placement; see `PoolSpec` for ranges and defaults. */
export interface PlacementLimits {
  readonly maxClusters?: number;
  readonly waitMinutes: number;
  readonly timeoutMinutes: number;
  /** Join exactly this cluster. */
  readonly clusterId?: string;
}

/**
 * The request a cluster was launched for, kept in the store; secrets removed (decisions.md 14). Only a
 * `PooledEmrCluster` changes it, when it changes its cluster in place.
 */
export interface LaunchRecord {
  readonly fingerprint: string;
  /** Schema number of the fingerprint. */
  readonly schema: number;
  /** `RunJobFlow` as sent, without name and secrets. */
  readonly request: RunJobFlowInput;
  /** Content digests of bootstrap scripts that could be read at launch, by path. */
  readonly bootstrapDigests: Readonly<Record<string, string>>;
}

/** A cluster of the pool as its ledger entry shows it. */
export interface PoolEntry {
  readonly entryId: string;
  readonly state: "PLANNED" | "LAUNCHING" | "OPEN";
  /** Known from OPEN on. */
  readonly clusterId?: string;
  /** Absent for clusters from outside (adopted), which are judged by described values. */
  readonly launch?: LaunchRecord;
  /** Step concurrency of the cluster = its slots. */
  readonly slots: number;
  readonly slotsTaken: number;
  /** Steps ever placed on it by us. */
  readonly stepsPlaced: number;
  /** When a slot was last taken or freed, by S3's clock. */
  readonly lastActivity?: Date;
  /** It takes no new jobs: being drained, or its cluster is going away. The protocol leaves it out of placements. */
  readonly closed?: boolean;
  /** Who holds its slots. `weight`: slots taken. */
  readonly claims?: readonly { readonly claimId: string; readonly weight: number }[];
}

/** What the matcher makes of the pool's entries for one job. */
export interface Choice {
  /** Entries the job may take, best first. PLANNED and LAUNCHING entries may be among them. */
  readonly ranked: readonly string[];
  /** Nearest miss first. */
  readonly refused: readonly Refusal[];
  /** Entries that fit but for a free slot or their state: worth waiting for. */
  readonly worthWaitingFor: readonly string[];
}

/** Handed in by the lifecycle: the one matcher, over live facts. `now` is S3's time. */
export type Choose = (entries: readonly PoolEntry[], now: Date) => Promise<Choice>;

/** A cluster to launch if nothing can be joined. The protocol adds the name's token and the tags of its own. */
export interface LaunchRequest {
  /** Words in front of the suffix in the cluster's name. */
  readonly name: string;
  readonly record: LaunchRecord;
  /** The complete request, secrets included: never stored. Has keep-alive and an auto-termination policy, no steps. */
  readonly request: RunJobFlowInput;
  readonly slots: number;
}

/** Told to the user while a placement goes on. `message` is a whole line, ready to show. */
export interface Progress {
  readonly kind:
    | "looking"
    | "waiting"
    | "launching"
    | "joining"
    | "submitting"
    | "fenced"
    | "step"
    | "retiring";
  readonly message: string;
}
