import { InvalidArgumentError } from "commander";
import { describe, expect, test } from "vitest";
import * as values from "../../../provider/cli/argumentValues";
import { optionsSchema } from "../../../provider/lifecycle/validation/options";

function allows(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toMatch(/^Allowed: .*\.$/);
    return false;
  }
}

const { pool, region } = optionsSchema.shape;
const samples = [
  ...["", "etl", "a b", "..", "a".repeat(64), "a".repeat(65), "Ä", "a.b_c-d", "a/b", "a,b"],
  ...["s3://bucket", "s3://bucket/", "s3://bucket/a/b", "s3://b", "s3://Bucket", "s3://bucket/a b"],
  ...["s3://bucket/..", "s3://bucket/./a", "s3://bucket/a..b", "bucket", "https://bucket/a", "s3a://bucket"],
  ...["us-east-1", "eu-west-1", "us-gov-west-1", "nowhere", "us-east", "US-EAST-1", "us-east-1a"],
  ...["j-1", "j-2AXXXXXXGAPLF", "j-abc", "s-1", "J-1", "j-"],
];

describe("what the command line takes is what the resource takes", () => {
  test.each([
    ["pool.name", values.poolName, pool.shape.name],
    ["pool.store", values.storeUri, pool.shape.store],
    ["region", values.regionName, region],
    ["pool.clusterId", values.clusterId, pool.shape.clusterId],
  ])("%s", (_, parse, schema) => {
    const taken = samples.filter((text) => allows(parse, text));
    expect(taken).toEqual(samples.filter((text) => schema.safeParse(text).success));
    expect(taken.length).toBeGreaterThan(1);
  });
});

test.each<[string, (text: string) => unknown, string[], string[]]>([
  ["account", values.accountId, ["123456789012"], ["12", "12345678901a", ""]],
  ["partition", values.partition, ["aws", "aws-cn", "aws-us-gov"], ["mars", "AWS", "aws-"]],
  [
    "role",
    values.roleArn,
    ["arn:aws:iam::123456789012:role/EMR", "arn:aws-cn:iam::*:role/path/x*"],
    ["EMR_DefaultRole", "arn:aws:iam::123456789012:user/x"],
  ],
  [
    "key",
    values.keyArn,
    ["arn:aws:kms:us-east-1:123456789012:key/12ab", "arn:aws:kms:*:123456789012:alias/a"],
    ["12ab", "alias/a"],
  ],
  ["folder", values.s3Uri, ["s3://bucket/logs/", "s3n://bucket/a b"], ["/tmp", "s3://b"]],
  ["step", values.stepId, ["s-3AXXXXXXH7RT"], ["j-1", "s-"]],
])("%s", (_, parse, allowed, refused) => {
  for (const text of allowed) expect(allows(parse, text), text).toBe(true);
  for (const text of refused) expect(allows(parse, text), text).toBe(false);
});

test("an option that takes several values keeps them all", () => {
  const parse = values.each(values.s3Uri);
  expect(
    ["s3://one/a", "s3://two/b"].reduce<string[] | undefined>((all, text) => parse(text, all), undefined),
  ).toEqual(["s3://one/a", "s3://two/b"]);
});
