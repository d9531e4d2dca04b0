import { checkPlacementTimeout, type Drive, pauseGrowing, tell } from "./drive";
import { updateEntry } from "./entries";
import { tellJournal } from "./journal";
import { giveUp, launchEntry, reconcileLaunch } from "./launch";
import { hasRoom, hasSlot, takeSlot } from "./ledger";
import { admitEntry } from "./plan";
import { ensurePool } from "./pool";
import type { EntryRecord, JobRecord, Ticket } from "./records";
import { submitOrWait } from "./submitTurn";

/**
 * WANT: brings the ticket into the ledger, the ledger's cluster into being, and the steps onto it. Each look starts
 * from what the records say, so it does not matter which process got how far.
 */
export async function want(drive: Drive, job: JobRecord, now: Date, lastModified: Date): Promise<void> {
  const { pool } = drive;
  const at = job.at!;
  const { record } = await ensurePool(pool);
  if (at.pool !== pool.name || at.poolId !== record.poolId) return giveUp(drive, at);
  const entry = await holdSlot(drive, at);
  if (entry === undefined) return giveUp(drive, at);
  if (!record.entries.includes(at.entry) && !(at.planned && (await admitEntry(drive, at.poolId, at.entry))))
    return giveUp(drive, at);
  checkPlacementTimeout(drive, `its cluster in pool ${pool.name} (entry ${at.entry}) is not ready`);
  if (now.getTime() - lastModified.getTime() > pool.constants.touchEvery)
    await tellJournal(pool, drive.job.key, drive.inc, { type: "touched", r: at.r });
  switch (entry.st) {
    case "PLANNED":
      return launchEntry(drive, at, entry, now);
    case "LAUNCHING":
      return reconcileLaunch(drive, record, at, entry, now);
    default:
      tell(drive, at.planned ? "submitting" : "joining", `Adding the steps to cluster ${entry.cluster}`);
      if ((await submitOrWait(drive, at, entry)) === "wait")
        return pauseGrowing(drive, pool.constants.journalPoll);
  }
}

/** The entry with this ticket's slot in it, or undefined if the place is gone. A slot already there counts as done. */
async function holdSlot(drive: Drive, at: Ticket): Promise<EntryRecord | undefined> {
  const { pool, job } = drive;
  const { record } = await updateEntry(pool, at.poolId, at.entry, (entry, now) => {
    if (!entry || hasSlot(entry, at.r) || !hasRoom(entry, at.weight, job.steps.length, pool.constants))
      return undefined;
    const slot = { r: at.r, k: job.key, inc: drive.inc, n: at.weight };
    return takeSlot(entry, slot, job.steps.length, now);
  });
  if (!record || record.st === "DEAD" || record.st === "DRAINING" || !hasSlot(record, at.r)) return undefined;
  return record;
}
