import * as pulumi from "@pulumi/pulumi";
import { PooledEmrError } from "../errors";
import type { AwsModules } from "./awsModules";
import { bucketPolicy } from "./poolDocuments";

/** A made bucket. */
export interface PoolBucket {
  readonly bucketName: pulumi.Output<string>;
  /** `s3://<bucket>/pool`. */
  readonly store: pulumi.Output<string>;
  /** `s3://<bucket>/logs/`: beside the store, never below it. */
  readonly logUri: pulumi.Output<string>;
}

/**
 * The bucket of a pool: private, encrypted under the pool's key, versioned, TLS only. Lifecycle rules end logs and
 * old versions of the ledger; they never touch `job/`, whose journals say what has already run (locking.md 15).
 */
export function poolBucket(
  name: string,
  { s3 }: AwsModules,
  options: {
    partition: pulumi.Output<string>;
    kmsKeyArn: pulumi.Input<string>;
    logRetentionDays: number;
    tags: pulumi.Input<Record<string, pulumi.Input<string>>>;
  },
  parent: pulumi.Resource,
): PoolBucket {
  const opts = { parent };
  const bucket = new s3.Bucket(name, { tags: options.tags }, opts);
  const bucketArgs = { bucket: bucket.bucket };
  const blocked = new s3.BucketPublicAccessBlock(
    name,
    {
      ...bucketArgs,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    opts,
  );
  new s3.BucketOwnershipControls(
    name,
    { ...bucketArgs, rule: { objectOwnership: "BucketOwnerEnforced" } },
    opts,
  );
  const encrypted = new s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      ...bucketArgs,
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: options.kmsKeyArn,
          },
          // One request to KMS for many objects: the ledger is written often.
          bucketKeyEnabled: true,
        },
      ],
    },
    opts,
  );
  const versioned = new s3.BucketVersioning(
    name,
    { ...bucketArgs, versioningConfiguration: { status: "Enabled" } },
    opts,
  );
  new s3.BucketLifecycleConfiguration(
    name,
    { ...bucketArgs, rules: lifecycleRules(options.logRetentionDays) },
    { parent, dependsOn: versioned },
  );
  const policy = new s3.BucketPolicy(
    name,
    {
      ...bucketArgs,
      policy: pulumi
        .all([options.partition, bucket.bucket])
        .apply(([partition, bucketName]) => JSON.stringify(bucketPolicy(partition, storeOf(bucketName)))),
    },
    { parent, dependsOn: blocked },
  );
  // Whoever uses the store waits until it is safe to.
  const ready = pulumi.all([bucket.bucket, policy.id, encrypted.id]).apply(([bucketName]) => bucketName);
  return {
    bucketName: ready,
    store: ready.apply(storeOf),
    logUri: ready.apply((bucketName) => `s3://${bucketName}/logs/`),
  };
}

function storeOf(bucketName: string): string {
  return `s3://${bucketName}/pool`;
}

/**
 * Old versions of the ledger are of no use after a week; the current ones, and every journal, stay for ever.
 *
 * @throws PooledEmrError INVALID_INPUT for `logRetentionDays` below 1
 */
export function lifecycleRules(logRetentionDays: number) {
  if (!Number.isInteger(logRetentionDays) || logRetentionDays < 1)
    throw new PooledEmrError("INVALID_INPUT", {
      subject: "EmrPool.logRetentionDays",
      problem: "is not a number of days",
      got: String(logRetentionDays),
      allowed: "a whole number from 1",
    });
  const status = "Enabled";
  return [
    {
      id: "logs",
      status,
      filter: { prefix: "logs/" },
      expiration: { days: logRetentionDays },
      noncurrentVersionExpiration: { noncurrentDays: 1 },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    },
    {
      id: "old-versions-of-the-ledger",
      status,
      filter: { prefix: "pool/v1/pool/" },
      noncurrentVersionExpiration: { noncurrentDays: 7 },
    },
  ];
}
