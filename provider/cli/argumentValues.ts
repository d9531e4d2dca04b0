import { InvalidArgumentError } from "commander";

/*
 * Parsers of options and arguments. What they allow is what the resource's inputs allow (a test compares them), but
 * without the library that checks those: `--help` must not wait for it.
 */

/** Parses an option that is a whole number from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`Allowed: a whole number from ${minimum} to ${maximum}.`);
    return value;
  };
}

function matching(pattern: RegExp, allowed: string): (text: string) => string {
  return (text) => {
    if (!pattern.test(text)) throw new InvalidArgumentError(`Allowed: ${allowed}.`);
    return text;
  };
}

/** Parses the values of an option that takes several. */
export function each(parse: (text: string) => string): (text: string, before?: string[]) => string[] {
  return (text, before = []) => [...before, parse(text)];
}

/** `pool.name` */
export const poolName = matching(
  /^(?!\.+$)[A-Za-z0-9._-]{1,64}$/,
  "1 to 64 of A-Z a-z 0-9 . _ -, not only dots",
);

/** `pool.store`. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const storeUri = matching(
  /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/(?!\.\.?(\/|$))[^\s/]*)*$/,
  "s3://bucket or s3://bucket/prefix",
);

/** A folder or object in S3, also with the schemes of Hadoop. */
export const s3Uri = matching(/^s3[an]?:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/, "s3://bucket/path");

/** `region` */
export const regionName = matching(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "an AWS region such as eu-west-1");

/** `pool.clusterId` */
export const clusterId = matching(/^j-[A-Z0-9]+$/, "an EMR cluster id such as j-2AXXXXXXGAPLF");

/** Id of a step. */
export const stepId = matching(/^s-[A-Z0-9]+$/, "an EMR step id such as s-3AXXXXXXH7RT");

/** Number of an AWS account. */
export const accountId = matching(/^\d{12}$/, "the 12 digits of an AWS account");

/** ARN of a role, or of a pattern of roles as IAM policies take them. */
export const roleArn = matching(/^arn:[^:]+:iam::[\d*]+:role\/.+$/, "arn:aws:iam::<account>:role/<name>");

/** ARN of a key, or of a pattern of keys. */
export const keyArn = matching(
  /^arn:[^:]+:kms:[^:]+:[\d*]+:(key|alias)\/.+$/,
  "arn:aws:kms:<region>:<account>:key/<id>",
);

/** Partition of an AWS Region. https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
export const partition = matching(/^aws(-[a-z]+)*$/, "aws, aws-cn, aws-us-gov or another partition of AWS");
