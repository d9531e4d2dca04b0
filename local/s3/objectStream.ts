import { closeSync, read, readSync } from "node:fs";
import { promisify } from "node:util";

const readAt = promisify(read);

const chunkBytes = 256 * 1024;

/**
 * Bytes of an open file. The file is closed at the end, on failure and when the stream is cancelled, so every
 * stream that is made must be read or cancelled.
 */
export function objectStream(
  descriptor: number,
  first: number,
  length: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let position = first;
  let left = length;
  return new ReadableStream(
    {
      async pull(controller) {
        if (left === 0) {
          closeSync(descriptor);
          controller.close();
          return;
        }
        const buffer = Buffer.alloc(Math.min(left, chunkBytes));
        const { bytesRead } = await readAt(descriptor, buffer, 0, buffer.length, position);
        if (bytesRead === 0) {
          closeSync(descriptor);
          throw new Error("the object's file is shorter than its description says");
        }
        position += bytesRead;
        left -= bytesRead;
        controller.enqueue(buffer.subarray(0, bytesRead));
      },
      cancel() {
        closeSync(descriptor);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Small objects, such as a lock's, are read at once: a stream costs more than the read. */
export function objectBody(
  descriptor: number,
  first: number,
  length: number,
): ReadableStream<Uint8Array<ArrayBuffer>> | Buffer<ArrayBuffer> {
  if (length > chunkBytes) {
    return objectStream(descriptor, first, length);
  }
  try {
    const buffer = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const bytesRead = readSync(descriptor, buffer, filled, length - filled, first + filled);
      if (bytesRead === 0) {
        throw new Error("the object's file is shorter than its description says");
      }
      filled += bytesRead;
    }
    return buffer;
  } finally {
    closeSync(descriptor);
  }
}
