import { Argument, type Command } from "commander";
import { printJson } from "../output";
import { type CommonOptions, verb } from "../verb";

interface IamPolicyCliOptions extends CommonOptions {
  store: string;
  pool?: string;
  region?: string;
  account?: string;
  partition?: string;
  logUri?: string[];
  bootstrap?: string[];
  role?: string[];
  executionRole?: string[];
  kmsKey?: string[];
}

/** `emrpool iam-policy`: the least policy for one kind of work. */
export function iamPolicyCommand(): Command {
  return verb(
    "iam-policy",
    "Print the least IAM policy for previews, for deployments, or for this command line. Always JSON, ready for `aws iam put-role-policy`; no network is used.",
    [
      "iam-policy preview --store s3://my-bucket/emr-pool",
      "iam-policy up --store s3://my-bucket/emr-pool --pool etl --region us-east-1 --account 123456789012 --role arn:aws:iam::123456789012:role/EMR_DefaultRole --log-uri s3://my-bucket/logs/",
    ],
  )
    .addArgument(new Argument("<kind>", "for what").choices(["preview", "up", "cli"]))
    .requiredOption("--store <s3-uri>", "s3://bucket[/prefix] of the pool (pool.store)")
    .option("--pool <name>", "only this pool's clusters (default: any cluster)")
    .option("--region <region>", "only this region (default: every region)")
    .option("--account <id>", "12 digits (default: any, which only your own can mean)")
    .option("--partition <partition>", "aws, aws-cn or aws-us-gov (default: aws)")
    .option("--log-uri <s3-uri...>", "folders of the clusters' logs, for diagnosis")
    .option("--bootstrap <s3-uri...>", "bootstrap scripts, so that their content can be compared")
    .option("--role <arn...>", "service role, instance role and autoscaling role that launches pass")
    .option("--execution-role <arn...>", "runtime roles the steps may use (default: any)")
    .option("--kms-key <arn...>", "keys of the store and the logs")
    .action(runIamPolicy);
}

async function runIamPolicy(kind: "preview" | "up" | "cli", options: IamPolicyCliOptions): Promise<void> {
  const { iamPolicy } = await import("../../iam/iamPolicy.js");
  printJson(
    iamPolicy({
      kind,
      store: options.store,
      poolName: options.pool,
      region: options.region,
      accountId: options.account,
      partition: options.partition,
      logUris: options.logUri,
      bootstrapScripts: options.bootstrap,
      roleArns: options.role,
      executionRoleArns: options.executionRole,
      kmsKeyArns: options.kmsKey,
    }),
  );
}
