import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalClock } from "../../../../local/clock";
import type { S3Call, S3Environment } from "../../../../local/s3/call";
import { receiveBody, receiveXml } from "../../../../local/s3/receiveBody";
import { defaultS3Settings } from "../../../../local/s3/settings";
import { S3Store } from "../../../../local/s3/store";

let folder: string;
let environment: S3Environment;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "receive body "));
  environment = {
    store: new S3Store(folder),
    clock: new LocalClock(),
    accountId: "123456789012",
    settings: { ...defaultS3Settings },
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

function callWith(headers: Record<string, string>, body: string | ReadableStream): S3Call {
  const request = new Request("http://127.0.0.1/b/k", { method: "PUT", body, duplex: "half" } as RequestInit);
  return {
    operation: "PutObject",
    bucket: "b",
    key: "k",
    query: new URLSearchParams(),
    headers: new Headers(headers),
    request,
    region: "us-east-1",
  };
}

const chunked = (length: number, more: Record<string, string> = {}) => ({
  "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "x-amz-decoded-content-length": String(length),
  ...more,
});
const hello = "5\r\nhello\r\n0\r\n";
const digest = (algorithm: string, encoding: "hex" | "base64", text = "hello") =>
  createHash(algorithm).update(text).digest(encoding);

describe("receiveBody", () => {
  it.each<[string, Record<string, string>, string]>([
    ["plain", { "content-length": "5" }, "hello"],
    ["chunked", chunked(5), `${hello}\r\n`],
    ["with its MD5", { "content-length": "5", "content-md5": digest("md5", "base64") }, "hello"],
    ["with its SHA-256", { "content-length": "5", "x-amz-content-sha256": digest("sha256", "hex") }, "hello"],
    [
      "with a checksum in the trailer",
      chunked(5, { "x-amz-trailer": "x-amz-checksum-sha1" }),
      `${hello}x-amz-checksum-sha1:${digest("sha1", "base64")}\r\n\r\n`,
    ],
  ])("takes a body %s", async (_, headers, body) => {
    const received = await receiveBody(environment, callWith(headers, body));
    expect([received.size, received.md5.toString("hex")]).toEqual([5, digest("md5", "hex")]);
    received.discard();
  });

  it.each<[string, Record<string, string>, string, string]>([
    ["shorter than it said", { "content-length": "6" }, "hello", "IncompleteBody"],
    ["longer than it said", { "content-length": "4" }, "hello", "IncompleteBody"],
    ["shorter than its decoded length", chunked(6), `${hello}\r\n`, "IncompleteBody"],
    ["longer than its decoded length", chunked(4), `${hello}\r\n`, "IncompleteBody"],
    ["of unknown length", { "transfer-encoding": "chunked" }, "hello", "MissingContentLength"],
    ["of no length", { "content-length": "five" }, "hello", "EntityTooLarge"],
    ["above 5 GiB", { "content-length": String(5 * 1024 ** 3 + 1) }, "hello", "EntityTooLarge"],
    [
      "with another MD5",
      { "content-length": "5", "content-md5": digest("md5", "base64", "x") },
      "hello",
      "BadDigest",
    ],
    ["with half an MD5", { "content-length": "5", "content-md5": "aGFsZg==" }, "hello", "InvalidDigest"],
    [
      "with another SHA-256",
      { "content-length": "5", "x-amz-content-sha256": digest("sha256", "hex", "x") },
      "hello",
      "XAmzContentSHA256Mismatch",
    ],
    [
      "with another checksum in the trailer",
      chunked(5, { "x-amz-trailer": "x-amz-checksum-crc32" }),
      `${hello}x-amz-checksum-crc32:AAAAAA==\r\n\r\n`,
      "BadDigest",
    ],
    [
      "without the trailer it announced",
      chunked(5, { "x-amz-trailer": "x-amz-checksum-crc32" }),
      `${hello}\r\n`,
      "MalformedTrailerError",
    ],
  ])("refuses a body %s", async (_, headers, body, code) => {
    await expect(receiveBody(environment, callWith(headers, body))).rejects.toMatchObject({ code });
    expect(readdirSync(join(folder, "temporary"))).toEqual([]);
  });

  it.each([100, 2_000_000])("leaves nothing of a body that breaks off after %i bytes", async (size) => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(size)),
      pull: (controller) => controller.error(new Error("aborted")),
    });
    const call = callWith({ "content-length": String(size * 2) }, body);
    await expect(receiveBody(environment, call)).rejects.toMatchObject({ code: "IncompleteBody" });
    expect(readdirSync(join(folder, "temporary"))).toEqual([]);
  });
});

describe("receiveXml", () => {
  it("is refused without a digest where S3 wants one", async () => {
    const call = (headers: object) => callWith({ "content-length": "4", ...headers }, "<a/>");
    await expect(receiveXml(environment, call({}), true)).rejects.toMatchObject({ code: "InvalidRequest" });
    const md5 = { "content-md5": digest("md5", "base64", "<a/>") };
    expect(await receiveXml(environment, call(md5), true)).toBe("<a/>");
  });

  it("is refused beyond what fits into memory", async () => {
    const call = callWith({ "content-length": String(9 * 1024 ** 2) }, "<a/>");
    await expect(receiveXml(environment, call)).rejects.toMatchObject({ code: "EntityTooLarge" });
  });
});
