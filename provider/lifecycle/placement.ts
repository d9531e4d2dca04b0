import type { Placement, WaitFor } from "../args";
import { readBootstrapDigests } from "../emr/poolFactsScripts";
import { PooledEmrError } from "../errors";
import { foreseeAdoption } from "../lease/adopt";
import { foreseeRoom } from "../lease/foresee";
import { jobWeight, needsWatching } from "../lease/ledger";
import { type Pool, readPool } from "../lease/pool";
import type { PoolRecord } from "../lease/records";
import type { Choice, Choose, JobToPlace, LaunchRequest, PlacementLimits, PoolEntry } from "../lease/types";
import type { PoolRequest } from "../pool/candidate";
import { launchRequest } from "../pool/launchRequest";
import { describePlacement } from "./describePlacement";
import { jobOf, limitsOf, poolRequestOf } from "./jobOf";
import { holdsClaim, type PlannedPlacements } from "./plannedPlacements";
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

/** What a preview sees of the pool, and what the matcher makes of it. */
interface Look {
  readonly entries: PoolEntry[];
  readonly clusters: number;
  readonly choice: Choice;
}

/**
 * Where the job would be placed if nothing else moved. Reads only; jobs checked earlier in this process count as
 * placed. It takes the steps that a placement takes (`lease/place.ts`): choose; where nothing is free, look for what
 * is free by now, and choose again.
 *
 * @param freed - claim of the job itself that it gives up before it is placed
 */
export async function previewPlacement(
  inputs: ProviderInputs,
  context: PoolContext,
  freed?: string,
): Promise<Placement> {
  const { launch, request, notes } = await placementFor(inputs, context);
  const job = jobOf(inputs);
  const limits = limitsOf(inputs);
  const { plans, pool } = context;
  return plans.mutex.runExclusive(async () => {
    const reading = await readPool(pool);
    const now = reading?.now ?? pool.clock.now();
    const choose = async (found: PoolEntry[]): Promise<Choice> =>
      limits.clusterId === undefined
        ? context.facts.choose(request, found, now, "complete")
        : onlyNamed(found, limits.clusterId);
    const look = async (found: PoolEntry[], clusters: number): Promise<Look> => {
      const entries = plans.applyTo(found, job.key, freed);
      const choice = whatIsFree(await choose(entries), entries, job, inputs.waitFor, pool);
      return { entries, clusters: clusters + entries.length - found.length, choice };
    };
    const found = reading?.entries ?? [];
    try {
      const named = await newlyNamed(limits, pool, reading?.pool);
      let seen = await look([...found, ...named], reading?.pool.entries.length ?? 0);
      if (seen.choice.ranked.length === 0 && reading !== undefined && found.length > 0) {
        const foreseen = await foreseeRoom(pool, reading.pool, seen.choice.worthWaitingFor, now);
        seen = await look([...foreseen.entries, ...named], foreseen.clusters);
      }
      const launchId = `planned-${job.key.slice(0, 8)}`;
      const told = { plannedFor: plans.launches(), takenBy: plans.takers(job.key), launchId };
      const takesOwnPlace = found.some(
        (entry) => freed !== undefined && entry.entryId === seen.choice.ranked[0] && holdsClaim(entry, freed),
      );
      const placement = describePlacement({
        ...seen,
        ...told,
        launch,
        limits,
        now,
        notes: takesOwnPlace ? ["where it has its place now", ...notes] : notes,
      });
      rememberPlan(plans, job, seen, placement, launch);
      return placement;
    } catch (error) {
      if (!(error instanceof PooledEmrError && error.code === "ADOPT_REFUSED")) throw error;
      return { action: "unknown", reason: `would fail: ${error.message}`, refused: [] };
    }
  });
}

/** Whoever names a cluster gets it without matching. */
function onlyNamed(entries: readonly PoolEntry[], clusterId: string): Choice {
  const ranked = entries.filter((entry) => entry.clusterId === clusterId).map((entry) => entry.entryId);
  return { ranked, refused: [], worthWaitingFor: [] };
}

/** The entry that a cluster named by `pool.clusterId` will get; none if it has one, or none is named. */
async function newlyNamed(
  { clusterId, maxClusters }: PlacementLimits,
  pool: Pool,
  record: PoolRecord | undefined,
): Promise<PoolEntry[]> {
  if (clusterId === undefined) return [];
  const { entryId, newSlots } = await foreseeAdoption(clusterId, pool, record, { maxClusters });
  if (newSlots === undefined) return [];
  return [{ entryId, state: "OPEN", clusterId, slots: newSlots, slotsTaken: 0, stepsPlaced: 0 }];
}

/** Of the entries that fit those that have room; the others are worth waiting for. */
function whatIsFree(
  choice: Choice,
  entries: readonly PoolEntry[],
  job: JobToPlace,
  waitFor: WaitFor | undefined,
  pool: Pool,
): Choice {
  const byId = new Map(entries.map((entry) => [entry.entryId, entry]));
  const isFree = (entryId: string) => {
    const entry = byId.get(entryId)!;
    if (needsWatching(job, entry.slots) && waitFor !== "completed") return false;
    const hasSlots = entry.slotsTaken + jobWeight(job, entry.slots) <= entry.slots;
    const hasSteps = entry.stepsPlaced + job.steps.length <= pool.constants.stepsPerCluster;
    return hasSlots && hasSteps && !entry.closed;
  };
  return {
    ranked: choice.ranked.filter(isFree),
    refused: choice.refused,
    worthWaitingFor: [...choice.ranked.filter((id) => !isFree(id)), ...choice.worthWaitingFor],
  };
}

/** `organization/project/stack name`: all jobs of a process are of one stack. */
function resourceName(who: string): string {
  return who.slice(who.indexOf(" ") + 1);
}

function rememberPlan(
  plans: PlannedPlacements,
  job: JobToPlace,
  { entries, choice }: Look,
  placement: Placement,
  launch: LaunchRequest | undefined,
): void {
  const joined = entries.find((entry) => entry.entryId === choice.ranked[0]);
  const plan = { who: resourceName(job.who), weight: jobWeight(job, joined?.slots ?? launch?.slots ?? 1) };
  if (joined) plans.remember(job.key, { ...plan, entryId: joined.entryId });
  else if (placement.action === "launch" && launch && placement.launchId)
    plans.remember(job.key, {
      ...plan,
      entryId: placement.launchId,
      launch: { record: launch.record, slots: launch.slots },
    });
}
