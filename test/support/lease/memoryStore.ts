import type { Clock, ObjectStore, Random, StoredObject, WriteOutcome } from "../../../provider/ports";

/** What the next write meets instead of a plain answer. */
export type WriteFault = "lost" | "answerLost" | "refusedAfterSuccess" | "conflict";

/** S3 in memory, with its requests counted and faults for its next writes. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, { body: string; etag: string; modified: Date }>();
  readonly requests: string[] = [];
  readonly faults: WriteFault[] = [];
  now = new Date("2026-01-01T00:00:00.000Z");
  private writes = 0;

  async get(key: string): Promise<StoredObject> {
    this.requests.push(`GET ${key}`);
    const object = this.objects.get(key);
    if (!object) return { found: false, serverTime: this.now };
    const { body, etag, modified } = object;
    return { found: true, body, etag, lastModified: modified, serverTime: this.now };
  }

  async put(
    key: string,
    body: string,
    condition: { absent: true } | { etag: string },
  ): Promise<WriteOutcome> {
    this.requests.push(`PUT ${key}`);
    const fault = this.faults.shift();
    if (fault === "lost") return { outcome: "unknown", cause: new Error("no answer") };
    if (fault === "conflict") return { outcome: "refused", status: 409 };
    const current = this.objects.get(key);
    const holds = "absent" in condition ? current === undefined : current?.etag === condition.etag;
    if (!holds) return { outcome: "refused", status: current ? 412 : 404 };
    const etag = `"${++this.writes}"`;
    this.objects.set(key, { body, etag, modified: this.now });
    if (fault === "answerLost") return { outcome: "unknown", cause: new Error("no answer") };
    if (fault === "refusedAfterSuccess") return { outcome: "refused", status: 412 };
    return { outcome: "written", etag, serverTime: this.now };
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

/** A clock that moves only when something sleeps. */
export function stillClock(): Clock {
  let time = 0;
  return {
    now: () => new Date(time),
    monotonic: () => time,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** Ids that count up. */
export function countingRandom(): Random {
  let count = 0;
  return { next: () => 0.5, id: (length) => String(++count).padStart(length, "a") };
}
