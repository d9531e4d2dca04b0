import { keys } from "./keys";
import type { Pool } from "./pool";
import type { Change, Read, Updated } from "./recordStore";
import { type EntryRecord, entryKind, launchKind, type PoolRecord } from "./records";
import type { LaunchRecord, PoolEntry } from "./types";

/** One cluster's ledger. */
export function readEntry(pool: Pool, poolId: string, entryId: string): Promise<Read<EntryRecord>> {
  return pool.records.read(entryKind, keys.entry(pool.name, poolId, entryId));
}

/** Changes one cluster's ledger; `poolName` for a ticket that was taken in another pool of the same store. */
export function updateEntry(
  pool: Pool,
  poolId: string,
  entryId: string,
  change: Change<EntryRecord>,
  poolName: string = pool.name,
): Promise<Updated<EntryRecord>> {
  return pool.records.update(entryKind, keys.entry(poolName, poolId, entryId), change);
}

/** The ledgers of the pool's clusters, by entry id; a ledger deleted by hand is left out. */
export async function readEntries(pool: Pool, record: PoolRecord): Promise<Map<string, EntryRecord>> {
  const found = await Promise.all(
    record.entries.map(
      async (entryId) => [entryId, (await readEntry(pool, record.poolId, entryId)).record] as const,
    ),
  );
  return new Map(found.filter((pair): pair is [string, EntryRecord] => pair[1] !== undefined));
}

/** What an entry was launched for; undefined for adopted clusters. */
export async function readLaunch(
  pool: Pool,
  poolId: string,
  entryId: string,
): Promise<LaunchRecord | undefined> {
  if (pool.launches.has(entryId)) return pool.launches.get(entryId);
  const { record } = await pool.records.read(launchKind, keys.launch(pool.name, poolId, entryId));
  pool.launches.set(entryId, record?.record);
  return record?.record;
}

/** Changes what a cluster counts as launched for: its own resource has changed it in place. */
export async function updateLaunch(
  pool: Pool,
  poolId: string,
  entryId: string,
  change: (launch: LaunchRecord) => LaunchRecord,
): Promise<void> {
  const { record } = await pool.records.update(
    launchKind,
    keys.launch(pool.name, poolId, entryId),
    (current) => current && { ...current, record: change(current.record) },
  );
  pool.launches.set(entryId, record?.record);
}

/** The entries as the matcher and people see them. Those that are gone are left out. */
export async function describeEntries(
  pool: Pool,
  poolId: string,
  entries: ReadonlyMap<string, EntryRecord>,
): Promise<PoolEntry[]> {
  const described = await Promise.all(
    [...entries].map(async ([entryId, entry]): Promise<PoolEntry | undefined> => {
      if (entry.st === "DEAD" || entry.st === "DRAINING") return undefined;
      return {
        entryId,
        state: entry.st,
        clusterId: entry.cluster,
        launch: entry.launch === undefined ? undefined : await readLaunch(pool, poolId, entryId),
        slots: entry.cap,
        slotsTaken: entry.slots.reduce((sum, slot) => sum + slot.n, 0),
        stepsPlaced: entry.life,
        lastActivity: new Date(entry.activity),
        closed: entry.closed,
        claims: entry.slots.map((slot) => ({ claimId: `${slot.k}.${slot.inc}`, weight: slot.n })),
      };
    }),
  );
  return described.filter((entry) => entry !== undefined);
}
