import type { Drive } from "./drive";
import { freeTicket, readJournal, tellJournal } from "./journal";

/** Milliseconds. An interrupted process is killed a few seconds after it was asked to end. */
const longest = 3_000;

/**
 * A run that fails lets go of its place. While the journal holds a ticket, whoever submits for that cluster takes the
 * job along, and after a `create` that failed Pulumi would know nothing of it. A call that is in flight stays in the
 * journal: only EMR's listing can tell what became of it.
 *
 * As far as it can in a few seconds, and silently: the caller has an error to report.
 */
export async function letGo(drive: Drive): Promise<void> {
  const done = new AbortController();
  const limit = drive.pool.clock.sleep(longest, done.signal).catch(() => {});
  await Promise.race([giveTicketUp(drive).catch(() => {}), limit]);
  done.abort();
}

async function giveTicketUp({ pool, job, inc }: Drive): Promise<void> {
  const { record } = await readJournal(pool, job.key);
  if (record?.inc !== inc || record.ph !== "WANT") return;
  const at = record.at!;
  const { changed } = await tellJournal(pool, job.key, inc, { type: "ticketGivenUp", r: at.r });
  if (changed) await freeTicket(pool, at);
}
