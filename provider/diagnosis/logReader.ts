/** A log object as a listing shows it. */
export interface LogObject {
  /** `s3://bucket/key`. */
  readonly uri: string;
  /** Stored (compressed) size in bytes. */
  readonly size: number;
  readonly lastModified?: Date;
}

/** The end of a log. */
export interface LogTail {
  readonly text: string;
  /** Number of the first line of `text` in the whole log, from 1; absent when only the end was read. */
  readonly firstLine?: number;
}

/** Reads logs where they are. Implementations throw what their store throws; the diagnosis bears it. */
export interface LogReader {
  /** At most `limit` objects below a folder, in key order. */
  list(folderUri: string, limit: number): Promise<LogObject[]>;
  /**
   * The last `bytes` of a log, gunzipped when its name ends in `.gz`. Whole lines only: a first line that was cut
   * is left out, so that half a secret can't slip through the redaction.
   */
  tail(object: LogObject, bytes: number): Promise<LogTail>;
}

/** What one diagnosis may read. */
export const readingLimits = {
  /** Objects opened. */
  objects: 20,
  /** Stored bytes of all of them. */
  bytes: 2 * 1024 * 1024,
  /** Bytes of text kept from one log. */
  tail: 64 * 1024,
  /** Objects listed in one folder. */
  listed: 1000,
} as const;

/** A log that was read. */
export interface ReadLog extends LogTail {
  readonly object: LogObject;
}

/**
 * A {@link LogReader} that keeps {@link readingLimits} and never throws: what could not be read is remembered in
 * `problems`, because a job must not fail for want of logs.
 */
export class BoundedReader {
  readonly problems: string[] = [];
  #objects = 0;
  #bytes = 0;
  readonly #seen = new Set<string>();

  constructor(private readonly logs: LogReader) {}

  async list(folderUri: string): Promise<LogObject[]> {
    try {
      return await this.logs.list(folderUri, readingLimits.listed);
    } catch (error) {
      this.#problem(folderUri, error);
      return [];
    }
  }

  /** `undefined` when the log is empty, was read before, can't be read, or no more may be read. */
  async read(object: LogObject): Promise<ReadLog | undefined> {
    if (object.size === 0 || this.#seen.has(object.uri) || this.#objects >= readingLimits.objects)
      return undefined;
    const transfer = object.uri.endsWith(".gz") ? object.size : Math.min(object.size, readingLimits.tail);
    this.#seen.add(object.uri);
    if (this.#bytes + transfer > readingLimits.bytes) {
      this.problems.push(`${object.uri} was too large to read (${object.size} bytes)`);
      return undefined;
    }
    this.#objects += 1;
    this.#bytes += transfer;
    try {
      return { ...(await this.logs.tail(object, readingLimits.tail)), object };
    } catch (error) {
      this.#problem(object.uri, error);
      return undefined;
    }
  }

  #problem(uri: string, error: unknown): void {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    this.problems.push(`${uri}: ${name === "Error" ? message : name}`);
  }
}
