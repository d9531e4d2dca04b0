import { createHash } from "node:crypto";
import { canonicalJson } from "../pool/canonicalJson";
import { type Drive, tell } from "./drive";
import { updateEntry } from "./entries";
import { tellJournal } from "./journal";
import { keys } from "./keys";
import { jobWeight, takeSlot } from "./ledger";
import type { Pool } from "./pool";
import { type EntryRecord, launchKind, type PoolRecord, poolKind } from "./records";
import type { LaunchRequest } from "./types";

/** Says whether two processes would launch the same cluster. The launch record holds no secrets, so neither does this. */
export function launchDigest(launch: LaunchRequest): string {
  return createHash("sha256")
    .update(canonicalJson({ record: launch.record, slots: launch.slots }), "utf8")
    .digest("hex")
    .slice(0, 32);
}

/**
 * No cluster is free and one more is allowed: plans it. Nothing is launched yet. The order of the four writes:
 * 1. the launch record, so that whoever sees the entry can match against it;
 * 2. the ticket in the journal, before any ledger (phases.ts, ticketTaken);
 * 3. the ledger with this job's slot in it, so that no other job can take the place this one pays for;
 * 4. the pool's list: this one write decides, because `maxClusters` is checked in it. Until then the entry is
 *    invisible, and an entry that is never admitted never launches.
 */
export async function planEntry(drive: Drive, record: PoolRecord): Promise<void> {
  const { pool, job } = drive;
  const launch = drive.launch!;
  const entryId = pool.random.id(12);
  const at = {
    pool: pool.name,
    poolId: record.poolId,
    entry: entryId,
    r: pool.random.id(16),
    weight: jobWeight(job, launch.slots),
    planned: true,
  };
  await pool.records.update(launchKind, keys.launch(pool.name, record.poolId, entryId), (current) =>
    current === undefined ? { record: launch.record } : undefined,
  );
  const asked = await tellJournal(pool, job.key, drive.inc, { type: "ticketTaken", at });
  if (!asked.changed) return;
  await updateEntry(pool, record.poolId, entryId, (current, now) => {
    if (current !== undefined) return undefined;
    const slot = { r: at.r, k: job.key, inc: drive.inc, n: at.weight };
    return takeSlot(plannedEntry(launch, now), slot, job.steps.length, now);
  });
  await admitEntry(drive, record.poolId, entryId);
}

/** The ledger of a cluster that is to be launched, with nobody on it yet. */
export function plannedEntry(launch: LaunchRequest, now: Date): EntryRecord {
  return {
    st: "PLANNED",
    cap: launch.slots,
    life: 0,
    att: 0,
    slots: [],
    closed: false,
    launch: launchDigest(launch),
    plannedAt: now.toISOString(),
    activity: now.toISOString(),
  };
}

/** Puts an entry on the pool's list, if there is room for one more cluster. False: not admitted. */
export async function admitEntry(drive: Drive, poolId: string, entryId: string): Promise<boolean> {
  const { maxClusters } = drive.limits;
  let other: PoolRecord["limit"];
  const { record } = await drive.pool.records.update(poolKind, keys.pool(drive.pool.name), (current) => {
    if (!current || current.poolId !== poolId || current.entries.includes(entryId)) return undefined;
    if (maxClusters !== undefined && current.entries.length >= maxClusters) return undefined;
    other = current.limit;
    return { ...current, entries: [...current.entries, entryId], limit: { maxClusters, who: drive.job.who } };
  });
  if (other && other.maxClusters !== maxClusters)
    tell(
      drive,
      "looking",
      `Pool ${drive.pool.name} is used with different maxClusters: ${other.maxClusters ?? "none"} by ${other.who}, ` +
        `${maxClusters ?? "none"} here; each placement obeys its own`,
    );
  return record?.poolId === poolId && record.entries.includes(entryId);
}

/** Adds an adopted cluster's entry under the same rule as a launched one's. */
export async function admitAdopted(
  pool: Pool,
  poolId: string,
  entryId: string,
  maxClusters: number | undefined,
): Promise<boolean> {
  const { record } = await pool.records.update(poolKind, keys.pool(pool.name), (current) => {
    if (!current || current.poolId !== poolId || current.entries.includes(entryId)) return undefined;
    if (maxClusters !== undefined && current.entries.length >= maxClusters) return undefined;
    return { ...current, entries: [...current.entries, entryId] };
  });
  return record?.poolId === poolId && record.entries.includes(entryId);
}
