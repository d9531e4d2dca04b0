import type { ProtocolConstants } from "./constants";
import type { EntryRecord, Outcome, Slot } from "./records";

/** Slots a job takes: one, unless its independent steps may run at once on this cluster. (decisions.md 6) */
export function jobWeight(job: { steps: readonly unknown[]; parallelSteps: boolean }, cap: number): number {
  return job.parallelSteps && cap > 1 ? job.steps.length : 1;
}

export function slotsTaken(entry: EntryRecord): number {
  return entry.slots.reduce((sum, slot) => sum + slot.n, 0);
}

/**
 * Steps that follow one another, on a cluster that runs several at once: somebody must stay and add each when the one
 * before has completed. (decisions.md 6)
 */
export function needsWatching(
  job: { steps: readonly unknown[]; parallelSteps: boolean },
  cap: number,
): boolean {
  return cap > 1 && job.steps.length > 1 && !job.parallelSteps;
}

/** Whether a ticket may still be written into the ledger: the cluster takes jobs, has room, and isn't worn out. */
export function hasRoom(
  entry: EntryRecord,
  weight: number,
  steps: number,
  constants: Pick<ProtocolConstants, "stepsPerCluster">,
): boolean {
  return (
    entry.st !== "DEAD" &&
    entry.st !== "DRAINING" &&
    !entry.closed &&
    slotsTaken(entry) + weight <= entry.cap &&
    entry.life + steps <= constants.stepsPerCluster
  );
}

export function hasSlot(entry: EntryRecord | undefined, r: string): boolean {
  return entry?.slots.some((slot) => slot.r === r) ?? false;
}

export function takeSlot(entry: EntryRecord, slot: Slot, steps: number, now: Date): EntryRecord {
  return {
    ...entry,
    slots: [...entry.slots, slot],
    life: entry.life + steps,
    activity: now.toISOString(),
  };
}

/**
 * Removal is by ticket, never by job: the same job may already hold another slot here.
 *
 * @param since - when the slot was needed last: EMR counts a cluster's idle time from the end of its last step, and
 * the slot may be freed much later, by whoever passes
 */
export function freeSlot(entry: EntryRecord, r: string, since: Date): EntryRecord | undefined {
  if (!hasSlot(entry, r)) return undefined;
  const activity = since.getTime() > Date.parse(entry.activity) ? since.toISOString() : entry.activity;
  return { ...entry, slots: entry.slots.filter((slot) => slot.r !== r), activity };
}

/** When the last of the steps ended; undefined if EMR did not tell. */
export function endOf(outcome: Outcome | undefined): Date | undefined {
  const ends = (outcome?.steps ?? []).flatMap(({ endedAt }) => (endedAt ? [Date.parse(endedAt)] : []));
  return ends.length > 0 ? new Date(Math.max(...ends)) : undefined;
}
