import type { Command } from "commander";
import { poolName, regionName, storeUri } from "../argumentValues";
import { type CommonOptions, verb, wrongUse } from "../verb";

interface ExplainOptions extends CommonOptions {
  snapshot?: string;
  pool?: string;
  store?: string;
  region?: string;
}

/** `emrpool explain`: why a job would or would not join each cluster. */
export function explainCommand(): Command {
  return verb(
    "explain",
    "Say for each cluster whether the job of SPEC may join it, rule by rule. With --snapshot, decide over the clusters in a file instead of those of the pool, without any network.",
    [
      "explain job.json                       # SPEC: the inputs of a PooledEmrJob as JSON",
      "explain cluster.json --pool etl --store s3://my-bucket/emr-pool",
      "explain --snapshot cases.json --json   # a file of cases, or of one",
      "explain - < job.json",
    ],
  )
    .argument("[spec]", "JSON file with the inputs of a PooledEmrJob, or only its cluster; - reads stdin")
    .option("--snapshot <file>", "JSON file with one case, or { cases: [...] }; needs no AWS account")
    .option("--pool <name>", "instead of the spec's pool.name", poolName)
    .option("--store <s3-uri>", "instead of the spec's pool.store", storeUri)
    .option("--region <region>", "AWS region (default: the spec's, else the AWS SDK's chain)", regionName)
    .action(runExplain);
}

async function runExplain(spec: string | undefined, options: ExplainOptions): Promise<void> {
  const { snapshot } = options;
  if (snapshot !== undefined && spec === undefined) {
    const { explainSnapshot } = await import("../explainSnapshot.js");
    return explainSnapshot(snapshot, options);
  }
  if (spec === undefined || snapshot !== undefined)
    throw wrongUse("explain", "needs either SPEC or --snapshot FILE", "Give exactly one of them");
  const { explainSpec } = await import("../explainSpec.js");
  return explainSpec(spec, options);
}
