import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type ConformanceCase, text } from "./conformanceCase";
import { etag, outcomeOf } from "./s3TestClient";

async function putAll(client: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  for (const Key of keys) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  }
}

async function listAll(client: S3Client, input: ListObjectsV2CommandInput) {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let pages = 0;
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ ...input, ContinuationToken }));
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!));
    ContinuationToken = page.NextContinuationToken;
    expect(page.IsTruncated ?? false).toBe(ContinuationToken !== undefined);
    pages += 1;
  } while (ContinuationToken !== undefined);
  return { keys, prefixes, pages };
}

async function expectKeysKept(client: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  await putAll(client, Bucket, keys);
  for (const Key of keys) {
    expect(await text(await client.send(new GetObjectCommand({ Bucket, Key })))).toBe(Key);
  }
  const listed = await listAll(client, { Bucket });
  expect([...listed.keys].sort()).toEqual([...keys].sort());
}

/** Keys, listings and copies. */
export const listAndCopyCases: readonly ConformanceCase[] = [
  {
    name: "keys of any characters",
    run: ({ client, Bucket }) =>
      expectKeysKept(client, Bucket, [
        "space and+plus",
        "percent%20and%",
        "q?a#b&c=d;e:f@g",
        "quote'\"<>",
        "ümlaut-☃-😀-\u{10FFFF}",
        `deep/${"part/".repeat(50)}end`,
        "~tilde!(paren)*",
        "date=2026-11-20/hour=13",
      ]),
  },
  {
    name: "keys that are no paths: dots, empty parts, one that is another's folder, very long parts",
    run: ({ client, Bucket }) =>
      expectKeysKept(client, Bucket, [
        "a/../../b",
        "..",
        "./c",
        "//two//empty",
        "folder",
        "folder/",
        "folder/file",
        "x".repeat(1024),
        "case",
        "CASE",
      ]),
  },
  {
    name: "a listing is in the order of UTF-8 bytes",
    async run({ client, Bucket }) {
      const keys = ["a!", "B", "a-", "a/b", "a0", "ä", "\uffee", "\u{1F600}"];
      await putAll(client, Bucket, keys);
      const { keys: listed } = await listAll(client, { Bucket });
      expect(listed).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    },
  },
  {
    name: "a listing by prefix, delimiter and start-after, page by page",
    async run({ client, Bucket }) {
      const keys = ["a/1", "a/2", "a/b/3", "a/c/4", "a/c/5", "a/d", "b/6"];
      await putAll(client, Bucket, keys);
      expect(await listAll(client, { Bucket })).toEqual({ keys, prefixes: [], pages: 1 });
      expect(await listAll(client, { Bucket, Prefix: "a/c" })).toMatchObject({ keys: ["a/c/4", "a/c/5"] });
      expect(await listAll(client, { Bucket, Delimiter: "/" })).toMatchObject({
        keys: [],
        prefixes: ["a/", "b/"],
      });
      const below = { Bucket, Prefix: "a/", Delimiter: "/" };
      const expected = { keys: ["a/1", "a/2", "a/d"], prefixes: ["a/b/", "a/c/"] };
      expect(await listAll(client, below)).toMatchObject(expected);
      expect(await listAll(client, { ...below, MaxKeys: 1 })).toEqual({ ...expected, pages: 5 });
      expect(await listAll(client, { ...below, MaxKeys: 2 })).toEqual({ ...expected, pages: 3 });
      expect(await listAll(client, { Bucket, StartAfter: "a/b/3", MaxKeys: 3 })).toMatchObject({
        keys: ["a/c/4", "a/c/5", "a/d", "b/6"],
        pages: 2,
      });
      expect(await listAll(client, { Bucket, Prefix: "none" })).toEqual({ keys: [], prefixes: [], pages: 1 });
    },
  },
  {
    name: "a listing shows size, ETag and time, and encodes keys when asked",
    async run({ client, Bucket }) {
      await putAll(client, Bucket, ["with space/ü"]);
      const { Contents, KeyCount } = await client.send(
        new ListObjectsV2Command({ Bucket, EncodingType: "url" }),
      );
      expect(KeyCount).toBe(1);
      expect(Contents).toMatchObject([{ Size: 13, ETag: etag("with space/ü"), StorageClass: "STANDARD" }]);
      expect(decodeURIComponent(Contents![0]!.Key!.replace(/\+/g, " "))).toBe("with space/ü");
      expect(Contents![0]!.Key).toMatch(/^with(\+|%20)space\/%C3%BC$/);
      expect(Contents![0]!.LastModified).toBeInstanceOf(Date);
    },
  },
  {
    name: "a copy keeps metadata, or takes new",
    async run({ client, Bucket }) {
      const Key = "source with ü+";
      const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
      const own = { ContentType: "text/plain", Metadata: { kept: "yes" } };
      await client.send(new PutObjectCommand({ Bucket, Key, Body: "copied", ...own }));
      const { CopyObjectResult } = await client.send(
        new CopyObjectCommand({ Bucket, Key: "same", CopySource }),
      );
      expect(CopyObjectResult?.ETag).toBe(etag("copied"));
      const same = await client.send(new GetObjectCommand({ Bucket, Key: "same" }));
      expect([await text(same), same.ContentType, same.Metadata]).toEqual([
        "copied",
        "text/plain",
        { kept: "yes" },
      ]);
      const other = {
        ContentType: "text/csv",
        Metadata: { changed: "yes" },
        MetadataDirective: "REPLACE" as const,
      };
      await client.send(new CopyObjectCommand({ Bucket, Key: "other", CopySource, ...other }));
      const changed = await client.send(new GetObjectCommand({ Bucket, Key: "other" }));
      expect([await text(changed), changed.ContentType, changed.Metadata]).toEqual([
        "copied",
        "text/csv",
        { changed: "yes" },
      ]);
    },
  },
  {
    name: "a copy of a missing key: 404, and of one that is another than expected: 412",
    async run({ client, Bucket }) {
      await putAll(client, Bucket, ["source"]);
      const copy = (key: string, condition: object) =>
        outcomeOf(
          client.send(
            new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${key}`, ...condition }),
          ),
        );
      expect(await copy("missing", {})).toEqual({ status: 404, code: "NoSuchKey" });
      expect(await copy("source", { CopySourceIfMatch: etag("other") })).toMatchObject({ status: 412 });
      expect(await copy("source", { CopySourceIfNoneMatch: etag("source") })).toMatchObject({ status: 412 });
      expect(await copy("source", { CopySourceIfMatch: etag("source") })).toEqual({ status: 200 });
    },
  },
  {
    name: "conditions on the destination of a copy",
    async run({ client, Bucket }) {
      await putAll(client, Bucket, ["source", "there"]);
      const copy = (Key: string, condition: object) =>
        outcomeOf(
          client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...condition })),
        );
      expect(await copy("there", { IfNoneMatch: "*" })).toMatchObject({ status: 412 });
      expect(await copy("there", { IfMatch: etag("other") })).toMatchObject({ status: 412 });
      expect(await copy("missing", { IfMatch: etag("other") })).toMatchObject({ status: 404 });
      expect(await copy("there", { IfMatch: etag("there") })).toEqual({ status: 200 });
      expect(await copy("new", { IfNoneMatch: "*" })).toEqual({ status: 200 });
    },
  },
  {
    name: "a copy of an object onto itself that changes nothing is refused",
    async run({ client, Bucket }) {
      await putAll(client, Bucket, ["self"]);
      const command = new CopyObjectCommand({ Bucket, Key: "self", CopySource: `${Bucket}/self` });
      expect(await outcomeOf(client.send(command))).toEqual({ status: 400, code: "InvalidRequest" });
    },
  },
];
