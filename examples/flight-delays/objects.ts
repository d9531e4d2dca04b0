import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type Flight, flightFiles, type MeanDelay, parseMeanDelays } from "./flights";

/** A client by the AWS SDK's own chain: `AWS_ENDPOINT_URL_S3` points it at a local server. */
export function s3Client(): S3Client {
  return new S3Client({});
}

/** Uploads the flights, one object a month, below `folder`; makes the bucket if it isn't there. Repeatable. */
export async function uploadFlights(
  flights: readonly Flight[],
  folder: string,
  s3: S3Client,
): Promise<string[]> {
  const { bucket, key } = parts(folder);
  await ensureBucket(bucket, s3);
  const files = [...flightFiles(flights)];
  for (const [name, text] of files) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${key}/${name}`, Body: text }));
  }
  return files.map(([name]) => `s3://${bucket}/${key}/${name}`);
}

async function ensureBucket(bucket: string, s3: S3Client): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== 404) throw error;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  }
}

/** What a job has written below `folder`, from all its reducers. */
export async function readResult(folder: string, s3: S3Client): Promise<MeanDelay[]> {
  const { bucket, key } = parts(folder);
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: `${key}/part-` }),
  );
  const texts = Contents.map(async ({ Key }) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return (await Body?.transformToString()) ?? "";
  });
  return parseMeanDelays((await Promise.all(texts)).join(""));
}

function parts(folder: string): { bucket: string; key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+?)\/*$/.exec(folder) ?? [];
  if (bucket === undefined || key === undefined) throw new Error(`${folder} is not s3://bucket/folder`);
  return { bucket, key };
}
