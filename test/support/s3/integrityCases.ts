import { createHash } from "node:crypto";
import { request } from "node:http";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type CaseContext, type ConformanceCase, text } from "./conformanceCase";
import { etag, outcomeOf } from "./s3TestClient";

const smallestPart = 5 * 1024 * 1024;

/** A signed PUT of which only the first bytes are sent before the connection is cut. */
async function putHalf({ client, Bucket }: CaseContext, Key: string): Promise<void> {
  const body = Buffer.alloc(200_000, "x");
  client.middlewareStack.add(
    () => async (args) => {
      const { hostname, port, path, method, headers } = args.request as HttpRequestParts;
      const half = request({ hostname, port, path, method, headers });
      half.on("response", (response) => response.on("error", () => {}).resume());
      const cut = new Promise((_, reject) => half.once("error", reject));
      half.write(body.subarray(0, 100_000), () => half.destroy(new Error("cut")));
      await cut;
      throw new Error("the request was not cut");
    },
    { step: "finalizeRequest", name: "half", priority: "low" },
  );
  await expect(client.send(new PutObjectCommand({ Bucket, Key, Body: body }))).rejects.toThrow("cut");
  client.middlewareStack.remove("half");
}

interface HttpRequestParts {
  hostname: string;
  port: number;
  path: string;
  method: string;
  headers: Record<string, string>;
}

/** An upload with these parts, and its completion with any list of them. */
async function uploadOf({ client, Bucket }: CaseContext, bodies: readonly (string | Buffer)[]) {
  const Key = "refused";
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const upload = { Bucket, Key, UploadId };
  const parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    parts.push({ PartNumber, ETag });
  }
  const complete = (Parts: typeof parts) =>
    outcomeOf(client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })));
  return { upload, parts, complete };
}

/** Checksums, multipart uploads, and what is refused before anything happens. */
export const integrityCases: readonly ConformanceCase[] = [
  {
    name: "checksums in a header are verified and kept",
    async run({ client, Bucket }) {
      for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
        const Key = ChecksumAlgorithm;
        const put = await client.send(
          new PutObjectCommand({ Bucket, Key, Body: "summed", ChecksumAlgorithm }),
        );
        const field = `Checksum${ChecksumAlgorithm}` as const;
        expect([Key, put[field]]).toEqual([Key, expect.stringMatching(/=$/)]);
        const get = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
        expect([get[field], await text(get)]).toEqual([put[field], "summed"]);
      }
    },
  },
  {
    name: "a wrong checksum is refused, and nothing is written",
    async run({ client, Bucket }) {
      const wrong = [
        { ChecksumCRC32: "AAAAAA==" },
        { ChecksumSHA256: createHash("sha256").update("other").digest("base64") },
        { ContentMD5: createHash("md5").update("other").digest("base64") },
      ];
      for (const checksum of wrong) {
        const command = new PutObjectCommand({ Bucket, Key: "wrong", Body: "summed", ...checksum });
        expect(await outcomeOf(client.send(command))).toEqual({ status: 400, code: "BadDigest" });
      }
      expect(await outcomeOf(client.send(new HeadObjectCommand({ Bucket, Key: "wrong" })))).toMatchObject({
        status: 404,
      });
    },
  },
  {
    name: "a body of chunks with a checksum in its trailer, as the SDK streams",
    async run({ client, Bucket }) {
      const chunks = Array.from({ length: 20 }, (_, index) => Buffer.alloc(9_973, String(index)));
      const whole = Buffer.concat(chunks);
      const ContentLength = whole.length;
      const Body = Readable.from(chunks);
      const put = await client.send(
        new PutObjectCommand({ Bucket, Key: "stream", Body, ContentLength, ContentEncoding: "gzip" }),
      );
      expect(put.ETag).toBe(etag(whole));
      const get = await client.send(new GetObjectCommand({ Bucket, Key: "stream", ChecksumMode: "ENABLED" }));
      expect(Buffer.compare(await get.Body!.transformToByteArray(), whole)).toBe(0);
      expect(get.ContentEncoding).toBe("gzip");
      expect(get.ChecksumCRC32).toBe(put.ChecksumCRC32);
    },
  },
  {
    name: "a body that is cut off in the middle leaves the object as it was",
    async run(context) {
      const { client, Bucket } = context;
      await client.send(new PutObjectCommand({ Bucket, Key: "cut", Body: "whole" }));
      await putHalf(context, "cut");
      expect(await text(await client.send(new GetObjectCommand({ Bucket, Key: "cut" })))).toBe("whole");
    },
  },
  {
    name: "a multipart upload: parts, one sent again, one copied, listed, completed",
    async run({ client, Bucket }) {
      const Key = "multi/part";
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "text/csv", Metadata: { of: "parts" } }),
      );
      const upload = { Bucket, Key, UploadId };
      const first = Buffer.alloc(smallestPart, "1");
      await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "sent too early" }));
      const part1 = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: first }));
      await client.send(new PutObjectCommand({ Bucket, Key: "copied", Body: "0123456789" }));
      const copied = await client.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber: 2,
          CopySource: `${Bucket}/copied`,
          CopySourceRange: "bytes=2-4",
        }),
      );
      const parts = await client.send(new ListPartsCommand(upload));
      expect(parts.Parts).toMatchObject([
        { PartNumber: 1, Size: smallestPart, ETag: part1.ETag },
        { PartNumber: 2, Size: 3, ETag: etag("234") },
      ]);
      const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      expect(Uploads).toMatchObject([{ Key, UploadId }]);
      const done = await client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          MultipartUpload: {
            Parts: [
              { PartNumber: 1, ETag: part1.ETag },
              { PartNumber: 2, ETag: copied.CopyPartResult?.ETag },
            ],
          },
        }),
      );
      expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
      const get = await client.send(new GetObjectCommand({ Bucket, Key }));
      expect([get.ETag, get.ContentType, get.Metadata]).toEqual([done.ETag, "text/csv", { of: "parts" }]);
      const whole = Buffer.concat([first, Buffer.from("234")]);
      expect(Buffer.compare(await get.Body!.transformToByteArray(), whole)).toBe(0);
      expect(await outcomeOf(client.send(new ListPartsCommand(upload)))).toEqual({
        status: 404,
        code: "NoSuchUpload",
      });
    },
  },
  {
    name: "a multipart upload is refused with parts that are not there, or others than were sent",
    async run(context) {
      const { upload, parts, complete } = await uploadOf(context, ["only part"]);
      expect(await complete([{ ...parts[0]!, ETag: etag("other") }])).toEqual({
        status: 400,
        code: "InvalidPart",
      });
      expect(await complete([{ ...parts[0]!, PartNumber: 2 }])).toEqual({ status: 400, code: "InvalidPart" });
      expect(await outcomeOf(context.client.send(new AbortMultipartUploadCommand(upload)))).toEqual({
        status: 204,
      });
      expect(await complete(parts)).toEqual({ status: 404, code: "NoSuchUpload" });
    },
  },
  {
    name: "a multipart upload is refused with parts out of order",
    async run(context) {
      const large = Buffer.alloc(smallestPart, "x");
      const { parts, complete } = await uploadOf(context, [large, large]);
      expect(await complete(parts.toReversed())).toEqual({ status: 400, code: "InvalidPartOrder" });
    },
  },
  {
    name: "a multipart upload is refused with a small part before the last",
    async run(context) {
      const { parts, complete } = await uploadOf(context, ["small", "last"]);
      expect(await complete(parts)).toEqual({ status: 400, code: "EntityTooSmall" });
    },
  },
  {
    name: "conditions on the completion of a multipart upload",
    async run({ client, Bucket }) {
      const Key = "completed";
      const complete = async (condition: object) => {
        const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
        const upload = { Bucket, Key, UploadId };
        const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "part" }));
        const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
        return outcomeOf(
          client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, ...condition })),
        );
      };
      expect(await complete({ IfNoneMatch: "*" })).toEqual({ status: 200 });
      expect(await complete({ IfNoneMatch: "*" })).toEqual({ status: 412, code: "PreconditionFailed" });
      expect(await complete({ IfMatch: etag("other") })).toEqual({ status: 412, code: "PreconditionFailed" });
      const { ETag } = await client.send(new HeadObjectCommand({ Bucket, Key }));
      expect(await complete({ IfMatch: ETag })).toEqual({ status: 200 });
    },
  },
  {
    name: "another account's bucket is refused by expected-bucket-owner",
    async run({ client, Bucket }) {
      const ExpectedBucketOwner = "999999999999";
      const put = new PutObjectCommand({ Bucket, Key: "k", Body: "x", ExpectedBucketOwner });
      expect(await outcomeOf(client.send(put))).toEqual({ status: 403, code: "AccessDenied" });
      expect(await outcomeOf(client.send(new HeadObjectCommand({ Bucket, Key: "k" })))).toMatchObject({
        status: 404,
      });
    },
  },
  {
    name: "a request that isn't signed is refused",
    async run({ Bucket, environment }) {
      const response = await fetch(`${environment.AWS_ENDPOINT_URL}/${Bucket}/k`, {
        method: "PUT",
        body: "x",
      });
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining("AccessDenied"),
      ]);
    },
  },
  {
    name: "a request signed 20 minutes ago is refused",
    async run({ client, Bucket }) {
      client.config.systemClockOffset = -20 * 60_000;
      const put = new PutObjectCommand({ Bucket, Key: "old", Body: "x" });
      expect(await outcomeOf(client.send(put))).toEqual({ status: 403, code: "RequestTimeTooSkewed" });
    },
  },
  {
    name: "every answer has a Date, also of a refusal",
    async run({ client, Bucket }) {
      const dates: (string | undefined)[] = [];
      client.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          dates.push((result.response as { headers: Record<string, string> }).headers.date);
          return result;
        },
        { step: "deserialize", name: "dates", priority: "low" },
      );
      const object = { Bucket, Key: "dated" };
      await client.send(new PutObjectCommand({ ...object, Body: "x" }));
      await outcomeOf(client.send(new PutObjectCommand({ ...object, Body: "x", IfNoneMatch: "*" })));
      await outcomeOf(client.send(new GetObjectCommand({ Bucket, Key: "missing" })));
      await client.send(new HeadObjectCommand(object));
      expect(dates.map((date) => Number.isNaN(Date.parse(date ?? "")))).toEqual([false, false, false, false]);
    },
  },
];
