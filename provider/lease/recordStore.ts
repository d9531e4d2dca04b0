import { Mutex } from "async-mutex";
import type { StoredObject, WriteCondition } from "../ports";
import { type CasContext, compareAndSet } from "./compareAndSet";
import { parseRecord } from "./parseRecord";
import type { RecordKind } from "./records";

/** A record as the store had it, with S3's time of that answer. */
export interface Read<T> {
  readonly record: T | undefined;
  readonly serverTime: Date;
  readonly lastModified?: Date;
}

/**
 * A change of one record: the new content, or undefined to leave it as it is. May be called again with a newer
 * record when another writer was faster, so it decides from what it is given and from nothing else.
 */
export type Change<T> = (current: T | undefined, now: Date) => T | undefined;

/** `changed`: this change is in the store, written by this call. The right to call EMR comes from it alone. */
export interface Updated<T> {
  readonly changed: boolean;
  readonly record: T | undefined;
  readonly serverTime: Date;
}

interface Queued<T> {
  readonly change: Change<T>;
  readonly resolve: (result: Updated<T>) => void;
  readonly reject: (error: unknown) => void;
}

/** Versions older than this, in milliseconds, are read again. */
const recentFor = 2_000;

interface Recent {
  readonly version: Versioned<unknown>;
  readonly at: number;
  /** Written by this process and not looked at since. */
  justWritten: boolean;
}

interface Versioned<T> {
  readonly record: T | undefined;
  readonly rev: number;
  readonly condition: WriteCondition;
  readonly serverTime: Date;
  readonly lastModified?: Date;
}

/**
 * Records of the store, read and changed one at a time. All changes of one key queued in this process while a
 * write of it is under way go out together in the next one, so that a hundred jobs cost a few writes of a ledger.
 */
export class RecordStore {
  private readonly queues = new Map<string, { readonly mutex: Mutex; items: Queued<never>[] }>();
  /**
   * What was last seen of each key. A change may start from it without reading again: if it is out of date, the
   * conditional write is refused and brings the newer one. So it saves requests and decides nothing.
   */
  private readonly recent = new Map<string, Recent>();

  constructor(private readonly context: CasContext) {}

  async read<T>(kind: RecordKind<T>, key: string): Promise<Read<T>> {
    const { record, serverTime, lastModified } = await this.fetch(kind, key);
    return { record, serverTime, lastModified };
  }

  /**
   * As {@link read}, but what this process has just written is not asked for again. Only for a process that goes on
   * with its own record: what is concluded about another object (a slot may be freed because the journal has left its
   * ticket) needs a reading that is newer than that object's, and this may be older.
   */
  async readOwn<T>(kind: RecordKind<T>, key: string): Promise<Read<T>> {
    const known = this.recent.get(key);
    if (!known?.justWritten || !this.isRecent(known)) return this.read(kind, key);
    known.justWritten = false;
    const { record, serverTime, lastModified } = known.version as Versioned<T>;
    return { record, serverTime, lastModified };
  }

  update<T>(kind: RecordKind<T>, key: string, change: Change<NoInfer<T>>): Promise<Updated<T>> {
    const queue = this.queues.get(key) ?? { mutex: new Mutex(), items: [] };
    this.queues.set(key, queue);
    return new Promise<Updated<T>>((resolve, reject) => {
      queue.items.push({ change, resolve, reject } as Queued<T> as unknown as Queued<never>);
      void queue.mutex.runExclusive(async () => {
        const batch = queue.items.splice(0) as unknown as Queued<T>[];
        if (batch.length > 0) await this.commit(kind, key, batch);
        if (queue.items.length === 0 && !queue.mutex.isLocked()) this.queues.delete(key);
      });
    });
  }

  private async commit<T>(kind: RecordKind<T>, key: string, batch: Queued<T>[]): Promise<void> {
    try {
      const known = this.recent.get(key);
      let fresh = !(known && this.isRecent(known));
      let current = fresh ? await this.fetch(kind, key) : (known!.version as Versioned<T>);
      for (;;) {
        const { record, changed } = applyAll(batch, current);
        if (changed.size === 0 && !fresh) {
          // "Nothing to do" is an answer about the present.
          current = await this.fetch(kind, key);
          fresh = true;
          continue;
        }
        if (changed.size === 0) {
          settle(batch, changed, current.record, current.serverTime);
          return;
        }
        const nonce = this.context.random.id(16);
        const body = JSON.stringify({ v: 1, rev: current.rev + 1, w: nonce, ...record });
        const outcome = await compareAndSet(this.context, key, current.condition, body, nonce);
        if (outcome.won) {
          const { etag, serverTime } = outcome;
          const condition = { etag };
          const version = { record, rev: current.rev + 1, condition, serverTime, lastModified: serverTime };
          this.remember(key, version, true);
          settle(batch, changed, record, outcome.serverTime);
          return;
        }
        current = this.versioned(kind, key, outcome.current);
        fresh = true;
      }
    } catch (error) {
      for (const item of batch) item.reject(error);
    }
  }

  private async fetch<T>(kind: RecordKind<T>, key: string): Promise<Versioned<T>> {
    return this.versioned(kind, key, await this.context.store.get(key));
  }

  private isRecent(known: Recent): boolean {
    return this.context.clock.monotonic() - known.at < recentFor;
  }

  private remember(key: string, version: Versioned<unknown>, justWritten: boolean): void {
    if (this.recent.size > 1_000) this.recent.clear();
    this.recent.set(key, { version, at: this.context.clock.monotonic(), justWritten });
  }

  private versioned<T>(kind: RecordKind<T>, key: string, stored: StoredObject): Versioned<T> {
    const version = parseStored(kind, key, stored);
    this.remember(key, version, false);
    return version;
  }
}

function parseStored<T>(kind: RecordKind<T>, key: string, stored: StoredObject): Versioned<T> {
  if (!stored.found)
    return { record: undefined, rev: 0, condition: { absent: true }, serverTime: stored.serverTime };
  const { v: _v, rev, w: _w, ...content } = parseRecord(kind, key, stored.body);
  return {
    record: content as T,
    rev,
    condition: { etag: stored.etag },
    serverTime: stored.serverTime,
    lastModified: stored.lastModified,
  };
}

/** Each change in turn, on the result of the ones before; one that throws fails alone. */
function applyAll<T>(
  batch: Queued<T>[],
  current: Versioned<T>,
): { record: T | undefined; changed: Set<Queued<T>> } {
  let record = current.record;
  const changed = new Set<Queued<T>>();
  for (const item of [...batch]) {
    try {
      const next = item.change(record, current.serverTime);
      if (next === undefined) continue;
      record = next;
      changed.add(item);
    } catch (error) {
      batch.splice(batch.indexOf(item), 1);
      item.reject(error);
    }
  }
  return { record, changed };
}

function settle<T>(
  batch: Queued<T>[],
  changed: Set<Queued<T>>,
  record: T | undefined,
  serverTime: Date,
): void {
  for (const item of batch) item.resolve({ changed: changed.has(item), record, serverTime });
}
