import type { JobRecord, Outcome, Ticket } from "./records";

/** What a job's journal is opened with. */
export type JobOpening = Pick<JobRecord, "spec" | "steps" | "who" | "hasSecretInputs">;

/** Everything that can happen to a job. Each event names what it is about, so that one that comes late is refused. */
export type JobEvent =
  /** A place was asked for. Written here before the ledger: that order makes "this ticket is dead" a stable fact. */
  | { readonly type: "ticketTaken"; readonly at: Ticket }
  | { readonly type: "ticketGivenUp"; readonly r: string }
  /** The driver is alive. */
  | { readonly type: "touched"; readonly r: string }
  /** Winning this write is the right to call EMR, once, with the new `att` in the steps' names. */
  | {
      readonly type: "callBegun";
      readonly r: string;
      readonly n: string;
      readonly t0: string;
      readonly cluster: string;
      /** Steps accepted before, as its sender knows: from an old picture a step could be sent too early. */
      readonly from: number;
      readonly count: number;
    }
  | { readonly type: "callAccepted"; readonly att: number; readonly ids: readonly string[] }
  /** No step of this call exists or will exist: refused, throttled, never sent, or the fence has passed. */
  | {
      readonly type: "callVoid";
      readonly att: number;
      readonly keepTicket: boolean;
      readonly alone?: boolean;
      readonly fenced?: boolean;
    }
  /** EMR will never take these steps. */
  | { readonly type: "callRejected"; readonly att: number; readonly outcome: Outcome }
  | { readonly type: "ended"; readonly ids: readonly string[]; readonly outcome: Outcome }
  /** Never started: placed anew in the same incarnation. */
  | { readonly type: "moved" }
  | { readonly type: "deleteAsked"; readonly cancel: boolean }
  | { readonly type: "retired"; readonly ids: readonly string[] }
  /** `onDelete: "leave"`: the steps run on and keep their slots. */
  | { readonly type: "left"; readonly ids: readonly string[] }
  | { readonly type: "leftEnded"; readonly r: string }
  /** A new incarnation: after a delete, or to run again what failed. */
  | ({ readonly type: "reopened" } & JobOpening);

export type Phase = JobRecord["ph"];
type EventType = JobEvent["type"];
type Transition<T extends EventType> = (
  job: JobRecord,
  event: Extract<JobEvent, { type: T }>,
) => JobRecord | undefined;

const withoutTicket = { at: undefined, cluster: undefined, call: undefined } as const;

const dropTicket: Transition<"ticketGivenUp"> = (job, { r }) =>
  job.at?.r === r ? { ...job, ...withoutTicket, ph: "NEW" } : undefined;

const beginCall: Transition<"callBegun"> = (job, { r, n, t0, cluster, from, count }) =>
  job.at?.r === r && job.ids.length === from && from < job.steps
    ? { ...job, ph: "SUBMITTING", att: job.att + 1, call: { n, t0, count }, cluster }
    : undefined;

const isCurrent = (job: JobRecord, att: number) => job.call !== undefined && job.att === att;

/** A call that the fence says will never take effect, and where to look whether it did all the same. */
const declaredDead = ({ fenced, fencedOn = [], cluster }: JobRecord) => ({
  fenced: fenced + 1,
  fencedOn: [...new Set([...fencedOn, cluster!])],
});

const accept =
  (ph: Phase): Transition<"callAccepted"> =>
  (job, { att, ids }) =>
    isCurrent(job, att) ? { ...job, ph, call: undefined, ids: [...job.ids, ...ids] } : undefined;

const leftEnded: Transition<"leftEnded"> = (job, { r }) =>
  job.left.some((item) => item.at.r === r)
    ? { ...job, left: job.left.filter((item) => item.at.r !== r) }
    : undefined;

/** A deleted job gives up ticket and steps; what it recorded stays for people who read the journal. */
const retireNow: Transition<"deleteAsked"> = (job) => ({ ...job, ph: "RETIRED", call: undefined });

const startRetiring: Transition<"deleteAsked"> = (job, { cancel }) => ({ ...job, ph: "RETIRING", cancel });

const reopen: Transition<"reopened"> = (job, { type: _, ...opening }) => ({
  ...opening,
  key: job.key,
  inc: job.inc + 1,
  ph: "NEW",
  att: 0,
  ids: [],
  moves: 0,
  fenced: 0,
  left: job.left,
});

const sameIds = (job: JobRecord, ids: readonly string[]) => JSON.stringify(job.ids) === JSON.stringify(ids);

/**
 * The one table of what may happen when. An event that is not listed for a phase changes nothing: its sender has
 * an old picture, reads the record again and acts on what it says now.
 */
export const transitions: { readonly [P in Phase]: { readonly [T in EventType]?: Transition<T> } } = {
  NEW: {
    ticketTaken: (job, { at }) => ({ ...job, ph: "WANT", at }),
    deleteAsked: retireNow,
    leftEnded,
  },
  WANT: {
    ticketGivenUp: dropTicket,
    touched: (job, { r }) => (job.at?.r === r ? { ...job } : undefined),
    callBegun: beginCall,
    deleteAsked: retireNow,
    leftEnded,
  },
  SUBMITTING: {
    callAccepted: accept("SUBMITTED"),
    // Steps accepted by earlier calls bind the job to its cluster; without any, it may go anywhere.
    callVoid: (before, { att, keepTicket, alone, fenced }) => {
      if (!isCurrent(before, att)) return undefined;
      const job = { ...before, alone: alone ?? before.alone, ...(fenced && declaredDead(before)) };
      if (job.ids.length > 0) return { ...job, ph: "SUBMITTED", call: undefined };
      if (keepTicket) return { ...job, ph: "WANT", call: undefined, cluster: undefined };
      return { ...job, ...withoutTicket, ph: "NEW" };
    },
    callRejected: (job, { att, outcome }) =>
      isCurrent(job, att) ? { ...job, ph: "ENDED", call: undefined, outcome } : undefined,
    deleteAsked: startRetiring,
    leftEnded,
  },
  SUBMITTED: {
    callBegun: beginCall,
    ended: (job, { ids, outcome }) => (sameIds(job, ids) ? { ...job, ph: "ENDED", outcome } : undefined),
    deleteAsked: startRetiring,
    leftEnded,
  },
  ENDED: {
    moved: (job) =>
      job.outcome?.state === "NEVER_STARTED"
        ? { ...job, ...withoutTicket, ph: "NEW", ids: [], outcome: undefined, moves: job.moves + 1 }
        : undefined,
    deleteAsked: retireNow,
    reopened: reopen,
    leftEnded,
  },
  RETIRING: {
    // The call that was in flight when the delete came still has to be accounted for.
    callAccepted: accept("RETIRING"),
    callVoid: (job, { att }) => (isCurrent(job, att) ? { ...job, call: undefined } : undefined),
    callRejected: (job, { att }) => (isCurrent(job, att) ? { ...job, call: undefined } : undefined),
    retired: (job, { ids }) =>
      job.call === undefined && sameIds(job, ids) ? { ...job, ph: "RETIRED" } : undefined,
    left: (job, { ids }) =>
      job.call === undefined && sameIds(job, ids) && job.at !== undefined && job.cluster !== undefined
        ? { ...job, ph: "RETIRED", left: [...job.left, { at: job.at, cluster: job.cluster, ids: job.ids }] }
        : undefined,
    leftEnded,
  },
  RETIRED: { reopened: reopen, leftEnded },
};

/** The record after the event, or undefined if the event does not apply to it. */
export function applyEvent(job: JobRecord, event: JobEvent): JobRecord | undefined {
  const transition = transitions[job.ph][event.type] as Transition<EventType> | undefined;
  return transition?.(job, event as never);
}

/** The first record of a job. */
export function newJob(key: string, opening: JobOpening): JobRecord {
  return { ...opening, key, inc: 1, ph: "NEW", att: 0, ids: [], moves: 0, fenced: 0, left: [] };
}

/**
 * Whether ticket `r` still has a right to its slot. Once false it stays false, because tickets are never used
 * again, so anybody who reads it may free the slot, in every state of the entry.
 */
export function holdsTicket(job: JobRecord | undefined, r: string): boolean {
  if (job === undefined) return false;
  if (job.left.some((item) => item.at.r === r)) return true;
  return job.at?.r === r && job.ph !== "ENDED" && job.ph !== "RETIRED";
}
