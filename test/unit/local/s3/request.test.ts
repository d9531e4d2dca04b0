import { describe, expect, it } from "vitest";
import { LocalClock } from "../../../../local/clock";
import {
  checkDeleteCondition,
  checkReadConditions,
  checkWriteConditions,
} from "../../../../local/s3/conditions";
import { operationOf, readTarget } from "../../../../local/s3/operation";
import { partRange, readRange } from "../../../../local/s3/range";
import type { StoredObject } from "../../../../local/s3/storedObject";
import { parseXml, renderXml } from "../../../../local/s3/xml";
import { readSignature, signedAtByServer } from "../../../../local/signature";

/** Status of what is thrown, or 200. */
function statusOf(run: () => unknown): number {
  try {
    run();
    return 200;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

describe("readTarget", () => {
  it.each([
    ["/", "", ""],
    ["/bucket", "bucket", ""],
    ["/bucket/", "bucket", ""],
    ["/bucket/key", "bucket", "key"],
    ["/bucket//two//", "bucket", "/two//"],
    ["/bucket/../../etc/passwd", "bucket", "../../etc/passwd"],
    ["/bucket/a%2Fb%20c+d%C3%BC?x=1", "bucket", "a/b c+dü"],
    ["/bucket/q%3Fa%23b", "bucket", "q?a#b"],
  ])("%s: bucket %j, key %j", (target, bucket, key) => {
    expect(readTarget(target)).toMatchObject({ bucket, key });
  });

  it.each([
    ["/bucket/%E0%A4", "InvalidURI"],
    [`/bucket/${"x".repeat(1025)}`, "KeyTooLongError"],
    [`/bucket/${"%C3%BC".repeat(513)}`, "KeyTooLongError"],
  ])("refuses %s", (target, code) => {
    expect(() => readTarget(target)).toThrow(expect.objectContaining({ code }));
  });
});

describe("operationOf", () => {
  const of = (method: string, target: string, headers: Record<string, string> = {}) =>
    operationOf(method, readTarget(target), new Headers(headers));

  it.each([
    ["GET", "/", "ListBuckets"],
    ["PUT", "/b", "CreateBucket"],
    ["GET", "/b", "ListObjects"],
    ["GET", "/b?list-type=2&prefix=x", "ListObjectsV2"],
    ["GET", "/b?uploads", "ListMultipartUploads"],
    ["GET", "/b?location", "GetBucketLocation"],
    ["POST", "/b?delete", "DeleteObjects"],
    ["PUT", "/b/k", "PutObject"],
    ["POST", "/b/k?uploads", "CreateMultipartUpload"],
    ["PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart"],
    ["POST", "/b/k?uploadId=u", "CompleteMultipartUpload"],
    ["DELETE", "/b/k?uploadId=u", "AbortMultipartUpload"],
    ["GET", "/b/k?uploadId=u", "ListParts"],
    ["DELETE", "/b/k", "DeleteObject"],
  ])("%s %s is %s", (method, target, operation) => {
    expect(of(method, target)).toBe(operation);
  });

  it("tells copies by their header", () => {
    expect(of("PUT", "/b/k", { "x-amz-copy-source": "b/s" })).toBe("CopyObject");
    expect(of("PUT", "/b/k?partNumber=1&uploadId=u", { "x-amz-copy-source": "b/s" })).toBe("UploadPartCopy");
  });

  it.each(["GET /b?acl", "GET /b/k?tagging", "PUT /b?policy", "GET /b/k?attributes", "PUT /b?versioning"])(
    "%s is refused, not taken for something else",
    (line) => {
      const [method, target] = line.split(" ") as [string, string];
      expect(() => of(method, target)).toThrow(expect.objectContaining({ status: 501 }));
    },
  );

  it("refuses other methods", () => {
    expect(() => of("PATCH", "/b/k")).toThrow(expect.objectContaining({ status: 405 }));
  });
});

describe("readRange", () => {
  it.each([
    [null, undefined],
    ["bytes=0-3", { first: 0, length: 4 }],
    ["bytes=9-9", { first: 9, length: 1 }],
    ["bytes=8-99", { first: 8, length: 2 }],
    ["bytes=4-", { first: 4, length: 6 }],
    ["bytes=-4", { first: 6, length: 4 }],
    ["bytes=-99", { first: 0, length: 10 }],
    ["bytes=5-4", undefined],
    ["bytes=-", undefined],
    ["bytes=0-1,3-4", undefined],
    ["lines=0-1", undefined],
  ])("%s of 10 bytes", (header, range) => {
    expect(readRange(header, 10)).toEqual(range);
  });

  it.each(["bytes=10-", "bytes=10-20", "bytes=-0"])("%s of 10 bytes can't be had", (header) => {
    expect(() => readRange(header, 10)).toThrow(expect.objectContaining({ status: 416 }));
  });

  it("of an empty object can't be had", () => {
    expect(() => readRange("bytes=-5", 0)).toThrow(expect.objectContaining({ status: 416 }));
  });

  it("of a part follows the parts before it", () => {
    expect(partRange([5, 7, 2], 2)).toEqual({ first: 5, length: 7 });
    expect(() => partRange([5], 2)).toThrow(expect.objectContaining({ status: 416 }));
  });
});

describe("conditions", () => {
  const lastModified = Date.UTC(2026, 10, 20);
  const object = { etag: "abc", lastModified } as StoredObject;

  it.each<[Record<string, string>, StoredObject | undefined, number]>([
    [{}, object, 200],
    [{ "if-none-match": "*" }, undefined, 200],
    [{ "if-none-match": "*" }, object, 412],
    [{ "if-none-match": '"abc"' }, object, 501],
    [{ "if-match": '"abc"' }, object, 200],
    [{ "if-match": "abc" }, object, 200],
    [{ "if-match": '"ab"' }, object, 412],
    [{ "if-match": '"abc"' }, undefined, 404],
    [{ "if-match": "*" }, object, 501],
  ])("of a write: %j on %j: %s", (headers, current, status) => {
    expect(statusOf(() => checkWriteConditions(new Headers(headers), "k", current, false))).toBe(status);
    expect(statusOf(() => checkWriteConditions(new Headers(headers), "k", current, true))).toBe(200);
  });

  it.each<[string | null, StoredObject | undefined, number]>([
    [null, undefined, 200],
    ['"abc"', object, 200],
    ["*", object, 200],
    ['"ab"', object, 412],
    ['"abc"', undefined, 404],
  ])("of a delete: If-Match %s on %j: %s", (ifMatch, current, status) => {
    expect(statusOf(() => checkDeleteCondition(ifMatch, "k", current, false))).toBe(status);
  });

  it.each<[Record<string, string>, number]>([
    [{ "if-none-match": 'W/"abc"' }, 304],
    [{ "if-none-match": '"x", "abc"' }, 304],
    [{ "if-modified-since": "no date" }, 200],
    [{ "if-match": '"abc"', "if-none-match": '"abc"' }, 304],
  ])("of a read: %j: %s", (headers, status) => {
    expect(statusOf(() => checkReadConditions(new Headers(headers), object))).toBe(status);
  });
});

describe("xml", () => {
  it("carries any text that a key can hold", () => {
    const Key = "a\r\nb\u0001<&>\"' ü😀";
    const text = renderXml("Root", { Key });
    expect(text).not.toContain("\u0001");
    expect(text).toContain("&#xd;");
    expect(parseXml(renderXml("Root", { Key: "<&>\"' ü😀 x " }), "Root")).toMatchObject({
      Key: "<&>\"' ü😀 x ",
    });
  });

  it.each(["", "no xml", "<Other/>", "<Root>text</Root>", "<Root>"])("%j is no such document", (text) => {
    expect(parseXml(text, "Root")).toBeUndefined();
  });
});

describe("signature", () => {
  const headers = (date: string) =>
    new Headers({
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKID/20261120/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0",
      "x-amz-date": date,
    });

  it("is read from the header or the query", () => {
    const signedAt = Date.UTC(2026, 10, 20, 13, 0, 5);
    const expected = { accessKeyId: "AKID", region: "eu-west-1", service: "s3", signedAt };
    expect(readSignature(headers("20261120T130005Z"), new URLSearchParams())).toEqual(expected);
    const query = new URLSearchParams({
      "X-Amz-Credential": "AKID/20261120/eu-west-1/s3/aws4_request",
      "X-Amz-Date": "20261120T130005Z",
      "X-Amz-Expires": "60",
    });
    expect(readSignature(new Headers(), query)).toEqual({ ...expected, expiresSeconds: 60 });
    expect(readSignature(new Headers(), new URLSearchParams())).toBeUndefined();
    expect(readSignature(headers("yesterday"), new URLSearchParams())).toBeUndefined();
  });

  it("is dated in the server's time, whichever clock the client goes by", async () => {
    const wall = Date.UTC(2026, 10, 20, 13);
    const clock = new LocalClock({ wall: () => wall });
    await clock.advance(3_600_000);
    const signed = (signedAt: number) => ({ accessKeyId: "", region: "", service: "", signedAt });
    expect(signedAtByServer(signed(wall - 1000), clock)).toBe(clock.now() - 1000);
    expect(signedAtByServer(signed(clock.now() - 1000), clock)).toBe(clock.now() - 1000);
  });
});
