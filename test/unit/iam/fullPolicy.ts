import type { IamPolicyOptions } from "../../../provider/iam/iamPolicy";

/** Every option of a policy. */
export const fullPolicy: IamPolicyOptions = {
  kind: "up",
  store: "s3://pools/etl",
  region: "eu-west-1",
  accountId: "123456789012",
  poolName: "etl",
  logUris: ["s3://logs/emr/", "s3://more-logs"],
  bootstrapScripts: ["s3://scripts/install.sh"],
  roleArns: ["arn:aws:iam::123456789012:role/service"],
  executionRoleArns: ["arn:aws:iam::123456789012:role/jobs"],
  kmsKeyArns: ["arn:aws:kms:eu-west-1:123456789012:key/1"],
};
