import type { TransformCallback } from "node:stream";
import { Transform } from "node:stream";

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Passes on the lines of one split of a file: of bytes that begin at `start`, those lines that begin after `start`
 * (or at 0) and not after `end`. So each line belongs to exactly one split, whatever byte it was cut at. Line ends
 * become `\n`, and the last line gets one, as Hadoop's reader does.
 */
export class SplitLines extends Transform {
  /** Lines passed on. */
  records = 0;
  private isSkipping: boolean;
  private position: number;
  /** Nothing more of what comes belongs to this split. */
  isComplete = false;
  private endsInNewline = true;
  private holdsReturn = false;

  constructor(
    start: number,
    private readonly splitEnd: number,
  ) {
    super();
    this.position = start;
    this.isSkipping = start > 0;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    if (this.isSkipping) {
      const at = chunk.indexOf(newline);
      from = at < 0 ? chunk.length : at + 1;
      this.isSkipping = at < 0;
      // The line that was cut by `start` reaches beyond `end`: no line begins in between.
      if (at >= 0 && this.position + from > this.splitEnd) this.isComplete = true;
    }
    // The first line end at or after `end` closes the last line that begins at or before it.
    const to = this.isComplete || this.isSkipping ? from : this.cut(chunk, from);
    this.position += chunk.length;
    if (to > from) this.pushLines(chunk.subarray(from, to));
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.holdsReturn) this.endLine();
    if (!this.endsInNewline) this.endLine();
    done();
  }

  /** Where in the chunk this split ends; the chunk's end when it goes on. */
  private cut(chunk: Buffer, from: number): number {
    const earliest = Math.max(from, this.splitEnd - this.position);
    if (earliest >= chunk.length) return chunk.length;
    const at = chunk.indexOf(newline, earliest);
    if (at < 0) return chunk.length;
    this.isComplete = true;
    return at + 1;
  }

  private pushLines(lines: Buffer): void {
    if (!this.holdsReturn && !lines.includes(carriageReturn)) {
      this.count(lines);
      this.push(lines);
      return;
    }
    const text = this.holdsReturn ? Buffer.concat([Buffer.from("\r"), lines]) : lines;
    // The other half of a `\r\n` may be in the next chunk.
    this.holdsReturn = text.at(-1) === carriageReturn;
    const whole = (this.holdsReturn ? text.subarray(0, -1) : text).toString("latin1");
    const converted = Buffer.from(whole.replace(/\r\n?/g, "\n"), "latin1");
    this.count(converted);
    this.push(converted);
  }

  private count(lines: Buffer): void {
    for (let at = lines.indexOf(newline); at >= 0; at = lines.indexOf(newline, at + 1)) this.records++;
    if (lines.length > 0) this.endsInNewline = lines.at(-1) === newline;
  }

  private endLine(): void {
    this.holdsReturn = false;
    this.endsInNewline = true;
    this.records++;
    this.push("\n");
  }
}
