/**
 * Every waiting time and limit of the protocol, in milliseconds unless the name says otherwise. One frozen object,
 * handed in, so that tests scale it; {@link poolFence} lets a pool's own W and V stand above it (decisions.md 23).
 */
export interface ProtocolConstants {
  /** D: a mutating EMR call is signed at most this long after its record was written. */
  readonly signWithin: number;
  /** W: EMR refuses a signature older than this. AWS documents 15 minutes as the ceiling. */
  readonly signatureAge: number;
  /** V: an accepted call shows in EMR's listings by then. An assumption, see docs/protocol.md. */
  readonly visibility: number;
  /** e: S3's clock against EMR's, and the whole seconds of `Date`. */
  readonly clockError: number;
  /** Length of a turn; a holder silent for this long plus {@link turnGrace} is replaced. Pace only. */
  readonly turnTtl: number;
  readonly turnGrace: number;
  /** Batches one holder submits before it lets the next one have the turn. */
  readonly turnBatches: number;
  /** A waiting driver rewrites its WANT record this often, so that others see it is alive. */
  readonly touchEvery: number;
  /** A WANT record older than this is not submitted by others: its Pulumi run may be dead. */
  readonly freshFor: number;
  /** A WANT record older than this may be moved to NEW by anyone who needs room. */
  readonly abandonedAfter: number;
  /** Bounds of the random wait between looks at the ledger while there is no room. */
  readonly ledgerPoll: readonly [number, number];
  /** Bounds of the random wait between looks at one's own journal while another process submits. */
  readonly journalPoll: readonly [number, number];
  /** Bounds of the growing wait between listings that look for a silent attempt. */
  readonly reconcilePoll: readonly [number, number];
  /** Between looks at a job's steps with `waitFor: "running"` or `"completed"`. */
  readonly stepPoll: number;
  /** An answer to a call by a live process comes before this; only then do others look for its effect. */
  readonly answerWithin: number;
  /** Shared copies of EMR's listings are at most this old. */
  readonly viewAge: number;
  /** EMR gives back one ListSteps of the whole account's quota this often (locking.md 3). */
  readonly listingEvery: number;
  /** Full-jitter back-off of S3 writes: base and cap. */
  readonly writeBackoff: readonly [number, number];
  /** A write that gets no answer, while reads do, is tried for this long. */
  readonly writeFor: number;
  /** Full-jitter back-off after EMR throttled: base and cap. */
  readonly throttleBackoff: readonly [number, number];
  /** A cluster whose launch nobody began after this long is given up by those who wait for it. */
  readonly launchBegunWithin: number;
  /** Steps ever placed on one cluster: EMR lists only the last 1,000, and evidence must not scroll away. */
  readonly stepsPerCluster: number;
  /** Jobs in one AddJobFlowSteps call. */
  readonly jobsPerCall: number;
  /** Times a job that never started is placed anew. */
  readonly moves: number;
}

/** The safe defaults, for AWS. Sources: locking.md 3, 5 and 7.4; decisions.md 10. */
export const defaultConstants: ProtocolConstants = Object.freeze({
  signWithin: 20_000,
  signatureAge: 15 * 60_000,
  visibility: 120_000,
  clockError: 30_000,
  turnTtl: 20_000,
  turnGrace: 5_000,
  turnBatches: 3,
  touchEvery: 20_000,
  freshFor: 60_000,
  abandonedAfter: 180_000,
  ledgerPoll: [2_000, 5_000] as const,
  journalPoll: [1_000, 5_000] as const,
  reconcilePoll: [5_000, 30_000] as const,
  stepPoll: 10_000,
  answerWithin: 35_000,
  viewAge: 10_000,
  listingEvery: 2_000,
  writeBackoff: [30, 1_000] as const,
  writeFor: 120_000,
  throttleBackoff: [1_000, 30_000] as const,
  launchBegunWithin: 60_000,
  stepsPerCluster: 900,
  jobsPerCall: 100,
  moves: 3,
});

/** W and V of a pool, in seconds, as `pool.json` keeps them. */
export interface Fence {
  /** W: 1 to 900 in life; smaller only with scaled constants in tests. */
  readonly signatureAgeSeconds: number;
  /** V. */
  readonly visibilitySeconds: number;
}

/** F = D + W + V + e: after `t0 + F` no call of an attempt begun at `t0` can take effect unseen. Milliseconds. */
export function poolFence(fence: Fence, constants: ProtocolConstants): number {
  return (
    constants.signWithin +
    fence.signatureAgeSeconds * 1_000 +
    fence.visibilitySeconds * 1_000 +
    constants.clockError
  );
}
