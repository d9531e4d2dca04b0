import type { ClusterSummary, StepConfig } from "@aws-sdk/client-emr";
import { z } from "zod";
import type { LaunchRecord } from "./types";

/**
 * Shapes of the objects in the store. Each is validated before use: other people, older versions and hands write
 * there too. `v` is the schema, `rev` counts writes, `w` is the nonce of the last write (compareAndSet.ts).
 */
const id = z.string().regex(/^[a-z0-9]{1,40}$/);
const jobKeyText = z.string().regex(/^[a-z2-7]{26}$/);
const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
const time = z.iso.datetime();
const count = z.number().int().min(0);

const head = { v: z.literal(1), rev: count, w: z.string().min(1) };

/** A place asked for: the only reason a slot in a ledger counts. `r` is never used again. */
const ticket = z.object({
  pool: name,
  poolId: id,
  entry: id,
  r: id,
  /** Slots the job takes. */
  weight: z.number().int().min(1),
  /** This job planned the entry (so it did not join a cluster, it launched one). */
  planned: z.boolean(),
});

/** `t0`: S3's time before the call; `count`: steps of this job in it. */
const call = z.object({ n: z.string(), t0: time, count: z.number().int().min(1) });

const stepStatus = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  createdAt: time.optional(),
  startedAt: time.optional(),
  endedAt: time.optional(),
  failure: z.string().optional(),
});

const outcome = z.object({
  state: z.enum(["COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED", "NEVER_STARTED", "LOST"]),
  message: z.string().optional(),
  steps: z.array(stepStatus),
  at: time,
});

const poolRecord = z.object({
  ...head,
  poolId: id,
  /** Where its clusters are. Another Region does not know them, which must never be taken for their end. */
  region: z.string().optional(),
  entries: z.array(id).max(2_000),
  /** The number used last, and by whom, so that two stacks with different numbers are told. */
  limit: z.object({ maxClusters: z.number().int().min(1).optional(), who: z.string() }).optional(),
  fence: z.object({ signatureAgeSeconds: z.number().min(0), visibilitySeconds: z.number().min(0) }),
  probedAt: time,
});

const entryRecord = z.object({
  ...head,
  st: z.enum(["PLANNED", "LAUNCHING", "OPEN", "DRAINING", "DEAD"]),
  cluster: z.string().optional(),
  /** Step concurrency of the cluster: its slots. */
  cap: z.number().int().min(1).max(256),
  /** Steps ever placed on it. */
  life: count,
  /** Launch calls begun. */
  att: count,
  call: call.optional(),
  /** `r` ticket, `k` job key, `inc` incarnation, `n` slots taken. */
  slots: z.array(z.object({ r: id, k: jobKeyText, inc: count, n: z.number().int().min(1) })).max(1_000),
  /** No new tickets: it is being drained or its cluster is going away. */
  closed: z.boolean(),
  /** Digest of what it is launched for: only a process with the same request can launch it. Absent when adopted. */
  launch: z.string().optional(),
  plannedAt: time,
  /** When a slot was last taken or freed. */
  activity: time,
  /** Why EMR refused to launch it. */
  failure: z.string().optional(),
});

const jobRecord = z.object({
  ...head,
  key: jobKeyText,
  inc: z.number().int().min(1),
  spec: name,
  /** Number of steps. */
  steps: z.number().int().min(1).max(256),
  ph: z.enum(["NEW", "WANT", "SUBMITTING", "SUBMITTED", "ENDED", "RETIRING", "RETIRED"]),
  /** Calls begun in this incarnation. */
  att: count,
  at: ticket.optional(),
  cluster: z.string().optional(),
  /** The call that may be in flight. */
  call: call.optional(),
  /** EMR refused this job in company; it is sent alone from now on. */
  alone: z.boolean().optional(),
  /** Steps EMR accepted, in order. */
  ids: z.array(z.string()).max(256),
  outcome: outcome.optional(),
  moves: count,
  /** Calls declared dead because the fence had passed: the only ones that could, in theory, have taken effect. */
  fenced: count,
  /** Clusters of those calls. Absent in journals of older versions. */
  fencedOn: z.array(z.string()).optional(),
  /** What the delete asked for. */
  cancel: z.boolean().optional(),
  /** Steps that a delete with `onDelete: "leave"` left running: their tickets still hold their slots. */
  left: z.array(z.object({ at: ticket, cluster: z.string(), ids: z.array(z.string()) })),
  who: z.string(),
  /**
   * Some input is a Pulumi secret: texts about the job may quote it, and none is kept here. Absent in journals that
   * older versions opened.
   */
  hasSecretInputs: z.boolean().optional(),
});

const turnRecord = z.object({
  ...head,
  epoch: count,
  n: z.string(),
  st: z.enum(["HELD", "FREE"]),
  /** Milliseconds. */
  ttl: z.number(),
  /** When it was taken or renewed. */
  at: time,
});

const viewRecord = z.object({
  ...head,
  /** When the listing in `data` was begun, by S3's clock. */
  at: time.optional(),
  data: z.array(z.custom<ClusterSummary>((value) => typeof value === "object" && value !== null)).optional(),
  refreshing: z.object({ n: z.string(), since: time, until: time }).optional(),
});

const launchRecord = z.object({
  ...head,
  record: z.custom<LaunchRecord>((value) => typeof value === "object" && value !== null),
});

const stepsRecord = z.object({
  ...head,
  steps: z
    .array(z.custom<StepConfig>((value) => typeof value === "object" && value !== null))
    .min(1)
    .max(256),
  executionRoleArn: z.string().optional(),
  parallelSteps: z.boolean(),
});

const probeRecord = z.object({ ...head, writer: z.number().optional() });

/** A kind of object: how it is called in messages, and what is allowed in it. */
export interface RecordKind<T> {
  readonly title: string;
  readonly schema: z.ZodType<T>;
}

/** What the writer adds to every body. */
export type Written<T> = T & { readonly v: 1; readonly rev: number; readonly w: string };
type Content<S extends z.ZodType> = Omit<z.infer<S>, "v" | "rev" | "w">;

export type Ticket = z.infer<typeof ticket>;
export type Outcome = z.infer<typeof outcome>;
export type PoolRecord = Content<typeof poolRecord>;
export type EntryRecord = Content<typeof entryRecord>;
export type JobRecord = Content<typeof jobRecord>;
export type TurnRecord = Content<typeof turnRecord>;
export type ViewRecord = Content<typeof viewRecord>;
export type StoredLaunch = Content<typeof launchRecord>;
export type StoredSteps = Content<typeof stepsRecord>;
export type ProbeRecord = Content<typeof probeRecord>;
export type Slot = EntryRecord["slots"][number];

const kind = <T>(title: string, schema: z.ZodType): RecordKind<T> => ({
  title,
  schema: schema as z.ZodType<T>,
});

export const poolKind = kind<PoolRecord>("pool record", poolRecord);
export const entryKind = kind<EntryRecord>("cluster ledger", entryRecord);
export const jobKind = kind<JobRecord>("job journal", jobRecord);
export const turnKind = kind<TurnRecord>("turn", turnRecord);
export const viewKind = kind<ViewRecord>("shared view", viewRecord);
export const launchKind = kind<StoredLaunch>("launch record", launchRecord);
export const stepsKind = kind<StoredSteps>("step definitions", stepsRecord);
export const probeKind = kind<ProbeRecord>("probe", probeRecord);
