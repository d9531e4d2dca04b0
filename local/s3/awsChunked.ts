import { S3Error } from "./errors";

const incomplete = (what: string) =>
  new S3Error(400, "IncompleteBody", `The request body is not well-formed aws-chunked: ${what}`);

/** A chunk's header line and a trailer line are short; whatever is longer is no such line. */
const longestLine = 16 * 1024;

/**
 * Takes `aws-chunked` apart: chunks of `size[;chunk-signature=…]`, then trailers such as the body's checksum.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 *
 * @param trailers filled, names in lower case, once the whole body has been read.
 * @throws S3Error IncompleteBody if the framing is broken or ends early.
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(body);
  for (;;) {
    const line = await reader.line();
    if (line === undefined) {
      throw incomplete("it ends before the last chunk");
    }
    const size = /^([0-9a-fA-F]{1,8})(;|$)/.exec(line);
    if (size === null) {
      throw incomplete("a chunk has no size");
    }
    let left = Number.parseInt(size[1]!, 16);
    if (left === 0) {
      break;
    }
    while (left > 0) {
      const bytes = await reader.some(left);
      if (bytes === undefined) {
        throw incomplete("it ends inside a chunk");
      }
      left -= bytes.length;
      yield bytes;
    }
    if ((await reader.line()) !== "") {
      throw incomplete("a chunk is longer than its size");
    }
  }
  for (let line = await reader.line(); line !== undefined && line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    if (colon > 0) {
      trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
  }
}

class ByteReader {
  private readonly source: AsyncIterator<Uint8Array>;
  private buffer: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Uint8Array>) {
    this.source = body[Symbol.asyncIterator]();
  }

  /** Up to `most` bytes, at least one; undefined at the end. */
  async some(most: number): Promise<Uint8Array | undefined> {
    if (this.buffer.length === 0 && !(await this.more())) {
      return undefined;
    }
    const bytes = this.buffer.subarray(0, most);
    this.buffer = this.buffer.subarray(bytes.length);
    return bytes;
  }

  /** A line without its CRLF; undefined at the end. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.buffer.indexOf("\r\n");
      if (end >= 0) {
        const line = this.buffer.toString("latin1", 0, end);
        this.buffer = this.buffer.subarray(end + 2);
        return line;
      }
      if (this.buffer.length > longestLine) {
        throw incomplete("a line is too long");
      }
      if (!(await this.more())) {
        const rest = this.buffer.toString("latin1");
        this.buffer = Buffer.alloc(0);
        return rest === "" ? undefined : rest;
      }
    }
  }

  private async more(): Promise<boolean> {
    const next = await this.source.next();
    if (next.done) {
      return false;
    }
    this.buffer = Buffer.concat([this.buffer, next.value]);
    return true;
  }
}
