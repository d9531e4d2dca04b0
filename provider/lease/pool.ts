import { PooledEmrError } from "../errors";
import type { Clock, Emr, ObjectStore, Random } from "../ports";
import { defaultConstants, type ProtocolConstants } from "./constants";
import { describeEntries, readEntries } from "./entries";
import { keys } from "./keys";
import { probeStore } from "./probe";
import { type Read, RecordStore } from "./recordStore";
import { type PoolRecord, poolKind } from "./records";
import { SharedViews } from "./sharedViews";
import type { JobToPlace, LaunchRecord, PoolEntry } from "./types";

/** What a pool is opened with. */
export interface PoolDependencies {
  readonly store: ObjectStore;
  readonly emr: Emr;
  readonly clock: Clock;
  readonly random: Random;
  /** `pool.name`. */
  readonly poolName: string;
  /** `pool.store`, for messages. */
  readonly storeUri: string;
  /** Region of `emr`. Absent (simulations): the pool's Region is neither kept nor compared. */
  readonly region?: () => Promise<string>;
  /** Default: {@link defaultConstants}. */
  readonly constants?: Partial<ProtocolConstants>;
}

/**
 * One process's hold on a pool. Open it once per process, store and pool: jobs that share it share writes, EMR
 * listings and batches.
 */
export interface Pool {
  readonly store: ObjectStore;
  readonly emr: Emr;
  readonly clock: Clock;
  readonly random: Random;
  readonly name: string;
  /** Known once a placement has read the pool's record. */
  poolId: string | undefined;
  readonly storeUri: string;
  readonly region?: () => Promise<string>;
  readonly constants: ProtocolConstants;
  readonly records: RecordStore;
  readonly views: SharedViews;
  /** Jobs being driven here, whose steps needn't be read from the store. */
  readonly driven: Map<string, JobToPlace>;
  /** Launch records by entry; only a `PooledEmrCluster` changes that of its cluster (`updateLaunch`). */
  readonly launches: Map<string, LaunchRecord | undefined>;
  /** Entries whose turn this process holds or asks for: its other jobs wait here, not in the store. */
  readonly turns: Map<string, Promise<unknown>>;
}

/** Sends nothing: the store is first touched by a read or a placement. */
export function openPool(dependencies: PoolDependencies): Pool {
  const { poolName, constants, ...ports } = dependencies;
  const context = { ...ports, constants: Object.freeze({ ...defaultConstants, ...constants }) };
  const records = new RecordStore(context);
  const driven = new Map<string, JobToPlace>();
  const pool: Pool = {
    ...context,
    name: poolName,
    poolId: undefined,
    records,
    views: new SharedViews({ ...context, records }, () =>
      driven.size > 0 && pool.poolId !== undefined ? keys.clustersView(poolName, pool.poolId) : undefined,
    ),
    driven,
    launches: new Map(),
    turns: new Map(),
  };
  return pool;
}

/**
 * The pool's record as it is; every use of a pool begins here.
 *
 * @throws PooledEmrError POOL_OTHER_REGION: EMR would say of each of its clusters that there is none
 */
export async function readPoolRecord(pool: Pool): Promise<Read<PoolRecord>> {
  const reading = await pool.records.read(poolKind, keys.pool(pool.name));
  const [kept, asked] = [reading.record?.region, await pool.region?.()];
  if (kept !== undefined && asked !== undefined && kept !== asked)
    throw new PooledEmrError("POOL_OTHER_REGION", {
      subject: `Pool ${pool.name} in ${pool.storeUri}`,
      problem: "has its clusters in another Region",
      got: asked,
      allowed: kept,
    });
  return reading;
}

/**
 * The pool's record, created if need be, after a probe of the store.
 *
 * @throws PooledEmrError STORE_IGNORES_CONDITIONS for a store that can't keep a pool, POOL_OTHER_REGION
 */
export async function ensurePool(pool: Pool): Promise<{ record: PoolRecord; now: Date }> {
  const existing = await readPoolRecord(pool);
  if (existing.record) {
    pool.poolId = existing.record.poolId;
    return { record: existing.record, now: existing.serverTime };
  }
  const region = await pool.region?.();
  await probeStore(pool, pool.storeUri);
  const poolId = pool.random.id(10);
  const { record, serverTime } = await pool.records.update(poolKind, keys.pool(pool.name), (current, now) =>
    current === undefined
      ? {
          poolId,
          region,
          entries: [],
          fence: {
            signatureAgeSeconds: pool.constants.signatureAge / 1_000,
            visibilitySeconds: pool.constants.visibility / 1_000,
          },
          probedAt: now.toISOString(),
        }
      : undefined,
  );
  pool.poolId = record!.poolId;
  return { record: record!, now: serverTime };
}

/** What {@link readPool} answers. */
export interface PoolReading {
  readonly pool: PoolRecord;
  readonly entries: PoolEntry[];
  /** S3's time of the reading. */
  readonly now: Date;
}

/** The pool for previews, refreshes and the command line: reads only; undefined if nothing was ever placed in it. */
export async function readPool(pool: Pool): Promise<PoolReading | undefined> {
  const { record, serverTime } = await readPoolRecord(pool);
  if (!record) return undefined;
  const entries = await describeEntries(pool, record.poolId, await readEntries(pool, record));
  return { pool: record, entries, now: serverTime };
}

/**
 * Changes W and V of the pool. Raising is always allowed; lowering one needs `measured`, because a value below what
 * AWS really does makes duplicates possible (decisions.md 23).
 *
 * @throws PooledEmrError FENCE_NOT_MEASURED, INVALID_INPUT
 */
export async function changeFence(
  pool: Pool,
  wanted: { signatureAgeSeconds?: number; visibilitySeconds?: number },
  measured: boolean,
): Promise<PoolRecord["fence"]> {
  for (const [name, value] of Object.entries(wanted))
    if (value !== undefined && !(Number.isFinite(value) && value >= 1 && value <= 86_400))
      throw new PooledEmrError("INVALID_INPUT", {
        subject: name,
        problem: "is not a waiting time",
        got: value,
        allowed: "1 to 86400 seconds",
      });
  await ensurePool(pool);
  const { record } = await pool.records.update(poolKind, keys.pool(pool.name), (current) => {
    if (!current) return undefined;
    const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
    const fence = { ...current.fence, ...Object.fromEntries(given) };
    const lower =
      fence.signatureAgeSeconds < current.fence.signatureAgeSeconds ||
      fence.visibilitySeconds < current.fence.visibilitySeconds;
    if (lower && !measured)
      throw new PooledEmrError("FENCE_NOT_MEASURED", {
        subject: `The fence of pool ${pool.name}`,
        problem: "would be lowered without a measurement",
        got: fence,
        allowed: `at least ${JSON.stringify(current.fence)}`,
      });
    return { ...current, fence };
  });
  return record!.fence;
}
