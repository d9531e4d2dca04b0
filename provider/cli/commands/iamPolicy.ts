import { Argument, type Command } from "commander";
import { accountId, each, keyArn, partition, poolName, regionName, roleArn, s3Uri } from "../argumentValues";
import { printJson } from "../output";
import { type CommonOptions, storeOption, verb } from "../verb";

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
    .requiredOption(...storeOption)
    .option("--pool <name>", "only this pool's clusters (default: any cluster)", poolName)
    .option("--region <region>", "only this region (default: every region)", regionName)
    .option("--account <id>", "12 digits (default: any, which only your own can mean)", accountId)
    .option("--partition <partition>", "aws, aws-cn or aws-us-gov (default: aws)", partition)
    .option("--log-uri <s3-uri...>", "folders of the clusters' logs, for diagnosis", each(s3Uri))
    .option(
      "--bootstrap <s3-uri...>",
      "bootstrap scripts, so that their content can be compared",
      each(s3Uri),
    )
    .option(
      "--role <arn...>",
      "service role, instance role and autoscaling role that launches pass",
      each(roleArn),
    )
    .option("--execution-role <arn...>", "runtime roles the steps may use (default: any)", each(roleArn))
    .option("--kms-key <arn...>", "keys of the store and the logs", each(keyArn))
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
