import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { basename, isAbsolute, resolve } from "node:path";
import { PooledEmrError } from "../errors";

const scheme = "local-file";
const references = new RegExp(`${scheme}://([0-9a-f]{64})/([A-Za-z0-9%._~!'()*-]+)`, "g");

/** A local file a step mentions. */
export interface LocalFile {
  /** Absolute path on the machine that runs the program. */
  readonly path: string;
  /** Of its content, 64 hex digits. */
  readonly sha256: string;
}

/**
 * Text that stands for a local file in a step's strings until {@link PooledEmrJob} puts the file's address in the
 * pool's store in its place. The builders make it from paths and `FileAsset`s; use it yourself in hand-written
 * `StepConfig`s. It has no comma, blank or `#`, so it may be part of a list such as `-files`.
 *
 * @param path - relative to the program's working directory, or absolute
 * @throws PooledEmrError LOCAL_FILE_NOT_FOUND if there is no such file
 */
export function localFile(path: string): string {
  const absolute = resolve(path);
  return `${scheme}://${digestOf(absolute, path)}/${encodeURIComponent(absolute)}`;
}

/**
 * A path as a builder takes it:
 *
 * - with a scheme (`s3://`, `hdfs://`, `file://`): left as it is, read on the cluster;
 * - relative: a file on this machine, which must exist; it is uploaded;
 * - absolute: a file on this machine if there is one, else a path on the cluster. Write `file:///usr/lib/…` for a
 *   path on the cluster that exists on this machine as well.
 *
 * @throws PooledEmrError LOCAL_FILE_NOT_FOUND for a relative path without a file
 */
export function fileReference(path: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(path)) return path;
  if (isAbsolute(path) && !isFile(path)) return path;
  return localFile(path);
}

/**
 * {@link fileReference} for `-files` and `-archives`, whose entries end in `#` and the name in the step's working
 * folder. A local file keeps its own name there unless `#` says another.
 */
export function linkedFileReference(path: string): string {
  const [file = "", link] = splitLink(path);
  const reference = fileReference(file);
  const isLocal = reference.startsWith(`${scheme}://`);
  const name = link ?? (isLocal ? basename(fileOf(reference).path) : undefined);
  return name === undefined ? reference : `${reference}#${name}`;
}

/** A reference itself may hold no `#`, an address may: the last one separates. */
function splitLink(path: string): [string, string?] {
  const at = path.lastIndexOf("#");
  return at < 0 ? [path] : [path.slice(0, at), path.slice(at + 1)];
}

function fileOf(reference: string): LocalFile {
  const [match] = reference.matchAll(references);
  return { sha256: match![1]!, path: decodeURIComponent(match![2]!) };
}

/** `text` with every reference to a local file replaced by what `address` says. */
export function replaceReferences(text: string, address: (file: LocalFile) => string): string {
  return text.replaceAll(references, (_, sha256: string, path: string) =>
    address({ sha256, path: decodeURIComponent(path) }),
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** In pieces: a jar may be larger than a string or buffer of Node. */
function digestOf(absolute: string, given: string): string {
  if (!isFile(absolute)) {
    throw new PooledEmrError("LOCAL_FILE_NOT_FOUND", {
      subject: `The file ${JSON.stringify(given)} of a step`,
      problem: `does not exist or is not a file (looked at ${absolute})`,
      allowed: "a path of a file relative to the program's working directory, or an address such as s3://…",
    });
  }
  const hash = createHash("sha256");
  const piece = Buffer.alloc(1 << 20);
  const file = openSync(absolute, "r");
  try {
    for (let size = readSync(file, piece); size > 0; size = readSync(file, piece)) {
      hash.update(piece.subarray(0, size));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
