import { type Command, InvalidArgumentError } from "commander";
import { printJson } from "../output";
import { type CommonOptions, verb } from "../verb";

/** `emrpool store-policy`: the bucket policy that keeps a pool's store safe. */
export function storePolicyCommand(): Command {
  return verb(
    "store-policy",
    "Print a bucket policy that refuses, to everybody, unconditional writes and deletes under a pool's store, and access without TLS. Always JSON; no network is used. Merge it with the bucket's own policy.",
    [
      "store-policy s3://my-bucket/emr-pool > policy.json",
      "store-policy s3://my-bucket/emr-pool --partition aws-cn",
    ],
  )
    .argument("<store>", "s3://bucket[/prefix] of the pool (pool.store)", storeUri)
    .option("--partition <partition>", "aws, aws-cn or aws-us-gov", "aws")
    .action(async (store: string, options: CommonOptions & { partition: string }) => {
      const { bucketPolicy } = await import("../../infrastructure/poolDocuments.js");
      printJson(bucketPolicy(options.partition, store));
    });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function storeUri(text: string): string {
  if (!/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/.*)?$/.test(text))
    throw new InvalidArgumentError("Allowed: s3://bucket or s3://bucket/prefix.");
  return text;
}
