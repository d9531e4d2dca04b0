import type { Command } from "commander";
import { clusterId, wholeNumber } from "../argumentValues";
import { printJson, printLine } from "../output";
import { dryRun, type PoolOptions, poolVerb } from "../verb";

interface AdoptOptions extends PoolOptions {
  maxClusters?: number;
  dryRun?: boolean;
}

/** `emrpool adopt`: bring a cluster made elsewhere into a pool. */
export function adoptCommand(): Command {
  return poolVerb(
    "adopt",
    "Bring a cluster made by hand or by another tool into a pool, so that jobs it satisfies may join it and its slots are counted. Repeatable. The pool never terminates an adopted cluster.",
    ["adopt j-2AXXXXXXGAPLF --pool etl --store s3://my-bucket/emr-pool"],
  )
    .argument("<cluster-id>", "j-…", clusterId)
    .option("--max-clusters <n>", "refuse if the pool has this many already", wholeNumber(1, 10_000))
    .option(...dryRun)
    .action(runAdopt);
}

async function runAdopt(clusterId: string, options: AdoptOptions): Promise<void> {
  const { openLivePool } = await import("../livePool.js");
  const { adoptCluster } = await import("../../lease/adopt.js");
  const { maxClusters } = options;
  const entryId = await adoptCluster(clusterId, await openLivePool(options), { maxClusters });
  if (options.json) printJson({ dryRun: options.dryRun ?? false, clusterId, entryId });
  else if (options.dryRun) printLine(`Cluster ${clusterId} would be adopted by pool ${options.pool}.`);
  else printLine(`Cluster ${clusterId} is in pool ${options.pool} (entry ${entryId}).`);
}
