import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** What is known of an object beside its bytes. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** Without quotes. MD5 of the bytes; `md5-of-md5s-N` of a multipart upload; random under KMS. */
  readonly etag: string;
  /** Milliseconds since 1970, whole seconds as S3 keeps them. */
  readonly lastModified: number;
  /** Headers given at the write and returned by reads: content type, encoding, server-side encryption… */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Base64 by algorithm (`crc32`…); with `-N` if composed of the parts' checksums. */
  readonly checksums: Readonly<Record<string, string>>;
  readonly checksumType: "FULL_OBJECT" | "COMPOSITE";
  /** Of a multipart upload. */
  readonly partSizes?: readonly number[];
}

/**
 * A file on disk is the object's bytes, then its description as JSON, then that JSON's length and a mark. One
 * rename puts all of it in place, so bytes and description can't come apart.
 */
const mark = "S3OBJ\u0001";
const footerLength = 4 + mark.length;

/** The bytes that follow the object's own in its file. */
export function encodeTrailer(object: StoredObject): Buffer {
  const json = Buffer.from(JSON.stringify(object));
  const footer = Buffer.alloc(footerLength);
  footer.writeUInt32BE(json.length);
  footer.write(mark, 4, "latin1");
  return Buffer.concat([json, footer]);
}

/** @returns undefined if the file was not written by this server, or is damaged. */
export function readTrailer(file: string): StoredObject | undefined {
  const descriptor = openSync(file, "r");
  try {
    const fileSize = fstatSync(descriptor).size;
    const footer = Buffer.alloc(footerLength);
    if (fileSize < footerLength) {
      return undefined;
    }
    readSync(descriptor, footer, 0, footerLength, fileSize - footerLength);
    const length = footer.readUInt32BE();
    if (footer.toString("latin1", 4) !== mark || length > fileSize - footerLength) {
      return undefined;
    }
    const json = Buffer.alloc(length);
    readSync(descriptor, json, 0, length, fileSize - footerLength - length);
    const object = JSON.parse(json.toString()) as StoredObject;
    return object.size === fileSize - footerLength - length ? object : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
