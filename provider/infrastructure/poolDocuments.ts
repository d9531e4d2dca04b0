import {
  bucketArn,
  objectsArn,
  type PolicyDocument,
  type PolicyStatement,
  policyDocument,
  s3Location,
} from "../iam/policyDocument";

/**
 * The documents of an {@link EmrPool}, as functions of plain values: what they grant is tested without Pulumi.
 */

/**
 * Policy of the bucket: TLS only, and under the store nothing is overwritten unconditionally or deleted, whatever
 * else a principal may do. The protocol's proof rests on that (locking.md 2).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export function bucketPolicy(partition: string, store: string): PolicyDocument {
  const bucket = bucketArn(partition, store);
  const storeObjects = [objectsArn(partition, store, "v1/*")];
  const everyone = { Effect: "Deny", Principal: "*" } as const;
  return policyDocument([
    {
      ...everyone,
      Sid: "OnlyTls",
      Action: ["s3:*"],
      Resource: [bucket, `${bucket}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      ...everyone,
      Sid: "OnlyConditionalWritesUnderTheStore",
      Action: ["s3:PutObject"],
      Resource: storeObjects,
      // Parts of a multipart upload carry no condition; the call that completes it does.
      Condition: {
        Null: { "s3:if-match": "true", "s3:if-none-match": "true" },
        Bool: { "s3:ObjectCreationOperation": "true" },
      },
    },
    {
      ...everyone,
      Sid: "NoDeletesUnderTheStore",
      Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
      Resource: storeObjects,
    },
  ]);
}

/**
 * What EMR's service role needs beside the managed policy `AmazonEMRServicePolicy_v2`, which lets it pass only
 * roles of fixed names and use no key.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role.html
 */
export function servicePolicy(
  roleArns: { readonly instance: string; readonly autoScaling: string },
  kmsKeyArn: string,
): PolicyDocument {
  return policyDocument([
    passRole("PassInstanceRole", roleArns.instance, "ec2"),
    passRole("PassAutoScalingRole", roleArns.autoScaling, "application-autoscaling"),
    {
      Sid: "EncryptVolumes",
      Effect: "Allow",
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:CreateGrant",
        "kms:DescribeKey",
      ],
      Resource: [kmsKeyArn],
    },
  ]);
}

function passRole(sid: string, roleArn: string, service: string): PolicyStatement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: ["iam:PassRole"],
    Resource: [roleArn],
    Condition: { StringLike: { "iam:PassedToService": `${service}.amazonaws.com*` } },
  };
}

/** What the steps of a pool read and write. */
export interface PoolData {
  /** `s3://` folders the steps read. */
  readonly read: readonly string[];
  /** `s3://` folders the steps write, and read again. */
  readonly write: readonly string[];
  /** Keys of those buckets, if they are encrypted with KMS. */
  readonly kmsKeyArns: readonly string[];
}

/** Access to the data of the steps and to the uploaded files of the pool: the execution role's, or the machines'. */
export function dataStatements(partition: string, store: string, data: PoolData): PolicyStatement[] {
  const readable = [...data.read, ...data.write];
  return [
    {
      Sid: "ReadDataAndUploadedFiles",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [
        objectsArn(partition, store, "v1/assets/*"),
        ...readable.map((uri) => objectsArn(partition, uri)),
        // EMR's own scripts and jars, such as script-runner.jar.
        `arn:${partition}:s3:::elasticmapreduce/*`,
        `arn:${partition}:s3:::*.elasticmapreduce/*`,
      ],
    },
    ...readable.map(
      (uri, index): PolicyStatement => ({
        Sid: `ListData${index + 1}`,
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: [bucketArn(partition, uri)],
        Condition: { StringLike: { "s3:prefix": listable(uri) } },
      }),
    ),
    {
      Sid: "WriteData",
      Effect: "Allow",
      // Hadoop's committers delete what they have staged.
      Action: ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      Resource: data.write.map((uri) => objectsArn(partition, uri)),
    },
    {
      Sid: "UseKeysOfData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
      Resource: data.kmsKeyArns,
    },
  ];
}

function listable(uri: string): string[] {
  const { prefix } = s3Location(uri);
  return prefix === "" ? ["*"] : [prefix, `${prefix}/*`];
}

/** What every machine of a cluster needs whoever runs the steps: to write logs, and to hand steps to execution roles. */
export function machineStatements(
  partition: string,
  options: {
    logUri: string;
    kmsKeyArn: string;
    inTransitCertificates?: string;
    executionRoleArns: readonly string[];
  },
): PolicyStatement[] {
  const { logUri, kmsKeyArn, inTransitCertificates, executionRoleArns } = options;
  return [
    {
      Sid: "ReadCertificates",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: inTransitCertificates ? [objectsArn(partition, inTransitCertificates, "").slice(0, -1)] : [],
    },
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"],
      Resource: [objectsArn(partition, logUri)],
    },
    {
      Sid: "UseThePoolsKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
      Resource: [kmsKeyArn],
    },
    {
      Sid: "RunStepsAsExecutionRole",
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Resource: executionRoleArns,
    },
  ];
}

/** For clusters with an automatic scaling policy. https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-automatic-scaling.html */
export const autoScalingPolicy: PolicyDocument = policyDocument([
  {
    Sid: "ScaleInstanceGroups",
    Effect: "Allow",
    Action: [
      "cloudwatch:DescribeAlarms",
      "elasticmapreduce:ListInstanceGroups",
      "elasticmapreduce:ModifyInstanceGroups",
    ],
    // None of these actions knows resources but the last, which EMR calls for every cluster of the account.
    Resource: ["*"],
  },
]);

/**
 * EMR's security configuration: everything at rest under the pool's key, instance metadata version 2 only; in transit
 * with the user's certificates; steps under execution roles.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html
 */
export function securityConfiguration(options: {
  kmsKeyArn: string;
  inTransitCertificates?: string;
  runtimeRoles: boolean;
}): object {
  const { kmsKeyArn, inTransitCertificates, runtimeRoles } = options;
  return {
    EncryptionConfiguration: {
      EnableAtRestEncryption: true,
      AtRestEncryptionConfiguration: {
        S3EncryptionConfiguration: { EncryptionMode: "SSE-KMS", AwsKmsKey: kmsKeyArn },
        LocalDiskEncryptionConfiguration: {
          EncryptionKeyProviderType: "AwsKms",
          AwsKmsKey: kmsKeyArn,
          EnableEbsEncryption: true,
        },
      },
      EnableInTransitEncryption: inTransitCertificates !== undefined,
      ...(inTransitCertificates !== undefined && {
        InTransitEncryptionConfiguration: {
          TLSCertificateConfiguration: { CertificateProviderType: "PEM", S3Object: inTransitCertificates },
        },
      }),
    },
    InstanceMetadataServiceConfiguration: {
      MinimumInstanceMetadataServiceVersion: 2,
      HttpPutResponseHopLimit: 1,
    },
    ...(runtimeRoles && {
      AuthorizationConfiguration: { IAMConfiguration: { EnableApplicationScopedIAMRole: true } },
    }),
  };
}
