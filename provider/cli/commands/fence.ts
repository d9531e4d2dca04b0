import type { Command } from "commander";
import { wholeNumber } from "../argumentValues";
import { printJson, printLine } from "../output";
import { dryRun, type PoolOptions, poolVerb } from "../verb";

interface FenceOptions extends PoolOptions {
  signatureAge?: number;
  visibility?: number;
  measured?: boolean;
  dryRun?: boolean;
}

/** `emrpool fence`: the pool's two waiting times. */
export function fenceCommand(): Command {
  return poolVerb(
    "fence",
    "Show or change how long a silent call to EMR is waited for before it is declared dead. Raising is always safe. Lowering below what AWS really does makes duplicates possible, so it asks for --measured (docs/protocol.md says how to measure).",
    [
      "fence --pool etl --store s3://my-bucket/emr-pool",
      "fence --pool etl --store s3://my-bucket/emr-pool --signature-age 300 --measured",
    ],
  )
    .option(
      "--signature-age <seconds>",
      "W: EMR refuses signatures older than this; 1 to 86400",
      wholeNumber(1, 86_400),
    )
    .option(
      "--visibility <seconds>",
      "V: EMR lists an accepted call by then; 1 to 86400",
      wholeNumber(1, 86_400),
    )
    .option("--measured", "the lower values were measured in this account and region")
    .option(...dryRun)
    .action(runFence);
}

async function runFence(options: FenceOptions): Promise<void> {
  const { openLivePool } = await import("../livePool.js");
  const { changeFence, readPool } = await import("../../lease/pool.js");
  const { poolFence } = await import("../../lease/constants.js");
  const pool = await openLivePool(options);
  const { signatureAge: signatureAgeSeconds, visibility: visibilitySeconds } = options;
  const isChange = signatureAgeSeconds !== undefined || visibilitySeconds !== undefined;
  const fence = isChange
    ? await changeFence(pool, { signatureAgeSeconds, visibilitySeconds }, options.measured ?? false)
    : ((await readPool(pool))?.pool.fence ?? {
        signatureAgeSeconds: pool.constants.signatureAge / 1000,
        visibilitySeconds: pool.constants.visibility / 1000,
      });
  const fenceSeconds = poolFence(fence, pool.constants) / 1000;
  if (options.json) {
    printJson({ dryRun: options.dryRun ?? false, ...fence, fenceSeconds });
    return;
  }
  const verb = isChange ? (options.dryRun ? "would be" : "is now") : "is";
  printLine(
    `The fence of pool ${options.pool} ${verb} ${fenceSeconds} s: signature age (W) ` +
      `${fence.signatureAgeSeconds} s, visibility (V) ${fence.visibilitySeconds} s.`,
  );
}
