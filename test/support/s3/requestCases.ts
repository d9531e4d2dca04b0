import { randomUUID } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type ConformanceCase, text } from "./conformanceCase";
import { etag, outcomeOf } from "./s3TestClient";

/** Buckets, objects and conditions, one request at a time. */
export const requestCases: readonly ConformanceCase[] = [
  {
    name: "buckets: create, find, list, delete",
    async run({ client }) {
      const Bucket = `test-${randomUUID()}`;
      expect(await outcomeOf(client.send(new HeadBucketCommand({ Bucket })))).toMatchObject({ status: 404 });
      await client.send(new CreateBucketCommand({ Bucket }));
      expect(await outcomeOf(client.send(new HeadBucketCommand({ Bucket })))).toEqual({ status: 200 });
      const { Buckets } = await client.send(new ListBucketsCommand({}));
      expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket);
      await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
      expect(await outcomeOf(client.send(new DeleteBucketCommand({ Bucket })))).toEqual({
        status: 409,
        code: "BucketNotEmpty",
      });
      await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
      expect(await outcomeOf(client.send(new DeleteBucketCommand({ Bucket })))).toEqual({ status: 204 });
      expect(await outcomeOf(client.send(new GetObjectCommand({ Bucket, Key: "k" })))).toEqual({
        status: 404,
        code: "NoSuchBucket",
      });
    },
  },
  {
    name: "an object comes back as it was put, with its headers and user metadata",
    async run({ client, Bucket }) {
      const put = await client.send(
        new PutObjectCommand({
          Bucket,
          Key: "object",
          Body: "some bytes",
          ContentType: "text/plain; charset=utf-8",
          ContentEncoding: "identity-of-ours",
          CacheControl: "no-store",
          Metadata: { owner: "etl", "with-dash": "a b" },
        }),
      );
      expect(put.ETag).toBe(etag("some bytes"));
      const get = await client.send(new GetObjectCommand({ Bucket, Key: "object" }));
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: "object" }));
      for (const answer of [get, head]) {
        expect(answer).toMatchObject({
          ETag: put.ETag,
          ContentLength: 10,
          ContentType: "text/plain; charset=utf-8",
          ContentEncoding: "identity-of-ours",
          CacheControl: "no-store",
          Metadata: { owner: "etl", "with-dash": "a b" },
        });
        expect(answer.LastModified?.getMilliseconds()).toBe(0);
      }
      expect(await text(get)).toBe("some bytes");
    },
  },
  {
    name: "an empty object and one of 3 MiB",
    async run({ client, Bucket }) {
      for (const size of [0, 3 * 1024 * 1024]) {
        const Body = Buffer.alloc(size, "0123456789");
        const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: `size-${size}`, Body }));
        const get = await client.send(new GetObjectCommand({ Bucket, Key: `size-${size}` }));
        expect(ETag).toBe(etag(Body));
        expect(Buffer.compare(await get.Body!.transformToByteArray(), Body)).toBe(0);
      }
    },
  },
  {
    name: "a missing key: GET NoSuchKey, HEAD 404, DELETE 204",
    async run({ client, Bucket }) {
      const object = { Bucket, Key: "missing" };
      expect(await outcomeOf(client.send(new GetObjectCommand(object)))).toEqual({
        status: 404,
        code: "NoSuchKey",
      });
      expect(await outcomeOf(client.send(new HeadObjectCommand(object)))).toMatchObject({ status: 404 });
      expect(await outcomeOf(client.send(new DeleteObjectCommand(object)))).toEqual({ status: 204 });
    },
  },
  {
    name: "PUT If-None-Match *: 200 on a new key, 412 on an existing one, which stays",
    async run({ client, Bucket }) {
      const object = { Bucket, Key: "once", IfNoneMatch: "*" };
      expect(await outcomeOf(client.send(new PutObjectCommand({ ...object, Body: "1" })))).toEqual({
        status: 200,
      });
      expect(await outcomeOf(client.send(new PutObjectCommand({ ...object, Body: "2" })))).toEqual({
        status: 412,
        code: "PreconditionFailed",
      });
      expect(await text(await client.send(new GetObjectCommand({ Bucket, Key: "once" })))).toBe("1");
      await client.send(new DeleteObjectCommand({ Bucket, Key: "once" }));
      expect(await outcomeOf(client.send(new PutObjectCommand({ ...object, Body: "3" })))).toEqual({
        status: 200,
      });
    },
  },
  {
    name: "PUT If-Match: 200 with the current ETag, 412 with a stale one, 404 on a missing key",
    async run({ client, Bucket }) {
      const object = { Bucket, Key: "versions" };
      const first = await client.send(new PutObjectCommand({ ...object, Body: "1" }));
      const put = (Body: string, IfMatch: string | undefined) =>
        outcomeOf(client.send(new PutObjectCommand({ ...object, Body, IfMatch })));
      expect(await put("2", first.ETag)).toEqual({ status: 200 });
      expect(await put("3", first.ETag)).toEqual({ status: 412, code: "PreconditionFailed" });
      expect(await text(await client.send(new GetObjectCommand(object)))).toBe("2");
      const missing = new PutObjectCommand({ Bucket, Key: "never", Body: "4", IfMatch: first.ETag });
      expect(await outcomeOf(client.send(missing))).toEqual({ status: 404, code: "NoSuchKey" });
      expect(await outcomeOf(client.send(new HeadObjectCommand({ Bucket, Key: "never" })))).toMatchObject({
        status: 404,
      });
    },
  },
  {
    name: "GET and HEAD with conditions: 412 and 304",
    async run({ client, Bucket }) {
      const object = { Bucket, Key: "read" };
      const { ETag } = await client.send(new PutObjectCommand({ ...object, Body: "x" }));
      const { LastModified } = await client.send(new HeadObjectCommand(object));
      const hourBefore = new Date(LastModified!.getTime() - 3_600_000);
      const other = etag("other");
      const table: [object, number][] = [
        [{ IfMatch: ETag }, 200],
        [{ IfMatch: other }, 412],
        [{ IfNoneMatch: ETag }, 304],
        [{ IfNoneMatch: other }, 200],
        [{ IfModifiedSince: hourBefore }, 200],
        [{ IfUnmodifiedSince: hourBefore }, 412],
        [{ IfMatch: ETag, IfUnmodifiedSince: hourBefore }, 200],
        [{ IfNoneMatch: other, IfModifiedSince: LastModified }, 200],
      ];
      for (const [condition, status] of table) {
        const get = await outcomeOf(client.send(new GetObjectCommand({ ...object, ...condition })));
        const head = await outcomeOf(client.send(new HeadObjectCommand({ ...object, ...condition })));
        expect([condition, get.status, head.status]).toEqual([condition, status, status]);
      }
    },
  },
  {
    name: "GET and HEAD at the very time that was shown: If-Modified-Since 304, If-Unmodified-Since 200",
    async run({ client, Bucket }) {
      const object = { Bucket, Key: "unchanged" };
      await client.send(new PutObjectCommand({ ...object, Body: "x" }));
      const { LastModified } = await client.send(new HeadObjectCommand(object));
      const read = async (condition: object) => [
        (await outcomeOf(client.send(new GetObjectCommand({ ...object, ...condition })))).status,
        (await outcomeOf(client.send(new HeadObjectCommand({ ...object, ...condition })))).status,
      ];
      expect(await read({ IfModifiedSince: LastModified })).toEqual([304, 304]);
      expect(await read({ IfUnmodifiedSince: LastModified })).toEqual([200, 200]);
    },
  },
  {
    name: "DELETE If-Match: 412 with a stale ETag, 204 with the current one",
    async run({ client, Bucket }) {
      const object = { Bucket, Key: "delete" };
      const stale = (await client.send(new PutObjectCommand({ ...object, Body: "1" }))).ETag;
      const current = (await client.send(new PutObjectCommand({ ...object, Body: "2" }))).ETag;
      const remove = (IfMatch: string | undefined) =>
        outcomeOf(client.send(new DeleteObjectCommand({ ...object, IfMatch })));
      expect(await remove(stale)).toEqual({ status: 412, code: "PreconditionFailed" });
      expect(await text(await client.send(new GetObjectCommand(object)))).toBe("2");
      expect(await remove(current)).toEqual({ status: 204 });
      expect(await outcomeOf(client.send(new HeadObjectCommand(object)))).toMatchObject({ status: 404 });
    },
  },
  {
    name: "DELETE If-Match on a missing key: 404",
    async run({ client, Bucket }) {
      const command = new DeleteObjectCommand({ Bucket, Key: "missing", IfMatch: etag("x") });
      expect(await outcomeOf(client.send(command))).toEqual({ status: 404, code: "NoSuchKey" });
    },
  },
  {
    name: "DeleteObjects: those that are there and those that aren't",
    async run({ client, Bucket }) {
      await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
      const Delete = { Objects: [{ Key: "a" }, { Key: "missing" }] };
      const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
      expect(Deleted?.map(({ Key }) => Key)).toEqual(["a", "missing"]);
      expect(Errors ?? []).toEqual([]);
      expect(await outcomeOf(client.send(new HeadObjectCommand({ Bucket, Key: "a" })))).toMatchObject({
        status: 404,
      });
    },
  },
  {
    name: "DeleteObjects with an ETag: a stale one is refused",
    async run({ client, Bucket }) {
      await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
      await client.send(new PutObjectCommand({ Bucket, Key: "b", Body: "x" }));
      const Delete = {
        Objects: [
          { Key: "a", ETag: etag("old") },
          { Key: "b", ETag: etag("x") },
        ],
      };
      const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
      expect(Deleted?.map(({ Key }) => Key)).toEqual(["b"]);
      expect(Errors).toMatchObject([{ Key: "a", Code: "PreconditionFailed" }]);
    },
  },
  {
    name: "ranges",
    async run({ client, Bucket }) {
      const object = { Bucket, Key: "range" };
      await client.send(new PutObjectCommand({ ...object, Body: "0123456789" }));
      const table: [string, string, string][] = [
        ["bytes=0-0", "0", "bytes 0-0/10"],
        ["bytes=2-4", "234", "bytes 2-4/10"],
        ["bytes=7-", "789", "bytes 7-9/10"],
        ["bytes=-3", "789", "bytes 7-9/10"],
        ["bytes=5-100", "56789", "bytes 5-9/10"],
      ];
      for (const [Range, bytes, ContentRange] of table) {
        const get = await client.send(new GetObjectCommand({ ...object, Range }));
        expect([Range, await text(get), get.ContentRange, get.$metadata.httpStatusCode]).toEqual([
          Range,
          bytes,
          ContentRange,
          206,
        ]);
      }
      expect(await outcomeOf(client.send(new GetObjectCommand({ ...object, Range: "bytes=10-" })))).toEqual({
        status: 416,
        code: "InvalidRange",
      });
    },
  },
];
