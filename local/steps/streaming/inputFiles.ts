import type { S3File, S3Files } from "../s3Files";
import { parseS3Uri } from "../s3Uri";
import { StepFailure } from "../stepFailure";
import { globPattern } from "./glob";

/** A part of an input file that one map task reads. */
export interface InputSplit extends S3File {
  readonly start: number;
  /** First byte that belongs to the next split. */
  readonly end: number;
}

/**
 * The files that the inputs of a job name: objects, folders (their files, not those of folders in them) and globs
 * of both. Names that begin with `_` or `.` are hidden, as `_SUCCESS` has to be.
 * @throws StepFailure in Hadoop's words when an input matches nothing.
 */
export async function inputFiles(
  s3: S3Files,
  inputs: readonly string[],
  recursive: boolean,
): Promise<S3File[]> {
  const found: S3File[] = [];
  for (const input of inputs) {
    const location = parseS3Uri(input);
    if (location === undefined)
      throw new StepFailure(
        `The local EMR reads s3:// only; got -input ${input}. Copy the data to S3 first.`,
      );
    const path = location.key.replace(/\/+$/, "");
    const { prefix, matches } = globPattern(path);
    const files = await s3.list({ bucket: location.bucket, key: prefix });
    const matching = files.filter(
      (file) => !isHidden(file.key) && isInput(file.key, path, matches, recursive),
    );
    if (matching.length === 0 && !files.some((file) => underFolder(file.key, path)))
      throw new StepFailure(
        prefix === path
          ? `org.apache.hadoop.mapred.InvalidInputException: Input path does not exist: ${input}`
          : `org.apache.hadoop.mapred.InvalidInputException: Input Pattern ${input} matches 0 files`,
      );
    found.push(...matching);
  }
  return found;
}

function isInput(key: string, path: string, matches: (key: string) => boolean, recursive: boolean): boolean {
  if (key.endsWith("/")) return false;
  if (path === "") return recursive || !key.includes("/");
  if (matches(key)) return true;
  const folders = key.split("/").slice(0, -1);
  // The folder itself for its own files; any folder above it when folders are read with all that is in them.
  return recursive
    ? folders.some((_, index) => matches(folders.slice(0, index + 1).join("/")))
    : matches(folders.join("/"));
}

function underFolder(key: string, path: string): boolean {
  return key.startsWith(`${path}/`);
}

function isHidden(key: string): boolean {
  return /^[_.]/.test(key.split("/").at(-1) ?? "");
}

/** Hadoop's own sum: files are cut into pieces of the size that gives `maps` of them, at most 128 MiB each. */
export function inputSplits(files: readonly S3File[], maps: number): InputSplit[] {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const goal = Math.max(1, Math.floor(total / Math.max(1, maps)));
  const size = Math.min(goal, 128 * 1024 * 1024);
  return files.flatMap((file) => {
    // A compressed file can't be read from its middle.
    if (isCompressed(file.key) || file.size === 0) return [{ ...file, start: 0, end: file.size }];
    const splits: InputSplit[] = [];
    // The last piece may be a tenth larger: Hadoop's SPLIT_SLOP.
    let start = 0;
    while ((file.size - start) / size > 1.1) {
      splits.push({ ...file, start, end: start + size });
      start += size;
    }
    if (start < file.size) splits.push({ ...file, start, end: file.size });
    return splits;
  });
}

export function isCompressed(key: string): boolean {
  return /\.(gz|bz2|deflate|snappy|lzo|lz4|zst)$/.test(key);
}
