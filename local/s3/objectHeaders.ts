import { randomBytes } from "node:crypto";
import { notImplemented, S3Error } from "./errors";
import type { FinishedBody } from "./stagedBody";
import type { StoredObject } from "./storedObject";

/** Headers of a write that reads return. */
const keptHeaders = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
] as const;

const encryptionHeaders = keptHeaders.filter((name) => name.startsWith("x-amz-server-side-encryption"));

const notSupported = [
  "x-amz-tagging",
  "x-amz-object-lock-mode",
  "x-amz-object-lock-legal-hold",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-write-offset-bytes",
];

const metadataPrefix = "x-amz-meta-";

/** Headers and user metadata an object is described with. */
export type ObjectDescription = Pick<StoredObject, "headers" | "metadata">;

/**
 * What a PutObject, CopyObject (REPLACE) or CreateMultipartUpload says of the object.
 *
 * @throws S3Error NotImplemented for features this server does not have, rather than ignoring them; MetadataTooLarge.
 */
export function readDescription(headers: Headers): ObjectDescription {
  const unsupported = notSupported.find((name) => headers.has(name));
  if (unsupported !== undefined) {
    throw notImplemented(unsupported);
  }
  const kept: Record<string, string> = { "content-type": "binary/octet-stream" };
  for (const name of keptHeaders) {
    const value = name === "content-encoding" ? contentEncoding(headers) : headers.get(name);
    if (value !== null && value !== "") {
      kept[name] = value;
    }
  }
  kept["x-amz-server-side-encryption"] ??= "AES256";
  if (kept["x-amz-storage-class"] === "STANDARD") {
    delete kept["x-amz-storage-class"];
  }
  const metadata: Record<string, string> = {};
  let metadataSize = 0;
  headers.forEach((value, name) => {
    if (name.startsWith(metadataPrefix)) {
      metadata[name.slice(metadataPrefix.length)] = value;
      metadataSize += name.length - metadataPrefix.length + value.length;
    }
  });
  if (metadataSize > 2048) {
    throw new S3Error(
      400,
      "MetadataTooLarge",
      "Your metadata headers exceed the maximum allowed metadata size",
      {
        Size: String(metadataSize),
        MaxSizeAllowed: "2048",
      },
    );
  }
  return { headers: kept, metadata };
}

/** `aws-chunked` is how the request came, not what the object is. */
function contentEncoding(headers: Headers): string | null {
  const value = headers.get("content-encoding");
  return (
    value
      ?.split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "aws-chunked" && one !== "")
      .join(",") ?? null
  );
}

/** MD5 of the bytes; under KMS it is something else in S3, and nobody may rely on it. */
export function etagOf(body: FinishedBody, description: ObjectDescription): string {
  return description.headers["x-amz-server-side-encryption"]?.startsWith("aws:kms")
    ? randomBytes(16).toString("hex")
    : body.md5.toString("hex");
}

/** Headers of the answer to a write. */
export function writtenHeaders(object: StoredObject): Record<string, string> {
  return {
    etag: `"${object.etag}"`,
    ...pick(object.headers, encryptionHeaders),
    ...checksumHeaders(object),
  };
}

/** Headers of the answer to a read. Checksums only if asked for, and only with the whole object. */
export function readHeaders(object: StoredObject, withChecksums: boolean): Record<string, string> {
  const metadata = Object.entries(object.metadata).map(([name, value]) => [
    `${metadataPrefix}${name}`,
    value,
  ]);
  return {
    ...object.headers,
    ...Object.fromEntries(metadata),
    ...(withChecksums ? checksumHeaders(object) : {}),
    etag: `"${object.etag}"`,
    "last-modified": new Date(object.lastModified).toUTCString(),
    "accept-ranges": "bytes",
  };
}

export function checksumHeaders(
  object: Pick<StoredObject, "checksums" | "checksumType">,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [algorithm, value] of Object.entries(object.checksums)) {
    headers[`x-amz-checksum-${algorithm}`] = value;
    headers["x-amz-checksum-type"] = object.checksumType;
  }
  return headers;
}

/** The same as elements of an XML answer: `ChecksumCRC32`. */
export function checksumElements(
  object: Pick<StoredObject, "checksums" | "checksumType">,
  withType: boolean,
): Record<string, string> {
  const entries = Object.entries(object.checksums);
  const named = entries.map(([algorithm, value]) => [`Checksum${algorithm.toUpperCase()}`, value]);
  return {
    ...Object.fromEntries(named),
    ...(withType && entries.length > 0 ? { ChecksumType: object.checksumType } : {}),
  };
}

function pick(from: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]!]));
}
