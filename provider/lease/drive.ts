import { PooledEmrError } from "../errors";
import { jitter } from "./compareAndSet";
import type { Pool } from "./pool";
import { isThrottled } from "./refusals";
import type { Choose, JobToPlace, LaunchRequest, PlacementLimits, Progress } from "./types";

/** How {@link driveJob} reports and when it stops. */
export interface DriveOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Stops between two requests and lets go of a place that no call was made for; the next run goes on from the journal. */
  readonly signal?: AbortSignal;
  /** When to return. Jobs whose steps must follow one another on a cluster with concurrency above 1 need `"completed"`. */
  readonly until: "submitted" | "running" | "completed";
  /** Milliseconds to wait at most for `"running"` or `"completed"`, counted from the submission. Default: none. */
  readonly completionTimeoutMilliseconds?: number;
  /** Drive this claim only (an update): a deleted or replaced claim is an error, and nothing is re-opened. */
  readonly claimId?: string;
}

/** What one run of {@link driveJob} remembers between looks at the journal. Losing it loses nothing but time. */
export interface Drive {
  readonly pool: Pool;
  readonly job: JobToPlace;
  readonly limits: PlacementLimits;
  readonly choose: Choose;
  readonly launch: LaunchRequest | undefined;
  readonly options: DriveOptions;
  readonly inc: number;
  readonly startedAt: number;
  /** Entries that turned this job away, and until when (monotonic) they are left alone. */
  readonly avoided: Map<string, number>;
  /** Another process took the place this one wanted: choose at random, so that they part. */
  lostRace: boolean;
  throttles: number;
  reconciles: number;
  notSent: number;
  audited: boolean;
  watchedSince: number | undefined;
  /** Looks in a row that found somebody else submitting: the first come sooner. */
  waits: number;
  /** What was reported last, since when nothing else, and when. */
  last:
    | { readonly what: string; readonly message: string; readonly since: number; readonly at: number }
    | undefined;
}

/** A run at its beginning. */
export function newDrive(
  start: Pick<Drive, "pool" | "job" | "limits" | "choose" | "launch" | "options" | "inc">,
): Drive {
  return {
    ...start,
    startedAt: start.pool.clock.monotonic(),
    avoided: new Map(),
    lostRace: false,
    throttles: 0,
    reconciles: 0,
    notSent: 0,
    audited: false,
    watchedSince: undefined,
    waits: 0,
    last: undefined,
  };
}

/**
 * Reports progress. A line that differs from the last one in its times only is said again after a while that grows
 * with the wait: a row that is redrawn still moves, and a log of CI is not a line every few seconds for hours.
 */
export function tell(drive: Drive, kind: Progress["kind"], message: string): void {
  const now = drive.pool.clock.monotonic();
  const what = message.replace(/\d+:\d\d/g, "");
  const { last } = drive;
  const isNews = last?.what !== what;
  const since = isNews ? now : last.since;
  if (!isNews && (message === last.message || now - last.at < (now - since) / 20)) return;
  drive.last = { what, message, since, at: now };
  drive.options.onProgress?.({ kind, message });
}

/** Waits a random time between the bounds. */
export function pause(drive: Drive, [from, to]: readonly [number, number]): Promise<void> {
  const { clock, random } = drive.pool;
  return clock.sleep(from + random.next() * (to - from), drive.options.signal);
}

/** Waits after EMR throttled a call or a read of this run: longer each time. */
export function backOff(drive: Drive): Promise<void> {
  const { clock, constants, random } = drive.pool;
  return clock.sleep(jitter(constants.throttleBackoff, drive.throttles++, random), drive.options.signal);
}

/**
 * A read that EMR throttled for longer than its client is patient makes a run wait, not fail; any other error is
 * thrown.
 */
export async function waitOutThrottling(drive: Drive, error: unknown, isPlacing = true): Promise<void> {
  if (!isThrottled(error)) throw error;
  if (isPlacing) checkPlacementTimeout(drive, "EMR throttles the account's calls");
  await backOff(drive);
}

/** As {@link pause}, shorter at first: whoever submits for others is usually done within a second. */
export function pauseGrowing(drive: Drive, [from, to]: readonly [number, number]): Promise<void> {
  const share = Math.min(1, ++drive.waits / 5);
  return pause(drive, [from * share, to * share]);
}

/** Leaves an entry alone for a while, and parts from those who wanted it too. */
export function avoid(drive: Drive, entryId: string): void {
  drive.avoided.set(entryId, drive.pool.clock.monotonic() + drive.pool.constants.launchBegunWithin);
  drive.lostRace = true;
}

export function isAvoided(drive: Drive, entryId: string): boolean {
  return (drive.avoided.get(entryId) ?? 0) > drive.pool.clock.monotonic();
}

/** Milliseconds this run has been looking for a place. */
export function searched(drive: Drive): number {
  return drive.pool.clock.monotonic() - drive.startedAt;
}

/** @throws PooledEmrError POOL_TIMEOUT, saying what stood in the way. */
export function checkPlacementTimeout(drive: Drive, inTheWay: string): void {
  if (searched(drive) < drive.limits.timeoutMinutes * 60_000) return;
  throw new PooledEmrError("POOL_TIMEOUT", {
    subject: `Job ${drive.job.who} in pool ${drive.pool.name}`,
    problem: `found no place within ${drive.limits.timeoutMinutes} minutes: ${inTheWay}`,
  });
}
