import type { Command } from "commander";
import { partition, storeUri } from "../argumentValues";
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
    .option("--partition <partition>", "aws, aws-cn or aws-us-gov", partition, "aws")
    .action(async (store: string, options: CommonOptions & { partition: string }) => {
      const { bucketPolicy } = await import("../../infrastructure/poolDocuments.js");
      printJson(bucketPolicy(options.partition, store));
    });
}
