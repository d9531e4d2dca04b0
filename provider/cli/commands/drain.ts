import type { Command } from "commander";
import { PooledEmrError } from "../../errors";
import { printJson, printLine } from "../output";
import { dryRun, type PoolOptions, poolVerb } from "../verb";

interface DrainOptions extends PoolOptions {
  undo?: boolean;
  dryRun?: boolean;
}

/** `emrpool drain`: no new jobs for a cluster; it ends when its jobs have. */
export function drainCommand(): Command {
  return poolVerb(
    "drain",
    "Let a cluster take no new jobs. Once its slots are free it is terminated (unless it was adopted) and leaves the pool; a later drain or sweep finishes what had to wait for jobs.",
    [
      "drain j-2AXXXXXXGAPLF --pool etl --store s3://my-bucket/emr-pool",
      "drain j-2AXXXXXXGAPLF --pool etl --store s3://my-bucket/emr-pool --undo",
    ],
  )
    .argument("<cluster-id>", "j-…, or an entry's id as `emrpool list` shows it")
    .option("--undo", "let it take jobs again, as long as it isn't being ended")
    .option(...dryRun)
    .action(runDrain);
}

const outcomes = {
  gone: "has left the pool",
  ending: "is being terminated",
  waitingForJobs: "takes no new jobs and ends when those on it have",
} as const;

async function runDrain(id: string, options: DrainOptions): Promise<void> {
  const { openLivePool } = await import("../livePool.js");
  const { readPool } = await import("../../lease/pool.js");
  const { drainEntry, undrainEntry } = await import("../../lease/drain.js");
  const pool = await openLivePool(options);
  const entries = (await readPool(pool))?.entries ?? [];
  const entry = entries.find(({ clusterId, entryId }) => clusterId === id || entryId === id);
  const clusters = entries.flatMap(({ clusterId }) => clusterId ?? []).join(", ");
  if (entry === undefined)
    throw new PooledEmrError("NO_SUCH_ENTRY", {
      subject: `Cluster ${id}`,
      problem: `is not in pool ${options.pool} at ${options.store}${clusters === "" ? ", which has none" : ""}`,
      allowed: clusters || undefined,
    });
  if (options.undo) await undrainEntry(entry.entryId, pool);
  const outcome = options.undo ? "open" : await drainEntry(entry.entryId, pool);
  if (options.json) {
    printJson({ dryRun: options.dryRun ?? false, id, entryId: entry.entryId, outcome });
    return;
  }
  const said = outcome === "open" ? "takes jobs again" : outcomes[outcome];
  printLine(`${options.dryRun ? "With this drain: cluster" : "Cluster"} ${id} ${said}.`);
}
