import { createHash } from "node:crypto";
import {
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ChecksumAlgorithm } from "./checksums";
import { noSuchBucket, S3Error } from "./errors";
import { compareUtf8 } from "./listing";
import { type FinishedBody, StagedBody } from "./stagedBody";
import { readTrailer, type StoredObject } from "./storedObject";
import { loadUploads, type Upload } from "./uploads";

/** A bucket, wholly in memory but for the objects' bytes. */
export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly folder: string;
  readonly objects: Map<string, StoredObject>;
  /** Path of each object's file, by key. */
  readonly files: Map<string, string>;
  /** Number of the next file; a later write of a key has a higher one. */
  nextFile: number;
  /** By upload id. */
  readonly uploads: Map<string, Upload>;
  /** All keys in UTF-8 order; undefined after a key came or went. */
  sortedKeys: string[] | undefined;
}

/**
 * Buckets and objects: the index in memory, everything on disk. All changes are synchronous, from the look at the
 * index to the rename of the file, so in this single-threaded process each is one atomic step.
 */
export class S3Store {
  readonly buckets = new Map<string, Bucket>();
  private readonly bucketsFolder: string;
  private readonly temporaryFolder: string;

  /** Reads what an earlier server left. Files that were being written when it died are removed. */
  constructor(dataDir: string) {
    this.bucketsFolder = join(dataDir, "buckets");
    this.temporaryFolder = join(dataDir, "temporary");
    rmSync(this.temporaryFolder, { recursive: true, force: true });
    mkdirSync(this.temporaryFolder, { recursive: true });
    mkdirSync(this.bucketsFolder, { recursive: true });
    for (const name of readdirSync(this.bucketsFolder)) {
      this.load(join(this.bucketsFolder, name));
    }
  }

  /** @throws S3Error NoSuchBucket. */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) {
      throw noSuchBucket(name);
    }
    return bucket;
  }

  createBucket(name: string, region: string, createdAt: number): void {
    const folder = join(this.bucketsFolder, name);
    // Built aside and renamed: a bucket whose description is missing can't be found half made.
    const aside = join(this.temporaryFolder, `bucket-${name}`);
    mkdirSync(join(aside, "objects"), { recursive: true });
    mkdirSync(join(aside, "uploads"), { recursive: true });
    writeFileSync(join(aside, "bucket.json"), JSON.stringify({ name, region, createdAt }));
    renameSync(aside, folder);
    this.load(folder);
  }

  /** @throws S3Error BucketNotEmpty, NoSuchBucket. */
  deleteBucket(name: string): void {
    const bucket = this.bucket(name);
    if (bucket.objects.size > 0) {
      throw new S3Error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty", {
        BucketName: name,
      });
    }
    const aside = join(this.temporaryFolder, `deleted-${name}-${Date.now()}`);
    renameSync(bucket.folder, aside);
    rmSync(aside, { recursive: true, force: true });
    this.buckets.delete(name);
  }

  newBody(algorithms: Iterable<ChecksumAlgorithm>, withSha256 = false): StagedBody {
    return new StagedBody(this.temporaryFolder, algorithms, withSha256);
  }

  /**
   * Puts an object in place if `check` lets it. Synchronous from check to set.
   *
   * @param check gets the object that is there now; throws to refuse, which discards the body.
   */
  putObject(
    bucketName: string,
    object: StoredObject,
    body: FinishedBody,
    check: (current: StoredObject | undefined) => void,
  ): void {
    try {
      const bucket = this.bucket(bucketName);
      const current = bucket.objects.get(object.key);
      check(current);
      // A new name each time: to replace a file by a rename makes some file systems write it to the disk at once,
      // which takes milliseconds in which nobody else is served. Of two files of a key the newer counts.
      const file = join(bucket.folder, "objects", `${keyHash(object.key)}.${bucket.nextFile++}`);
      body.place(object, file);
      const earlier = bucket.files.get(object.key);
      if (earlier !== undefined) {
        unlinkSync(earlier);
      }
      bucket.files.set(object.key, file);
      bucket.objects.set(object.key, object);
      if (current === undefined) {
        bucket.sortedKeys = undefined;
      }
    } finally {
      body.discard();
    }
  }

  /** @param check as in {@link putObject}. Deleting a key that isn't there is no error. */
  deleteObject(bucketName: string, key: string, check: (current: StoredObject | undefined) => void): void {
    const bucket = this.bucket(bucketName);
    const current = bucket.objects.get(key);
    check(current);
    if (current !== undefined) {
      unlinkSync(bucket.files.get(key)!);
      bucket.files.delete(key);
      bucket.objects.delete(key);
      bucket.sortedKeys = undefined;
    }
  }

  /**
   * An open file of the object's bytes as they are now, whatever is written afterwards. The caller closes it, and
   * knows that the object is there.
   */
  openObject(bucketName: string, key: string): number {
    return openSync(this.bucket(bucketName).files.get(key)!, "r");
  }

  keysInOrder(bucket: Bucket): readonly string[] {
    bucket.sortedKeys ??= [...bucket.objects.keys()].sort(compareUtf8);
    return bucket.sortedKeys;
  }

  private load(folder: string): void {
    const description = JSON.parse(readFileSync(join(folder, "bucket.json"), "utf8"));
    const bucket: Bucket = {
      ...description,
      folder,
      objects: new Map(),
      files: new Map(),
      nextFile: 1,
      uploads: loadUploads(join(folder, "uploads")),
      sortedKeys: undefined,
    };
    const numbered = readdirSync(join(folder, "objects"))
      .map((name) => ({ name, number: Number(name.split(".")[1]) }))
      .filter(({ number }) => Number.isSafeInteger(number))
      .sort((left, right) => left.number - right.number);
    for (const { name, number } of numbered) {
      const file = join(folder, "objects", name);
      const object = readTrailer(file);
      bucket.nextFile = number + 1;
      if (object !== undefined) {
        const earlier = bucket.files.get(object.key);
        if (earlier !== undefined) {
          unlinkSync(earlier);
        }
        bucket.objects.set(object.key, object);
        bucket.files.set(object.key, file);
      }
    }
    this.buckets.set(bucket.name, bucket);
  }
}

/** Any key becomes a safe file name: `..`, `//`, 1,024 bytes, two that differ in case only. */
function keyHash(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
