import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  type S3ServiceException,
} from "@aws-sdk/client-s3";
import { PooledEmrError } from "../errors";
import type { ObjectStore, StoredObject, WriteCondition, WriteOutcome } from "../ports";

/** How {@link openS3ObjectStore} reaches the store. */
export interface S3StoreOptions {
  /** `s3://bucket[/prefix]`. */
  readonly uri: string;
  readonly region?: string;
  /**
   * 12 digits. S3 refuses each request if the bucket belongs to another account. Default: what
   * `PULUMI_POOLED_EMR_BUCKET_OWNER` says; without it the owner is not checked.
   */
  readonly expectedBucketOwner?: string;
  readonly config?: S3ClientConfig;
}

/** A store whose answers also tell how far this machine's clock is off. */
export interface S3ObjectStore extends ObjectStore {
  /** Milliseconds to add to the local clock to get S3's, as of the last answer; 0 before the first. */
  clockOffset(): number;
  /** Region that the client really uses. */
  region(): Promise<string>;
}

/** Refusals of one request, not of what it asks for: sent again it may be taken. */
const mayPass = /^(RequestTimeout|IncompleteBody|BadDigest|XAmzContent|SlowDown|Throttl|TooManyRequests)/;

/** Bucket and prefix of `s3://bucket[/prefix]`; the prefix ends with a slash or is empty. */
export function parseStoreUri(uri: string): { bucket: string; prefix: string } {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(uri);
  const path = match?.[2]?.replace(/\/+$/, "") ?? "";
  if (!match || path.split("/").some((part) => part === "." || part === ".."))
    throw new PooledEmrError("INVALID_INPUT", {
      subject: "pool.store",
      problem: "is not the place of a pool's records",
      got: uri,
      allowed: "s3://bucket or s3://bucket/prefix",
    });
  return { bucket: match[1]!, prefix: path === "" ? "" : `${path}/` };
}

/**
 * S3 as the protocol's object store. Writes are conditional, always, and tried once: a retry inside the SDK would be
 * refused because of its own first try. No encryption header is sent, so the bucket's default encryption (SSE-S3 or
 * KMS) holds, and nothing is ever deleted.
 */
export function openS3ObjectStore(options: S3StoreOptions): S3ObjectStore {
  const { bucket, prefix } = parseStoreUri(options.uri);
  const config: S3ClientConfig = {
    ...(options.region !== undefined && { region: options.region }),
    followRegionRedirects: true,
    // Without throwOnRequestTimeout the SDK only warns and waits on.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...options.config,
  };
  const reader = new S3Client({ ...config, maxAttempts: 5 });
  const writer = new S3Client({ ...config, maxAttempts: 1 });
  const target = { Bucket: bucket, ExpectedBucketOwner: bucketOwner(options) };
  const failure = (error: unknown, key: string) => storeFailure(error, `s3://${bucket}/${prefix}${key}`);
  let offset = 0;

  const serverTime = (headers: Record<string, string> | undefined, key: string): Date => {
    const time = Date.parse(headers?.date ?? "");
    if (Number.isNaN(time)) throw failure(new Error("the answer has no Date header"), key);
    offset = time - Date.now();
    return new Date(time);
  };

  return {
    clockOffset: () => offset,
    region: async () => await reader.config.region(),

    async get(key): Promise<StoredObject> {
      const command = new GetObjectCommand({ ...target, Key: prefix + key });
      const headers = captureHeaders(command.middlewareStack);
      try {
        const output = await reader.send(command);
        const body = (await output.Body?.transformToString()) ?? "";
        const time = serverTime(headers.last, key);
        return {
          found: true,
          body,
          etag: output.ETag ?? "",
          lastModified: output.LastModified ?? time,
          serverTime: time,
        };
      } catch (error) {
        if ((error as S3ServiceException).name === "NoSuchKey")
          return { found: false, serverTime: serverTime(headers.last, key) };
        throw failure(error, key);
      }
    },

    async put(key: string, body: string, condition: WriteCondition): Promise<WriteOutcome> {
      const command = new PutObjectCommand({
        ...target,
        Key: prefix + key,
        Body: body,
        ContentType: "application/json",
        ...("absent" in condition ? { IfNoneMatch: "*" } : { IfMatch: condition.etag }),
      });
      const headers = captureHeaders(command.middlewareStack);
      try {
        const output = await writer.send(command);
        return { outcome: "written", etag: output.ETag ?? "", serverTime: serverTime(headers.last, key) };
      } catch (error) {
        const { name, $metadata } = error as S3ServiceException;
        const status = $metadata?.httpStatusCode ?? 0;
        if (status === 412 || status === 409 || (status === 404 && name !== "NoSuchBucket"))
          return { outcome: "refused", status };
        if (status === 501 || (status >= 400 && status < 500 && !mayPass.test(name)))
          throw failure(error, key);
        return { outcome: "unknown", cause: error };
      }
    },

    async list(below): Promise<string[]> {
      const found: string[] = [];
      let token: string | undefined;
      do {
        const page = await reader
          .send(new ListObjectsV2Command({ ...target, Prefix: prefix + below, ContinuationToken: token }))
          .catch((error) => {
            throw failure(error, below);
          });
        for (const object of page.Contents ?? []) found.push(object.Key!.slice(prefix.length));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return found;
    },
  };
}

/**
 * Account that every request to the store names as the bucket's, 12 digits; undefined: the owner is not checked.
 *
 * @throws PooledEmrError INVALID_INPUT if `PULUMI_POOLED_EMR_BUCKET_OWNER` is not 12 digits
 */
export function bucketOwner(options: Pick<S3StoreOptions, "expectedBucketOwner"> = {}): string | undefined {
  const owner = options.expectedBucketOwner ?? (process.env.PULUMI_POOLED_EMR_BUCKET_OWNER || undefined);
  if (owner === undefined || /^\d{12}$/.test(owner)) return owner;
  throw new PooledEmrError("INVALID_INPUT", {
    subject: "PULUMI_POOLED_EMR_BUCKET_OWNER",
    problem: "is not an AWS account",
    got: owner,
    allowed: "12 digits",
  });
}

/** Keeps the headers of the answer a command gets, also of an error: the SDK's outputs don't carry `Date`. */
function captureHeaders(stack: {
  add(middleware: never, options: { step: "deserialize"; priority: "low" }): void;
}): {
  last: Record<string, string> | undefined;
} {
  const captured: { last: Record<string, string> | undefined } = { last: undefined };
  type Next = (args: unknown) => Promise<{ response?: { headers?: Record<string, string> } }>;
  const middleware = (next: Next) => async (args: unknown) => {
    const result = await next(args);
    captured.last = result.response?.headers;
    return result;
  };
  stack.add(middleware as never, { step: "deserialize", priority: "low" });
  return captured;
}

function storeFailure(error: unknown, subject: string): PooledEmrError {
  if (error instanceof PooledEmrError) return error;
  const { name, message, $metadata } = error as S3ServiceException;
  const status = $metadata?.httpStatusCode;
  if (message === "Region is missing")
    return new PooledEmrError("AWS_NO_REGION", {
      subject: "The AWS region",
      problem: "is set nowhere",
      cause: error,
    });
  if (name === "CredentialsProviderError")
    return new PooledEmrError("AWS_NO_CREDENTIALS", {
      subject,
      problem: `can't be read: ${message}`,
      cause: error,
    });
  if (name === "NoSuchBucket" || (name === "NotFound" && status === 404))
    return new PooledEmrError("STORE_NO_SUCH_BUCKET", {
      subject,
      problem: "is in no bucket that exists",
      cause: error,
    });
  if (name === "NotImplemented" || status === 501)
    return new PooledEmrError("STORE_IGNORES_CONDITIONS", {
      subject,
      problem: `can't be written under a condition: ${message}`,
      cause: error,
    });
  if (status !== undefined && status >= 400 && status < 500 && status !== 403 && !mayPass.test(name))
    return new PooledEmrError("STORE_REFUSED", {
      subject,
      problem: `can't be read or written: ${name}: ${message}`,
      cause: error,
    });
  if (status === 403)
    return new PooledEmrError("STORE_ACCESS_DENIED", {
      subject,
      problem: `can't be read or written: ${name}: ${message}`,
      cause: error,
    });
  return new PooledEmrError("STORE_UNAVAILABLE", {
    subject,
    problem: `could not be reached: ${name}: ${message}`,
    cause: error,
  });
}
