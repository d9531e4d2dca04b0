import { noSuchKey, notImplemented, preconditionFailed, S3Error } from "./errors";
import type { StoredObject } from "./storedObject";

/** True if one of the ETags in the header's value, quoted or not, is `etag`; `*` is any. */
function etagMatches(header: string, etag: string): boolean {
  return header
    .split(",")
    .map((one) => one.trim().replace(/^W\//, "").replace(/^"|"$/g, ""))
    .some((one) => one === "*" || one === etag);
}

/**
 * Conditions of PutObject, CopyObject (on its destination) and CompleteMultipartUpload. Synchronous: the caller
 * writes in the same turn of the event loop, which makes check and write one step.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * @throws S3Error 404 for If-Match on a missing key, as S3 does; 412 if a condition does not hold; 501 for forms
 *   that S3 does not take.
 */
export function checkWriteConditions(
  headers: Headers,
  key: string,
  current: StoredObject | undefined,
  ignore: boolean,
): void {
  const ifMatch = headers.get("if-match");
  const ifNoneMatch = headers.get("if-none-match");
  if (ignore) {
    return;
  }
  if (ifNoneMatch !== null) {
    if (ifNoneMatch.trim() !== "*") {
      throw notImplemented("If-None-Match of a write takes * only");
    }
    if (current !== undefined) {
      throw preconditionFailed("If-None-Match");
    }
  }
  if (ifMatch !== null) {
    if (ifMatch.trim() === "*") {
      throw notImplemented("If-Match of a write takes an ETag only");
    }
    if (current === undefined) {
      throw noSuchKey(key);
    }
    if (!etagMatches(ifMatch, current.etag)) {
      throw preconditionFailed("If-Match");
    }
  }
}

/**
 * Condition of DeleteObject and of one key of DeleteObjects.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 *
 * @throws S3Error 404 if the key is missing, 412 if its ETag is another.
 */
export function checkDeleteCondition(
  ifMatch: string | null,
  key: string,
  current: StoredObject | undefined,
  ignore: boolean,
): void {
  if (ifMatch === null || ignore) {
    return;
  }
  if (current === undefined) {
    throw noSuchKey(key);
  }
  if (!etagMatches(ifMatch, current.etag)) {
    throw preconditionFailed("If-Match");
  }
}

/**
 * Conditions of GetObject and HeadObject, with RFC 9110's precedence; those on the source of a copy have the same
 * names behind a prefix, and answer 412 where a read answers 304.
 *
 * @throws S3Error 304 or 412.
 */
export function checkReadConditions(headers: Headers, current: StoredObject, prefix = ""): void {
  const value = (name: string) => headers.get(`${prefix}${name}`);
  const time = (name: string) => {
    const parsed = Date.parse(value(name) ?? "");
    return Number.isNaN(parsed) ? undefined : parsed;
  };
  const ifMatch = value("if-match");
  const ifNoneMatch = value("if-none-match");
  const unmodifiedSince = time("if-unmodified-since");
  const modifiedSince = time("if-modified-since");

  if (ifMatch !== null) {
    if (!etagMatches(ifMatch, current.etag)) {
      throw preconditionFailed(`${prefix}If-Match`);
    }
  } else if (unmodifiedSince !== undefined && current.lastModified > unmodifiedSince) {
    throw preconditionFailed(`${prefix}If-Unmodified-Since`);
  }
  if (ifNoneMatch !== null) {
    if (etagMatches(ifNoneMatch, current.etag)) {
      throw unchanged(current, prefix, "If-None-Match");
    }
  } else if (modifiedSince !== undefined && current.lastModified <= modifiedSince) {
    throw unchanged(current, prefix, "If-Modified-Since");
  }
}

function unchanged(current: StoredObject, prefix: string, condition: string): S3Error {
  return prefix === ""
    ? new S3Error(
        304,
        "NotModified",
        "Not Modified",
        {},
        { etag: `"${current.etag}"`, "last-modified": new Date(current.lastModified).toUTCString() },
      )
    : preconditionFailed(`${prefix}${condition}`);
}
