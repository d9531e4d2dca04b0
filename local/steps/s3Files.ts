import { createReadStream, createWriteStream, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import type { S3Location } from "./s3Uri";

/** An object of a listing. */
export interface S3File extends S3Location {
  readonly size: number;
}

/** The S3 endpoint as a step sees it. */
export class S3Files {
  private readonly client: S3Client;

  constructor(environment: NodeJS.ProcessEnv) {
    this.client = new S3Client({
      endpoint: environment.AWS_ENDPOINT_URL_S3,
      region: environment.AWS_REGION || "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      forcePathStyle: true,
      maxAttempts: 5,
    });
  }

  /** Objects whose key begins with `location.key`, in key order. */
  async list(location: S3Location): Promise<S3File[]> {
    const files: S3File[] = [];
    const pages = paginateListObjectsV2(
      { client: this.client },
      { Bucket: location.bucket, Prefix: location.key },
    );
    for await (const page of pages)
      for (const object of page.Contents ?? [])
        files.push({ bucket: location.bucket, key: object.Key!, size: object.Size ?? 0 });
    return files;
  }

  async exists(location: S3Location): Promise<boolean> {
    try {
      await this.client.send(new HeadObjectCommand({ Bucket: location.bucket, Key: location.key }));
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  /** The object's bytes from `start` on, as they come. */
  async read(location: S3Location, start = 0): Promise<Readable> {
    const answer = await this.client.send(
      new GetObjectCommand({
        Bucket: location.bucket,
        Key: location.key,
        ...(start > 0 ? { Range: `bytes=${start}-` } : {}),
      }),
    );
    return answer.Body as Readable;
  }

  async download(location: S3Location, file: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await pipeline(await this.read(location), createWriteStream(file));
  }

  async upload(file: string, location: S3Location): Promise<void> {
    await this.write(location, createReadStream(file), statSync(file).size);
  }

  async write(location: S3Location, body: Readable | Buffer, length: number): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: location.bucket,
        Key: location.key,
        Body: body,
        ContentLength: length,
      }),
    );
  }

  async delete({ bucket, key }: S3Location): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  close(): void {
    this.client.destroy();
  }
}
