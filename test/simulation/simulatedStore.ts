import type { ObjectStore, StoredObject, WriteCondition, WriteOutcome } from "../../provider/ports";
import type { Oracle } from "./oracle";
import { type Fault, type Process, request } from "./world";

interface Stored {
  readonly body: string;
  readonly etag: string;
  readonly modified: number;
}

/** S3 with strong reads and atomic conditional writes, seen by all processes. */
export class SimulatedStore {
  readonly objects = new Map<string, Stored>();
  private writes = 0;

  constructor(private readonly oracle: Oracle) {}

  /** The store as one process sees it. */
  portOf(process: Process): ObjectStore {
    const { world } = process;
    const mutations = world.options.mutations ?? {};
    const reads: Fault[] = ["error503", "crash", "pause", "drop"];
    const writes: Fault[] = [
      "drop",
      "loseAnswer",
      "late",
      "refuse409",
      "refuse412AfterSuccess",
      "error503",
      "crash",
      "pause",
    ];
    const lost = (): WriteOutcome => ({ outcome: "unknown", cause: new Error("no answer") });
    const get = async (key: string): Promise<StoredObject> => {
      for (;;) {
        // The adapter repeats reads until one is answered.
        const answer = await request<StoredObject | undefined>(
          process,
          `GET ${key}`,
          reads,
          () => this.read(key, world.now),
          () => undefined,
        );
        if (answer !== undefined) return answer;
      }
    };
    return {
      get,
      put: async (key, body, condition) => {
        const answer = await request<WriteOutcome>(
          process,
          `PUT ${key}`,
          writes,
          () => this.write(process, key, body, condition, mutations.unconditionalPut === true),
          lost,
          {
            refuse409: () => ({ outcome: "refused", status: 409 }),
            refuse412AfterSuccess: () => ({ outcome: "refused", status: 412 }),
            error503: lost,
          },
        );
        return answer;
      },
      list: async (prefix) => [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
    };
  }

  private read(key: string, now: number): StoredObject {
    // `Date` and `Last-Modified` are coarse in life, too.
    const serverTime = coarse(now);
    const object = this.objects.get(key);
    if (!object) return { found: false, serverTime };
    return {
      found: true,
      body: object.body,
      etag: object.etag,
      lastModified: coarse(object.modified),
      serverTime,
    };
  }

  private write(
    process: Process,
    key: string,
    body: string,
    condition: WriteCondition,
    ignoreCondition: boolean,
  ): WriteOutcome {
    const { now } = process.world;
    const current = this.objects.get(key);
    const ignored = ignoreCondition && !key.includes("/probe/");
    const holds = "absent" in condition ? current === undefined : current?.etag === condition.etag;
    if (!holds && !ignored) return { outcome: "refused", status: current ? 412 : 404 };
    const etag = `"${++this.writes}"`;
    this.objects.set(key, { body, etag, modified: now });
    this.oracle.written(key, current?.body, body, process.name);
    return { outcome: "written", etag, serverTime: coarse(now) };
  }
}

function coarse(time: number): Date {
  return new Date(Math.floor(time / 100) * 100);
}
