import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ClusterSpec } from "../args";
import { isNotAllowed } from "./poolFactsErrors";

/** Contents of the bootstrap scripts of a cluster spec, as far as they can be read. */
export interface BootstrapDigests {
  /** Digest by path. */
  readonly digests: Record<string, string>;
  /** For the preview: which scripts count by their path only, and why. */
  readonly notes: string[];
}

/**
 * Bootstrap scripts count by content: SHA-256 if S3 keeps it, else the ETag, which is the same for the same upload.
 * One `HeadObject` a script. Scripts on the AMI (`file:///…`) belong to the release and are not read.
 */
export async function readBootstrapDigests(cluster: ClusterSpec, s3: S3Client): Promise<BootstrapDigests> {
  const paths = (cluster.bootstrapActions ?? []).map((action) => action.scriptBootstrapAction?.path ?? "");
  const found = await Promise.all([...new Set(paths)].map((path) => readDigest(path, s3)));
  const digests = found.flatMap(({ path, digest }) =>
    digest === undefined ? [] : [[path, digest] as const],
  );
  return {
    digests: Object.fromEntries(digests),
    notes: found.flatMap(({ path, problem }) =>
      problem === undefined
        ? []
        : [`bootstrap script ${path} can't be read (${problem}): it counts by its path, not by its content`],
    ),
  };
}

async function readDigest(
  path: string,
  s3: S3Client,
): Promise<{ path: string; digest?: string; problem?: string }> {
  const [, bucket, key] = /^s3[an]?:\/\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (bucket === undefined || key === undefined) return { path };
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }));
    if (head.ChecksumSHA256) return { path, digest: `sha256:${head.ChecksumSHA256}` };
    return head.ETag ? { path, digest: `etag:${head.ETag}` } : { path, problem: "S3 gives no digest" };
  } catch (error) {
    // A HEAD has no body, so S3's reason is only in the status.
    const problem = isNotAllowed(error) ? (error as Error).name : (error as Error).message;
    return { path, problem };
  }
}
