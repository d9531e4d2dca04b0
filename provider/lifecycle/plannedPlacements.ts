import { Mutex } from "async-mutex";
import type { LaunchRecord, PoolEntry } from "../lease/types";

/** What one job of this deployment was told it would get. */
export interface Plan {
  /** Name of the resource: all jobs of a process are of one stack. */
  readonly who: string;
  /** Entry of the pool it would join, or the id of the cluster it would launch. */
  readonly entryId: string;
  /** Slots it would take. */
  readonly weight: number;
  /** Set if it would launch `entryId`. */
  readonly launch?: { readonly record: LaunchRecord; readonly slots: number };
}

/**
 * Plans of one process for one pool: the jobs of a preview are checked one after the other, and each is told what
 * is left after those before it. A job whose create has begun is in the ledger instead, and leaves this list.
 */
export class PlannedPlacements {
  private readonly plans = new Map<string, Plan>();
  /** One check at a time plans, so that two never count on the same slot. */
  readonly mutex = new Mutex();

  remember(jobKey: string, plan: Plan): void {
    this.plans.set(jobKey, plan);
  }

  forget(jobKey: string): void {
    this.plans.delete(jobKey);
  }

  /** Names of jobs, by the id of the cluster each would launch. */
  launches(): Map<string, string> {
    return new Map(
      [...this.plans.values()].filter((plan) => plan.launch).map((plan) => [plan.entryId, plan.who]),
    );
  }

  /** Names of the other jobs that were told they get a place, by the id of the entry it is on. */
  takers(jobKey: string): Map<string, string[]> {
    const takers = new Map<string, string[]>();
    for (const [key, { entryId, who }] of this.plans)
      if (key !== jobKey) takers.set(entryId, [...(takers.get(entryId) ?? []), who]);
    return takers;
  }

  /**
   * The pool's entries as they will be once the plans of all jobs but `jobKey` have been carried out.
   *
   * @param freed - claim of the job itself that is given up before it is placed
   */
  applyTo(entries: readonly PoolEntry[], jobKey: string, freed?: string): PoolEntry[] {
    const others = [...this.plans].filter(([key]) => key !== jobKey);
    const planned = others.flatMap(([, plan]) => (plan.launch ? [plannedEntry(plan)] : []));
    return [...entries.map((entry) => withoutClaim(entry, freed)), ...planned].map((entry) => {
      const taken = others
        .filter(([key, plan]) => plan.entryId === entry.entryId && !plan.launch && !holdsSlot(entry, key))
        .reduce((sum, [, plan]) => sum + plan.weight, 0);
      return taken === 0 ? entry : { ...entry, slotsTaken: entry.slotsTaken + taken };
    });
  }
}

function plannedEntry({ entryId, weight, launch }: Plan): PoolEntry {
  return {
    entryId,
    state: "PLANNED",
    launch: launch!.record,
    slots: launch!.slots,
    slotsTaken: weight,
    stepsPlaced: weight,
  };
}

/** With its last slot an entry becomes idle, whatever EMR says of the cluster now. */
function withoutClaim(entry: PoolEntry, freed: string | undefined): PoolEntry {
  if (freed === undefined || !holdsClaim(entry, freed)) return entry;
  const claims = entry.claims!.filter(({ claimId }) => claimId !== freed);
  const slotsTaken = claims.reduce((sum, { weight }) => sum + weight, 0);
  return { ...entry, claims, slotsTaken, lastActivity: undefined };
}

export function holdsClaim(entry: PoolEntry, claim: string): boolean {
  return entry.claims?.some(({ claimId }) => claimId === claim) ?? false;
}

function holdsSlot(entry: PoolEntry, jobKey: string): boolean {
  return entry.claims?.some(({ claimId }) => claimId.startsWith(`${jobKey}.`)) ?? false;
}
