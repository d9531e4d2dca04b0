import type { TransformCallback } from "node:stream";
import { Transform, Writable } from "node:stream";

const newline = 0x0a;
const tab = 0x09;

/**
 * Cuts a stream into `key<TAB>value` lines. A line without a tab is a key with an empty value, which Hadoop writes
 * with the tab. The last line gets its end.
 */
export class KeyValueLines extends Transform {
  records = 0;
  private rest: Buffer = Buffer.alloc(0);

  /**
   * @param takeLine gets each line, with its line end, and the length of its key; without it lines are passed on.
   * @param keyFields how many fields, ended by tabs, make up the key.
   */
  constructor(
    private readonly takeLine?: (line: Buffer, keyLength: number) => void,
    private readonly keyFields = 1,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const out: Buffer[] = [];
    let from = 0;
    for (let at = data.indexOf(newline); at >= 0; at = data.indexOf(newline, from)) {
      out.push(this.line(data.subarray(from, at + 1)));
      from = at + 1;
    }
    this.rest = data.subarray(from);
    if (this.takeLine === undefined && out.length > 0) this.push(Buffer.concat(out));
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.rest.length > 0) {
      const line = this.line(Buffer.concat([this.rest, Buffer.from("\n")]));
      if (this.takeLine === undefined) this.push(line);
    }
    done();
  }

  /** `line` with its line end. */
  private line(line: Buffer): Buffer {
    this.records++;
    const at = line.indexOf(tab);
    const whole = at >= 0 ? line : Buffer.concat([line.subarray(0, -1), Buffer.from("\t\n")]);
    this.takeLine?.(whole, this.keyLength(whole));
    return whole;
  }

  private keyLength(line: Buffer): number {
    let at = line.indexOf(tab);
    for (let field = 1; field < this.keyFields; field++) {
      const next = line.indexOf(tab, at + 1);
      if (next < 0) return line.length - 1;
      at = next;
    }
    return at;
  }
}

/**
 * The reduce task that gets a key: Hadoop's HashPartitioner over Text, so that the same keys land in the same
 * `part-…` file as on a cluster.
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  let hash = 1;
  for (const byte of key) hash = (Math.imul(31, hash) + ((byte << 24) >> 24)) | 0;
  return (hash & 0x7fffffff) % partitions;
}

/** An end for streams whose lines were taken on the way. */
export function discard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
