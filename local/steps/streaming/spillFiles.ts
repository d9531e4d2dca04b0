import { closeSync, createReadStream, existsSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";

/** Bytes kept for a file before they are written. */
const bufferBytes = 64 * 1024;

/** What one map task wrote, in one file for each reduce task. */
export class SpillFiles {
  private readonly files = new Map<number, { descriptor: number; lines: Buffer[]; bytes: number }>();

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {}

  path(partition: number): string {
    return join(this.folder, `${this.name}.${partition}`);
  }

  /** Written in the same turn when the buffer is full: a mapper that is faster than the disk fills no memory. */
  add(partition: number, line: Buffer): void {
    let file = this.files.get(partition);
    if (file === undefined) {
      file = { descriptor: openSync(this.path(partition), "w"), lines: [], bytes: 0 };
      this.files.set(partition, file);
    }
    // Lines are views of a chunk that must not be kept alive by a few bytes.
    file.lines.push(Buffer.from(line));
    file.bytes += line.length;
    if (file.bytes >= bufferBytes) this.flush(file);
  }

  close(): void {
    for (const file of this.files.values()) {
      this.flush(file);
      closeSync(file.descriptor);
    }
    this.files.clear();
  }

  private flush(file: { descriptor: number; lines: Buffer[]; bytes: number }): void {
    if (file.bytes > 0) writeFully(file.descriptor, Buffer.concat(file.lines));
    file.lines = [];
    file.bytes = 0;
  }
}

function writeFully(descriptor: number, data: Buffer): void {
  for (let written = 0; written < data.length; ) written += writeSync(descriptor, data, written);
}

/** The files that exist of `paths`, one after the other. */
export function concatenated(paths: readonly string[]): Readable {
  return Readable.from(
    (async function* () {
      for (const path of paths) if (existsSync(path)) yield* createReadStream(path);
    })(),
    { objectMode: false },
  );
}
