import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { type ChecksumAlgorithm, newChecksum, type RunningChecksum } from "./checksums";
import { encodeTrailer, type StoredObject } from "./storedObject";

/** Bodies up to this size stay in memory until they are put in place: the objects of a lock are small. */
const inMemoryBytes = 1024 * 1024;

/** Bytes on their way to become an object: hashed while they arrive, put in place by one rename. */
export class StagedBody {
  private readonly md5 = createHash("md5");
  private readonly sha256: ReturnType<typeof createHash> | undefined;
  private readonly running: Map<ChecksumAlgorithm, RunningChecksum>;
  private readonly file: string;
  private chunks: Uint8Array[] = [];
  private handle: FileHandle | undefined;
  private length = 0;
  private placed = false;

  /** @param withSha256 also hash for `x-amz-content-sha256`, in hex. */
  constructor(temporaryFolder: string, algorithms: Iterable<ChecksumAlgorithm>, withSha256 = false) {
    this.file = join(temporaryFolder, randomUUID());
    this.running = new Map([...new Set(algorithms)].map((algorithm) => [algorithm, newChecksum(algorithm)]));
    this.sha256 = withSha256 ? createHash("sha256") : undefined;
  }

  get size(): number {
    return this.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.md5.update(bytes);
    this.sha256?.update(bytes);
    for (const checksum of this.running.values()) {
      checksum.update(bytes);
    }
    this.length += bytes.length;
    if (this.handle === undefined && this.length <= inMemoryBytes) {
      // The bytes may be a view of a buffer that is used again.
      this.chunks.push(Buffer.from(bytes));
      return;
    }
    if (this.handle === undefined) {
      this.handle = await open(this.file, "wx");
      for (const chunk of this.chunks) {
        await this.handle.write(chunk);
      }
      this.chunks = [];
    }
    for (let written = 0; written < bytes.length; ) {
      written += (await this.handle.write(bytes, written)).bytesWritten;
    }
  }

  /** No more bytes. Call once, after the last {@link write}. */
  async finish(): Promise<FinishedBody> {
    await this.handle?.close();
    const checksums: Record<string, string> = {};
    for (const [algorithm, checksum] of this.running) {
      checksums[algorithm] = await checksum.digest();
    }
    return {
      size: this.length,
      md5: this.md5.digest(),
      sha256: this.sha256?.digest("hex"),
      checksums,
      place: (object, target) => this.place(object, target),
      discard: () => this.discard(),
    };
  }

  /** Drops what has arrived, after a failure. */
  async abandon(): Promise<void> {
    await this.handle?.close();
    this.discard();
  }

  /** Synchronous, so that the caller's check of conditions and this write are one step. */
  private place(object: StoredObject, target: string): void {
    const trailer = encodeTrailer(object);
    if (this.handle === undefined) {
      writeFileSync(this.file, Buffer.concat([...this.chunks, trailer]), { flag: "wx" });
    } else {
      appendFileSync(this.file, trailer);
    }
    renameSync(this.file, target);
    this.placed = true;
  }

  private discard(): void {
    this.chunks = [];
    if (!this.placed) {
      rmSync(this.file, { force: true });
    }
  }
}

/** A complete body that is not in place yet. */
export interface FinishedBody {
  readonly size: number;
  readonly md5: Buffer;
  readonly sha256: string | undefined;
  /** Base64 by algorithm. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Makes it the content of the file `target`, synchronously. */
  place(object: StoredObject, target: string): void;
  /** Removes it; harmless after {@link FinishedBody.place}. */
  discard(): void;
}
