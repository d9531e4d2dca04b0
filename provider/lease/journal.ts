import { PooledEmrError } from "../errors";
import { updateEntry } from "./entries";
import { keys } from "./keys";
import { endOf, freeSlot } from "./ledger";
import { applyEvent, type JobEvent } from "./phases";
import type { Pool } from "./pool";
import type { Read, Updated } from "./recordStore";
import { type JobRecord, jobKind, type Outcome, type Ticket } from "./records";

/** The journal of a job; reads only. */
export function readJournal(pool: Pool, key: string): Promise<Read<JobRecord>> {
  return pool.records.read(jobKind, keys.job(key));
}

const ownersToMend: readonly string[] = ["STORE_NEWER_SCHEMA", "STORE_BROKEN_RECORD", "EVIDENCE_LOST"];

/** Whether the error is about one journal only: whoever owns that job meets it too, its neighbours can go on. */
export function isOwnersToMend(error: unknown): error is PooledEmrError {
  return error instanceof PooledEmrError && ownersToMend.includes(error.code);
}

/** The job's record for previews, refreshes and the command line: reads only; undefined if it was never placed. */
export async function readJob(key: string, pool: Pool): Promise<JobRecord | undefined> {
  return (await readJournal(pool, key)).record;
}

/**
 * Tells the journal what happened, for incarnation `inc` only. `changed` is false if the event did not apply any
 * more; `record` is what the journal says now.
 */
export function tellJournal(
  pool: Pool,
  key: string,
  inc: number,
  event: JobEvent | ((now: Date) => JobEvent),
): Promise<Updated<JobRecord>> {
  return pool.records.update(jobKind, keys.job(key), (job, now) =>
    job?.inc === inc ? applyEvent(job, typeof event === "function" ? event(now) : event) : undefined,
  );
}

/**
 * Takes a ticket out of its ledger. Only for tickets that the journal has let go ({@link holdsTicket} is false):
 * the journal is written first, so that a crash in between leaves a slot that anyone can see is free.
 */
export async function freeTicket(pool: Pool, at: Ticket, outcome?: Outcome): Promise<void> {
  await updateEntry(
    pool,
    at.poolId,
    at.entry,
    (entry, now) => (entry ? freeSlot(entry, at.r, endOf(outcome) ?? now) : undefined),
    at.pool,
  );
}
