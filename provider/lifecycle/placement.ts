import type { Placement } from "../args";
import { readBootstrapDigests } from "../emr/poolFactsScripts";
import { jobWeight } from "../lease/ledger";
import { readPool } from "../lease/pool";
import type { Choose, LaunchRequest } from "../lease/types";
import type { PoolRequest } from "../pool/candidate";
import { launchRequest } from "../pool/launchRequest";
import { describePlacement } from "./describePlacement";
import { jobOf, limitsOf, poolRequestOf } from "./jobOf";
import type { PoolContext } from "./poolContext";
import type { ProviderInputs } from "./state";

/** The matcher and the launch of one job, as the protocol takes them. */
export interface JobPlacement {
  readonly choose: Choose;
  readonly launch: LaunchRequest | undefined;
  readonly request: PoolRequest;
  /** What could not be read and is judged without. */
  readonly notes: readonly string[];
}

/** The one matcher over live facts, and what to launch if nothing fits. */
export async function placementFor(inputs: ProviderInputs, context: PoolContext): Promise<JobPlacement> {
  const { digests, notes } = await readBootstrapDigests(inputs.cluster, context.s3);
  const request = { ...poolRequestOf(inputs), bootstrapDigests: digests };
  const launch =
    inputs.pool.clusterId === undefined
      ? launchRequest(inputs.cluster, {
          poolName: inputs.pool.name,
          store: inputs.pool.store,
          maxConcurrentSteps: inputs.pool.maxConcurrentSteps,
          secretPaths: inputs.secretPaths,
          bootstrapDigests: digests,
        })
      : undefined;
  const choose: Choose = (entries, now) => context.facts.choose(request, entries, now, "warm");
  return { choose, launch, request, notes };
}

/**
 * Where the job would be placed if nothing else moved. Reads only; jobs checked earlier in this process count as
 * placed.
 */
export async function previewPlacement(inputs: ProviderInputs, context: PoolContext): Promise<Placement> {
  const { launch, request, notes } = await placementFor(inputs, context);
  const job = jobOf(inputs);
  const { plans, pool } = context;
  return plans.mutex.runExclusive(async () => {
    const reading = await readPool(pool);
    const entries = plans.applyTo(reading?.entries ?? [], job.key);
    const now = reading?.now ?? pool.clock.now();
    const choice = await context.facts.choose(request, entries, now, "complete");
    const launchId = `planned-${job.key.slice(0, 8)}`;
    const plannedFor = plans.launches();
    const limits = limitsOf(inputs);
    const placement = describePlacement({
      choice,
      entries,
      launch,
      limits,
      now,
      plannedFor,
      launchId,
      notes,
    });
    const joined = entries.find((entry) => entry.entryId === choice.ranked[0]);
    if (joined)
      plans.remember(job.key, {
        who: job.who,
        entryId: joined.entryId,
        weight: jobWeight(job, joined.slots),
      });
    else if (placement.action === "launch" && launch)
      plans.remember(job.key, {
        who: job.who,
        entryId: launchId,
        weight: jobWeight(job, launch.slots),
        launch: { record: launch.record, slots: launch.slots },
      });
    return placement;
  });
}
