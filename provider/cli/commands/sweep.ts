import type { Command } from "commander";
import { printJson, printLine } from "../output";
import { dryRun, type PoolOptions, poolVerb } from "../verb";

/** `emrpool sweep`: clean a pool up. */
export function sweepCommand(): Command {
  return poolVerb(
    "sweep",
    "Clean a pool up: free the slots of jobs that have ended or let go, finish deletes and drains, settle calls whose sender died, drop clusters that are gone. Safe at any time; running jobs are not touched.",
    ["sweep --pool etl --store s3://my-bucket/emr-pool --dry-run"],
  )
    .option(...dryRun)
    .action(runSweep);
}

async function runSweep(options: PoolOptions & { dryRun?: boolean }): Promise<void> {
  const { openLivePool } = await import("../livePool.js");
  const { sweep } = await import("../../lease/sweep.js");
  const result = await sweep(await openLivePool(options));
  if (options.json) {
    printJson({ dryRun: options.dryRun ?? false, ...result });
    return;
  }
  for (const line of result.done) printLine(options.dryRun ? `would: ${line}` : line);
  if (result.done.length === 0) printLine("Nothing to clean up.");
}
