import { createRequire } from "node:module";
import { PooledEmrError } from "../errors";

/** The parts of `@pulumi/aws` an {@link EmrPool} uses. */
export interface AwsModules {
  readonly ec2: typeof import("@pulumi/aws/ec2");
  readonly emr: typeof import("@pulumi/aws/emr");
  readonly iam: typeof import("@pulumi/aws/iam");
  readonly kms: typeof import("@pulumi/aws/kms");
  readonly s3: typeof import("@pulumi/aws/s3");
  readonly getCallerIdentity: typeof import("@pulumi/aws/getCallerIdentity");
  readonly getPartition: typeof import("@pulumi/aws/getPartition");
  readonly getRegion: typeof import("@pulumi/aws/getRegion");
}

/**
 * Loads `@pulumi/aws`, an optional peer that programs with jobs only don't have, when the first pool is made; and
 * of it only what is used: the whole package takes seconds.
 *
 * @throws PooledEmrError AWS_PACKAGE_MISSING if it is not installed
 */
export function loadAws(): AwsModules {
  const load = createRequire(__filename);
  try {
    return {
      ec2: load("@pulumi/aws/ec2"),
      emr: load("@pulumi/aws/emr"),
      iam: load("@pulumi/aws/iam"),
      kms: load("@pulumi/aws/kms"),
      s3: load("@pulumi/aws/s3"),
      getCallerIdentity: load("@pulumi/aws/getCallerIdentity"),
      getPartition: load("@pulumi/aws/getPartition"),
      getRegion: load("@pulumi/aws/getRegion"),
    };
  } catch (cause) {
    throw new PooledEmrError("AWS_PACKAGE_MISSING", {
      subject: "EmrPool",
      problem: `can't load @pulumi/aws: ${(cause as Error).message}`,
      cause,
    });
  }
}
