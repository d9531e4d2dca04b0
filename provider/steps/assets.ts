import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { StepConfig } from "../args";
import { PooledEmrError } from "../errors";
import { bucketOwner } from "../lease/s3ObjectStore";
import { replaceReferences } from "./localFile";

/** A local file of a job: an input of the resource, so that a change of its content is a change of the job. */
export interface Asset {
  /** Where the file is on the machine that deploys. Only `create` reads it; a change of it alone is no change. */
  path: string;
  /** Of the content, 64 hex digits; part of the job's spec. */
  sha256: string;
  /** `<store>/v1/assets/<sha256>/<file name>`: what the steps say instead of the path. */
  uri: string;
}

/**
 * The steps with every local file replaced by its address in the pool's store, and the files that have to be there
 * before the steps are submitted, each once, in the order of first use. Reads nothing and writes nothing: the
 * digests are in the references the builders made, the upload is {@link uploadAssets}'.
 *
 * @param store - the pool's `s3://bucket[/prefix]`
 */
export function collectAssets(
  steps: readonly StepConfig[],
  store: string,
): { steps: StepConfig[]; assets: Asset[] } {
  const assets = new Map<string, Asset>();
  const addressOf = ({ path, sha256 }: { path: string; sha256: string }): string => {
    const uri = `${store.replace(/\/+$/, "")}/v1/assets/${sha256}/${objectName(path)}`;
    if (!assets.has(uri)) assets.set(uri, { path, sha256, uri });
    return uri;
  };
  return {
    steps: mapStrings([...steps], (text) => replaceReferences(text, addressOf)),
    assets: [...assets.values()],
  };
}

/** A name that needs no quoting in an address, a Hadoop list or a shell. */
function objectName(path: string): string {
  return basename(path).replace(/[^A-Za-z0-9._-]/g, "_");
}

function mapStrings<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)])) as T;
}

/**
 * Puts the files into the store, each once for ever: an object whose name holds the digest of its content never
 * changes, so one that is there is the file, if the bucket belongs to whom the store's is said to (protocol.md 7).
 * Create-only, as the store's bucket policy demands (locking.md 2).
 * A file may have up to 2 GiB, what Node reads at once; larger ones belong on S3 already.
 *
 * @param s3 - client for the store's bucket
 * @throws PooledEmrError LOCAL_FILE_NOT_FOUND, LOCAL_FILE_CHANGED, ASSET_NOT_UPLOADED; INVALID_INPUT if
 * `PULUMI_POOLED_EMR_BUCKET_OWNER` is not 12 digits
 */
export async function uploadAssets(assets: readonly Asset[], s3: S3Client): Promise<void> {
  for (const asset of assets) {
    const target = targetOf(asset.uri);
    try {
      if (await exists(s3, target)) continue;
      await createObject(s3, target, await contentOf(asset));
    } catch (cause) {
      if (cause instanceof PooledEmrError) throw cause;
      throw new PooledEmrError("ASSET_NOT_UPLOADED", {
        subject: `The step file ${asset.path}`,
        problem: `could not be uploaded to ${asset.uri}: ${(cause as Error).name}: ${(cause as Error).message}`,
        cause,
      });
    }
  }
}

/** What every request for one object says. */
type Target = Readonly<Record<"Bucket" | "Key", string>> & { readonly ExpectedBucketOwner?: string };

function targetOf(uri: string): Target {
  const [, Bucket = "", Key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  return { Bucket, Key, ExpectedBucketOwner: bucketOwner() };
}

async function exists(s3: S3Client, target: Target): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand(target));
    return true;
  } catch (error) {
    // Without s3:ListBucket S3 says 403 of a missing object: the create-only put decides then.
    if ([403, 404].includes(httpStatus(error) ?? 0)) return false;
    throw error;
  }
}

/** The SDK tries again by itself after throttling, 5xx and broken connections, but not after a conflict. */
async function createObject(s3: S3Client, target: Target, body: Buffer): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await s3.send(new PutObjectCommand({ ...target, Body: body, IfNoneMatch: "*" }));
      return;
    } catch (error) {
      // Somebody, or an earlier try of ours, was first: the same name is the same content.
      if (httpStatus(error) === 412) return;
      if (httpStatus(error) !== 409 || attempt === 3) throw error;
    }
  }
}

/** What is uploaded must be what the preview showed: its digest is in the job's identity. */
async function contentOf(asset: Asset): Promise<Buffer> {
  let content: Buffer;
  try {
    content = await readFile(asset.path);
  } catch (cause) {
    throw new PooledEmrError("LOCAL_FILE_NOT_FOUND", {
      subject: `The step file ${asset.path}`,
      problem: `can't be read any more and is not in the pool's store yet: ${(cause as Error).message}`,
      cause,
    });
  }
  if (createHash("sha256").update(content).digest("hex") === asset.sha256) return content;
  throw new PooledEmrError("LOCAL_FILE_CHANGED", {
    subject: `The step file ${asset.path}`,
    problem: "was changed after the program had read it",
  });
}

function httpStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
