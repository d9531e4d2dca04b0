import { createHash, randomUUID } from "node:crypto";
import {
  CreateBucketCommand,
  type GetObjectCommandOutput,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";

/** Address and credentials, under the names the AWS SDK reads them by. */
export type S3Environment = Readonly<Record<string, string>>;

/** A client without retries: each call is one request. Destroy it after use. */
export function s3TestClient(environment: S3Environment): S3Client {
  return new S3Client({
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID!,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY!,
    },
    forcePathStyle: true,
    maxAttempts: 1,
    requestHandler: { httpAgent: { maxSockets: 64, keepAlive: true }, requestTimeout: 60_000 },
  });
}

/** A bucket nobody else uses. */
export async function newBucket(client: S3Client): Promise<string> {
  const name = `test-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return name;
}

/** What became of a request: its status, and the error code if S3 refused. */
export interface Outcome {
  readonly status: number;
  readonly code?: string;
}

/** The status of a call whether or not it succeeded. Rejects if no answer came. */
export async function outcomeOf(
  call: Promise<{ $metadata: { httpStatusCode?: number }; Body?: unknown }>,
): Promise<Outcome> {
  try {
    const { $metadata, Body } = await call;
    // An answer that nobody reads keeps its connection, and fails when that is closed.
    await (Body as GetObjectCommandOutput["Body"])?.transformToByteArray();
    return { status: $metadata.httpStatusCode ?? 0 };
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode !== undefined) {
      return { status: error.$metadata.httpStatusCode, code: error.name };
    }
    throw error;
  }
}

/** ETag of an object of these bytes. */
export function etag(body: string | Uint8Array): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}
