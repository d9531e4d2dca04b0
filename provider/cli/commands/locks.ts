import type { Command } from "commander";
import { duration, printJson, printLine, printTable } from "../output";
import { type PoolOptions, poolVerb } from "../verb";

/** `emrpool locks`: who holds which slot. */
export function locksCommand(): Command {
  return poolVerb(
    "locks",
    "Show who holds the slots (tickets) of each cluster and who has the turn to submit. Tickets whose job has let go are stale: `emrpool sweep` frees them.",
    ["locks --pool etl --store s3://my-bucket/emr-pool"],
  ).action(runLocks);
}

async function runLocks(options: PoolOptions): Promise<void> {
  const { openLivePool } = await import("../livePool.js");
  const { poolLocks } = await import("../poolLocks.js");
  const { tickets, turns } = await poolLocks(await openLivePool(options));
  if (options.json) {
    printJson({ tickets, turns });
    return;
  }
  if (tickets.length === 0) printLine("No slot is taken.");
  else
    await printTable(
      ["cluster", "slots", "job", "phase", "who", "note"],
      tickets.map((ticket) => [
        ticket.clusterId ?? `entry ${ticket.entryId}`,
        ticket.weight,
        ticket.claimId,
        ticket.phase,
        ticket.who,
        ticket.stale
          ? "stale: a sweep frees it"
          : ticket.callSettledBy && `call settled by ${ticket.callSettledBy}`,
      ]),
    );
  const held = turns.filter((turn) => turn.state === "HELD");
  for (const turn of held)
    printLine(
      `Turn of ${turn.clusterId ?? `entry ${turn.entryId}`}: held by ${turn.holder} (epoch ${turn.epoch}), ` +
        `renewed ${duration(turn.ageSeconds * 1000)} ago.`,
    );
}
