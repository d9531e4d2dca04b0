import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { S3File } from "./s3Files";
import type { S3Location } from "./s3Uri";
import { parseS3Uri } from "./s3Uri";
import type { StepContext } from "./stepContext";
import { StepFailure } from "./stepFailure";

interface S3DistCpOptions {
  readonly src: S3Location;
  readonly dest: S3Location;
  readonly srcPattern?: RegExp;
  readonly groupBy?: RegExp;
  readonly outputCodec: string;
  readonly deleteOnSuccess: boolean;
}

/** Options that tune how a cluster does it and change nothing of the result. */
const ignored = new Set(["--s3Endpoint", "--multipartUploadChunkSize", "--storageClass", "--targetSize"]);

/**
 * Copies objects below `--src` to `--dest`, optionally only those that match, optionally several to one.
 * https://docs.aws.amazon.com/emr/latest/ReleaseGuide/UsingEMR_s3distcp.html
 * @throws StepFailure for an option it doesn't have, or a source without files.
 */
export async function runS3DistCp(context: StepContext, args: readonly string[]): Promise<number> {
  const options = parse(args);
  const files = (await context.s3.list(folderOf(options.src))).filter(
    (file) => !file.key.endsWith("/") && (options.srcPattern?.test(uri(file)) ?? true),
  );
  if (files.length === 0)
    throw new StepFailure(`java.lang.RuntimeException: No files found to copy below ${uri(options.src)}`);
  const groups = new Map<string, S3File[]>();
  for (const file of files) {
    const name = targetName(file, options);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  context.syslog(
    `s3distcp.S3DistCp: Copying ${files.length} files to ${groups.size} below ${uri(options.dest)}`,
  );
  const folder = join(context.folder.work, "s3-dist-cp");
  await mkdir(folder, { recursive: true });
  for (const [name, sources] of groups)
    await copyGroup(context, options, join(folder, "file"), name, sources);
  if (options.deleteOnSuccess) for (const file of files) await context.s3.delete(file);
  return 0;
}

async function copyGroup(
  context: StepContext,
  { dest, outputCodec }: S3DistCpOptions,
  file: string,
  name: string,
  sources: readonly S3File[],
): Promise<void> {
  for (const [index, source] of sources.entries()) {
    const isPacked = source.key.endsWith(".gz");
    const unpack = isPacked && (outputCodec === "none" || (outputCodec === "gz" && sources.length > 1));
    const pack = outputCodec === "gz" && (!isPacked || unpack);
    // Files of a group are put one behind the other; gzip allows that as well.
    const target = createWriteStream(file, { flags: index === 0 ? "w" : "a" });
    await pipeline([
      await context.s3.read(source),
      ...(unpack ? [createGunzip()] : []),
      ...(pack ? [createGzip()] : []),
      target,
    ] as unknown as [NodeJS.ReadableStream, NodeJS.WritableStream]);
  }
  const suffix = outputCodec === "gz" && !name.endsWith(".gz") ? ".gz" : "";
  const renamed = outputCodec === "none" ? name.replace(/\.gz$/, "") : `${name}${suffix}`;
  await context.s3.upload(file, { bucket: dest.bucket, key: `${folderOf(dest).key}${renamed}` });
}

/** A file's name below `--dest`; undefined: `--groupBy` doesn't match, so it isn't copied. */
function targetName(file: S3File, { src, groupBy }: S3DistCpOptions): string | undefined {
  const relative = file.key.slice(folderOf(src).key.length);
  if (groupBy === undefined) return relative;
  const match = groupBy.exec(uri(file));
  return match === null ? undefined : match.slice(1).join("");
}

function parse(args: readonly string[]): S3DistCpOptions {
  const given = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const at = args[index]!.indexOf("=");
    const option = at < 0 ? args[index]! : args[index]!.slice(0, at);
    if (option === "--deleteOnSuccess") given.set(option, "true");
    else given.set(option, at < 0 ? (args[++index] ?? "") : args[index]!.slice(at + 1));
  }
  const known = ["--src", "--dest", "--srcPattern", "--groupBy", "--outputCodec", "--deleteOnSuccess"];
  for (const option of given.keys())
    if (!known.includes(option) && !ignored.has(option))
      throw new StepFailure(
        `The local EMR's s3-dist-cp doesn't have the option ${option}; it has ${known.join(", ")}.`,
      );
  const outputCodec = given.get("--outputCodec") ?? "keep";
  if (!["gz", "gzip", "none", "keep"].includes(outputCodec))
    throw new StepFailure(
      `The local EMR's s3-dist-cp writes gz, none and keep; got --outputCodec ${outputCodec}.`,
    );
  return {
    src: place(given, "--src"),
    dest: place(given, "--dest"),
    srcPattern: pattern(given.get("--srcPattern")),
    groupBy: pattern(given.get("--groupBy")),
    outputCodec: outputCodec === "gzip" ? "gz" : outputCodec,
    deleteOnSuccess: given.has("--deleteOnSuccess"),
  };
}

function place(given: ReadonlyMap<string, string>, option: string): S3Location {
  const value = given.get(option);
  const location = parseS3Uri(value ?? "");
  if (location === undefined)
    throw new StepFailure(
      `s3-dist-cp needs ${option} s3://bucket/folder; got ${value ?? "nothing"}. There is no HDFS here.`,
    );
  return location;
}

/** Java matches whole paths. */
function pattern(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(`^(?:${text})$`, "s");
  } catch {
    throw new StepFailure(`Not a regular expression: ${text}`);
  }
}

function folderOf(location: S3Location): S3Location {
  const key = location.key === "" || location.key.endsWith("/") ? location.key : `${location.key}/`;
  return { bucket: location.bucket, key };
}

function uri({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}
