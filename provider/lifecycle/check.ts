import type { dynamic } from "@pulumi/pulumi";
import type { JobState, OnDelete, Placement } from "../args";
import { PooledEmrError } from "../errors";
import { readJournal } from "../lease/journal";
import type { JobRecord } from "../lease/records";
import { collectAssets } from "../steps/assets";
import { keyOf } from "./jobOf";
import { hasEnded, isRed } from "./jobState";
import { observeJob } from "./observe";
import { previewPlacement } from "./placement";
import { plainJson } from "./plainJson";
import { type PoolContext, poolContext } from "./poolContext";
import { isSameRegion } from "./region";
import { resubmission } from "./resubmission";
import { shortPlacement } from "./shortPlacement";
import { isSameWork, specHash } from "./spec";
import type { ProviderInputs } from "./state";
import { containsUnknown, isUnknown } from "./unknowns";
import { inputFailures, userInputs } from "./userInputs";

/**
 * Validates the inputs and computes `placement`, so that it is in the preview and policies see it. Runs at every
 * preview and `up`, for unchanged resources too; needs no write permission and changes nothing. Only wrong inputs
 * make it fail: if AWS can't be read, the placement is `unknown` with the reason.
 */
export async function check(
  olds: Partial<ProviderInputs>,
  news: ProviderInputs,
): Promise<dynamic.CheckResult> {
  const failures = inputFailures(news);
  if (failures.length > 0) return { inputs: news, failures };
  const inputs = withKey(olds, withAssets(news));
  const { placement, observed } = await look(olds, inputs);
  return { inputs: plainJson({ ...inputs, placement: shortPlacement(placement), __observed: observed }) };
}

/** What `check` finds out. `observed`: how the job ended, if it is known and has. */
interface Look {
  readonly placement: Placement;
  readonly observed?: JobState;
}

/** References to local files become addresses in the pool's store; `create` uploads the files. */
function withAssets(inputs: ProviderInputs): ProviderInputs {
  if (isUnknown(inputs.steps) || isUnknown(inputs.pool) || isUnknown(inputs.pool.store)) return inputs;
  const { steps, assets } = collectAssets(inputs.steps, inputs.pool.store);
  return assets.length > 0 ? { ...inputs, steps, assets } : inputs;
}

/** Inputs of a resource that exists keep its key; on a replacement `check` is called once more, without `olds`. */
function withKey(olds: Partial<ProviderInputs>, inputs: ProviderInputs): ProviderInputs {
  if (olds.__key !== undefined) return { ...inputs, __key: olds.__key };
  return containsUnknown([inputs.__urn, inputs.scope]) ? inputs : { ...inputs, __key: keyOf(inputs) };
}

async function look(olds: Partial<ProviderInputs>, inputs: ProviderInputs): Promise<Look> {
  const unknown = Object.entries(userInputs(inputs)).filter(([, value]) => containsUnknown(value));
  if (unknown.length > 0 || containsUnknown(inputs.__urn))
    return { placement: undecided(unknown.map(([name]) => name)) };
  try {
    return await lookAtJob(olds, inputs, poolContext(inputs));
  } catch (error) {
    const placement: Placement = { action: "unknown", reason: whyUnknown(error as Error), refused: [] };
    return completedBefore(olds, inputs) ?? { placement };
  }
}

function whyUnknown(error: Error): string {
  if (!(error instanceof PooledEmrError))
    return `decided at update, because AWS can't be read now: ${error.name}: ${error.message}`;
  // Only another input mends it.
  if (error.code === "POOL_OTHER_REGION") return `would fail: ${error.message}`;
  return `decided at update, because AWS can't be read now: ${error.message}`;
}

/**
 * An update plan holds `up` to every input of the preview, the placement with its "idle 12 s" among them, so that no
 * plan that joins a cluster could be carried out; who works with plans leaves the placement to the update.
 * https://www.pulumi.com/docs/iac/concepts/update-plans/
 */
async function freshPlacement(
  inputs: ProviderInputs,
  context: PoolContext,
  freed?: string,
): Promise<Placement> {
  if (process.env.PULUMI_POOLED_EMR_PLACEMENT !== "at-update")
    return previewPlacement(inputs, context, freed);
  const reason = "decided at update, as PULUMI_POOLED_EMR_PLACEMENT says";
  return { action: "unknown", reason, refused: [] };
}

function undecided(names: string[]): Placement {
  const what = names.length > 0 ? names.join(", ") : "the resource's parent";
  return { action: "unknown", reason: `decided at update, because ${what} is not known yet`, refused: [] };
}

/** A job that this deployment replaces while it is unfinished. */
interface Replacement {
  /** Key that the first `check` has planned it under; another `scope` gives another one. */
  readonly key: string;
  /** The claim that the deletion frees. */
  readonly freed: string | undefined;
}

/** By URN: once `diff` has said that a job is replaced `check` is called again, and told nothing of the old one. */
const replacements = new Map<string, Replacement>();

/** Where a job is that the journal knows: what the next `up` does about it; else where it will be placed. */
async function lookAtJob(
  olds: Partial<ProviderInputs>,
  inputs: ProviderInputs,
  context: PoolContext,
): Promise<Look> {
  const placed = async (freed?: string): Promise<Look> => ({
    placement: await freshPlacement(inputs, context, freed),
  });
  // Where the job was placed: pool, store, region and scope may be others now.
  const place = placeOf(olds);
  const replacement = place === undefined ? replacements.get(inputs.__urn) : undefined;
  if (replacement) {
    context.plans.forget(replacement.key);
    return placed(replacement.freed);
  }
  const before = place ?? inputs;
  const { pool } = poolContext(before);
  const { record, serverTime } = await readJournal(pool, before.__key ?? keyOf(before));
  if (record === undefined) return completedBefore(olds, inputs) ?? placed();
  const replaced = () => {
    const freed = freedClaim(record, place?.onDelete);
    if (place !== undefined) replacements.set(inputs.__urn, { key: record.key, freed });
    return placed(freed);
  };
  if (!isSameWork(inputs, record.key, record.spec, before.pool.store)) return replaced();
  if (["NEW", "WANT", "RETIRING", "RETIRED"].includes(record.ph))
    return placed(freedClaim(record, before.onDelete));
  const { state } = await observeJob(pool, record, serverTime).catch(() => ({ state: "RUNNING" as const }));
  const observed = hasEnded(state) ? state : undefined;
  const again = resubmission(state, inputs.resubmit, record.moves);
  if (again !== undefined) {
    const fresh = await freshPlacement(inputs, context);
    const why =
      again === "move"
        ? "placed anew, because it NEVER_STARTED"
        : `runs again, because it is ${state} and resubmit is "failed"`;
    return { placement: { ...fresh, reason: `${why}: ${fresh.reason}` }, observed };
  }
  if (observed === undefined && !(await isSamePlace(before, inputs))) return replaced();
  // A copy of the earlier answer where nothing will happen, so that a finished job never differs.
  if (olds.placement && olds.placement.action !== "unknown" && state === "COMPLETED")
    return { placement: olds.placement, observed };
  const what = isRed(state)
    ? `is ${state} on ${record.cluster}: reported again, and nothing is submitted unless resubmit, steps or triggers change`
    : `was submitted to ${record.cluster} before and is ${state}: submitted again only if it is replaced`;
  return { placement: { action: "join", clusterId: record.cluster, reason: what, refused: [] }, observed };
}

/**
 * What is known of a job whose journal can't be found or read any more, but which an earlier `check` has seen
 * completed: after a change of its store the journal stays where it was.
 */
function completedBefore(olds: Partial<ProviderInputs>, inputs: ProviderInputs): Look | undefined {
  const before = placeOf(olds);
  if (before?.__observed !== "COMPLETED") return undefined;
  const key = before.__key ?? keyOf(before);
  if (!isSameWork(inputs, key, specHash(before, key), before.pool.store)) return undefined;
  return { placement: before.placement, observed: before.__observed };
}

/**
 * The claim that the job itself holds and that won't stand in its way: it goes on with a place that it has only asked
 * for, and what it has submitted is cancelled before it is placed again, unless steps are left running (`onDelete`).
 */
function freedClaim({ ph, key, inc, cancel }: JobRecord, onDelete: OnDelete | undefined): string | undefined {
  // What a delete has left running counts until it has ended, whoever placed it.
  if (ph === "RETIRED" || (ph === "RETIRING" && cancel === false)) return undefined;
  return ph === "WANT" || ph === "RETIRING" || onDelete !== "leave" ? `${key}.${inc}` : undefined;
}

function placeOf(olds: Partial<ProviderInputs>): ProviderInputs | undefined {
  return olds.pool !== undefined && olds.__urn !== undefined ? (olds as ProviderInputs) : undefined;
}

async function isSamePlace(one: ProviderInputs, other: ProviderInputs): Promise<boolean> {
  return (
    one.pool.name === other.pool.name &&
    one.pool.store === other.pool.store &&
    one.scope === other.scope &&
    (await isSameRegion(one, other))
  );
}
