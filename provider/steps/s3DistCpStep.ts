import { commandRunner } from "./commandRunner";
import { type StepOptions, stepBuilder } from "./stepBuilder";

/** Options of {@link s3DistCpStep}: those of `s3-dist-cp`. https://docs.aws.amazon.com/emr/latest/ReleaseGuide/UsingEMR_s3distcp.html */
export interface S3DistCpStepOptions extends StepOptions {
  /** Address of the folder to copy from (`s3://`, `hdfs://`). */
  src: string;
  /** Address of the folder to copy to. */
  dest: string;
  /** Regular expression for the files to copy. Default: all. */
  srcPattern?: string;
  /** Regular expression; files whose groups `(…)` are equal are joined to one. Default: none are joined. */
  groupBy?: string;
  /** Size of joined files in MiB, 1 or more. Default: as large as the group. */
  targetSize?: number;
  /** Append to files that exist at `dest`. Default false. */
  appendToLastFile?: boolean;
  /** Default `keep`, or no compression when files are joined. */
  outputCodec?: "gzip" | "gz" | "lzo" | "lzop" | "snappy" | "none" | "keep";
  /** Delete the source's files once all are copied. Default false. */
  deleteOnSuccess?: boolean;
  /** Default false. */
  disableMultipartUpload?: boolean;
  /** Part size of multipart uploads in MiB, 1 or more. Default 128. */
  multipartUploadChunkSize?: number;
  /** Put a running number in front of names. Default false. */
  numberFiles?: boolean;
  /** First running number, 0 or more. Default 0. */
  startingIndex?: number;
  /** Name of a gzipped list of the copied files, written to `dest`. Default: none. */
  outputManifest?: string;
  /** Address of a list of files already copied, to leave out. Default: none. */
  previousManifest?: string;
  /** Fail without a `previousManifest`. Default true. */
  requirePreviousManifest?: boolean;
  /** Copy what `previousManifest` lists instead. Default false. */
  copyFromManifest?: boolean;
  /** S3 endpoint for the transfer, without scheme. Default: EMR's. */
  s3Endpoint?: string;
  /** Storage class at `dest`. Default `STANDARD`. */
  storageClass?: "STANDARD" | "REDUCED_REDUNDANCY" | "STANDARD_IA";
  /** Address of a list of prefixes to copy. Default: none. */
  srcPrefixesFile?: string;
  /** Encrypt at `dest` with S3's keys. Default: the cluster's encryption. */
  s3ServerSideEncryption?: boolean;
}

/** `s3-dist-cp`'s switches: present or absent, without a value. */
const switches = new Set([
  "appendToLastFile",
  "deleteOnSuccess",
  "disableMultipartUpload",
  "numberFiles",
  "copyFromManifest",
  "s3ServerSideEncryption",
]);

/**
 * A step that copies, and joins, many files between S3 and HDFS.
 *
 * @example
 * ```ts
 * s3DistCpStep({ name: "stage", src: "s3://b/logs/", dest: "hdfs:///logs", groupBy: ".*(2026-\\d\\d).*", targetSize: 128 })
 * ```
 * @throws PooledEmrError INVALID_INPUT beyond EMR's limits or the command's
 */
export const s3DistCpStep = stepBuilder<S3DistCpStepOptions>(
  "s3DistCpStep",
  { targetSize: 1, multipartUploadChunkSize: 1, startingIndex: 0 },
  ({ name, actionOnFailure, monitoring, src, dest, ...rest }) =>
    commandRunner([
      "s3-dist-cp",
      `--src=${src}`,
      `--dest=${dest}`,
      ...Object.entries(rest).flatMap(([option, value]) => distCpOption(option, value)),
    ]),
);

function distCpOption(option: string, value: string | number | boolean | undefined): string[] {
  if (value === undefined) return [];
  if (switches.has(option)) return value === true ? [`--${option}`] : [];
  return [`--${option}=${value}`];
}
