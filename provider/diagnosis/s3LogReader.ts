import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { S3Client } from "@aws-sdk/client-s3";
import { splitUri } from "./logPaths";
import type { LogObject, LogReader, LogTail } from "./logReader";

/** Text a compressed log may unfold to before reading it is given up: gzip packs up to 1000 to 1. */
const largestLog = 512 * 1024 * 1024;

/** Logs in S3. The SDK is loaded with the first call: most deployments never diagnose anything. */
export function s3LogReader(client: () => Promise<S3Client>): LogReader {
  return {
    async list(folderUri, limit) {
      const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
      const { bucket, key } = splitUri(folderUri);
      const s3 = await client();
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: Math.min(limit, 1000) }),
      );
      return (page.Contents ?? []).map(
        (object): LogObject => ({
          uri: `s3://${bucket}/${object.Key}`,
          size: object.Size ?? 0,
          lastModified: object.LastModified,
        }),
      );
    },
    async tail(object, bytes) {
      const { GetObjectCommand } = await import("@aws-sdk/client-s3");
      const { bucket, key } = splitUri(object.uri);
      const zipped = key.endsWith(".gz");
      const range = !zipped && object.size > bytes ? `bytes=-${bytes}` : undefined;
      const s3 = await client();
      const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
      const end = await endOf(answer.Body as Readable, zipped, bytes);
      return wholeLines(end, range === undefined);
    },
  };
}

interface StreamEnd {
  readonly bytes: Buffer;
  /** Line breaks before `bytes`. */
  readonly linesBefore: number;
  readonly cut: boolean;
}

/** The last `keep` bytes of a stream, in memory of a few times `keep`, however long it is. */
async function endOf(body: Readable, zipped: boolean, keep: number): Promise<StreamEnd> {
  let kept: Buffer = Buffer.alloc(0);
  let linesBefore = 0;
  let total = 0;
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      total += chunk.length;
      if (total > largestLog) throw new Error(`the log is longer than ${largestLog} bytes`);
      kept = Buffer.concat([kept, chunk]);
      if (kept.length <= keep * 2) continue;
      linesBefore += lineBreaks(kept.subarray(0, kept.length - keep));
      kept = kept.subarray(kept.length - keep);
    }
  };
  if (zipped) await pipeline(body, createGunzip(), collect);
  else await pipeline(body, collect);
  const excess = Math.max(0, kept.length - keep);
  linesBefore += lineBreaks(kept.subarray(0, excess));
  return { bytes: kept.subarray(excess), linesBefore, cut: total > keep };
}

function wholeLines(end: StreamEnd, readWhole: boolean): LogTail {
  const firstBreak = end.bytes.indexOf(0x0a);
  const cut = end.cut || !readWhole;
  const start = firstBreak < 0 ? end.bytes.length : firstBreak + 1;
  const text = end.bytes.subarray(cut ? start : 0).toString("utf8");
  if (!readWhole) return { text };
  return { text, firstLine: end.linesBefore + (cut && firstBreak >= 0 ? 1 : 0) + 1 };
}

function lineBreaks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
