import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

/** One call that reached the local server. */
export interface Call {
  /** Counts from 1 over the life of the data folder. */
  readonly number: number;
  /** When the answer was ready, ISO 8601, by the server's clock. */
  readonly time: string;
  readonly service: "s3" | "emr";
  /** As IAM and the API reference name it: `PutObject`, `AddJobFlowSteps`. */
  readonly operation: string;
  /** `bucket/key`, a cluster id, or empty. */
  readonly resource: string;
  readonly requestId: string;
  /** Of the answer; also of one that was lost on the way. */
  readonly status: number;
  /** Error code of the answer. */
  readonly code?: string;
  /** The caller never saw the answer: a fault cut the connection. */
  readonly answerLost?: true;
  /** Whatever the service finds worth counting, such as the number of steps in the call. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Which calls to return. */
export interface CallFilter {
  readonly service?: string;
  readonly operation?: string;
  /** Only calls numbered above this. */
  readonly after?: number;
}

/** All calls, one JSON object a line, in a file that outlives the server. */
export class CallLog {
  private readonly descriptor: number;
  private last: number;
  private closed = false;

  constructor(private readonly file: string) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    this.last = parseLines(text).at(-1)?.number ?? 0;
    this.descriptor = openSync(file, "a");
    if (text !== "" && !text.endsWith("\n")) {
      writeSync(this.descriptor, "\n");
    }
  }

  /** Number of the last call, 0 if there was none. */
  get lastNumber(): number {
    return this.last;
  }

  /** Written at once: a killed server has logged every call it answered. Ignored after {@link close}. */
  record(call: Omit<Call, "number">): void {
    if (this.closed) {
      return;
    }
    this.last += 1;
    writeSync(this.descriptor, `${JSON.stringify({ number: this.last, ...call })}\n`);
  }

  read(filter: CallFilter = {}): Call[] {
    return parseLines(readFileSync(this.file, "utf8")).filter(
      (call) =>
        (filter.service === undefined || call.service === filter.service) &&
        (filter.operation === undefined || call.operation === filter.operation) &&
        (filter.after === undefined || call.number > filter.after),
    );
  }

  /** Forgets all calls; numbers go on. */
  clear(): void {
    ftruncateSync(this.descriptor);
  }

  close(): void {
    this.closed = true;
    closeSync(this.descriptor);
  }
}

function parseLines(text: string): Call[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as Call];
    } catch {
      // A server killed in the middle of a write leaves a line without its end.
      return [];
    }
  });
}
