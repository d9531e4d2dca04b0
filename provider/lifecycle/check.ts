import type { dynamic } from "@pulumi/pulumi";
import type { Placement } from "../args";
import { PooledEmrError } from "../errors";
import { readJournal } from "../lease/journal";
import type { JobRecord } from "../lease/records";
import { collectAssets } from "../steps/assets";
import { keyOf } from "./jobOf";
import { hasEnded } from "./jobState";
import { observeJob } from "./observe";
import { previewPlacement } from "./placement";
import { plainJson } from "./plainJson";
import { type PoolContext, poolContext } from "./poolContext";
import { resubmission } from "./resubmission";
import { shortPlacement } from "./shortPlacement";
import { specHash } from "./spec";
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
  const placement = shortPlacement(await placementOf(olds, inputs));
  return { inputs: plainJson({ ...inputs, placement }) };
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

async function placementOf(olds: Partial<ProviderInputs>, inputs: ProviderInputs): Promise<Placement> {
  const unknown = Object.entries(userInputs(inputs)).filter(([, value]) => containsUnknown(value));
  if (unknown.length > 0 || containsUnknown(inputs.__urn)) return undecided(unknown.map(([name]) => name));
  try {
    const context = poolContext(inputs);
    const { record, serverTime } = await readJournal(context.pool, inputs.__key ?? keyOf(inputs));
    const known = record && (await placementOfKnownJob(olds, inputs, context, record, serverTime));
    return known ?? (await previewPlacement(inputs, context));
  } catch (error) {
    const reason =
      error instanceof PooledEmrError
        ? error.message
        : `${(error as Error).name}: ${(error as Error).message}`;
    return {
      action: "unknown",
      reason: `decided at update, because AWS can't be read now: ${reason}`,
      refused: [],
    };
  }
}

function undecided(names: string[]): Placement {
  const what = names.length > 0 ? names.join(", ") : "the resource's parent";
  return { action: "unknown", reason: `decided at update, because ${what} is not known yet`, refused: [] };
}

/**
 * Where a job is that the journal knows: what the next `up` does about it. Undefined if it will be placed, so that
 * the pool decides. A copy of the earlier answer where nothing will happen, so that a finished job never differs.
 */
async function placementOfKnownJob(
  olds: Partial<ProviderInputs>,
  inputs: ProviderInputs,
  context: PoolContext,
  record: JobRecord,
  now: Date,
): Promise<Placement | undefined> {
  const sameWork = record.spec === specHash(inputs, record.key);
  if (!sameWork || record.ph === "RETIRED" || record.ph === "RETIRING" || record.ph === "NEW")
    return undefined;
  if (record.ph === "WANT") return undefined;
  const { state } = await observeJob(context.pool, record, now).catch(() => ({ state: "RUNNING" as const }));
  const again = resubmission(state, inputs.resubmit, record.moves);
  if (again !== undefined) {
    const fresh = await previewPlacement(inputs, context);
    const why =
      again === "move"
        ? "placed anew, because it NEVER_STARTED"
        : `runs again, because it is ${state} and resubmit is "failed"`;
    return { ...fresh, reason: `${why}: ${fresh.reason}` };
  }
  if (olds.placement && olds.placement.action !== "unknown" && hasEnded(state)) return olds.placement;
  return {
    action: "join",
    clusterId: record.cluster,
    reason: `was submitted to ${record.cluster} before and is ${state}: nothing is submitted again`,
    refused: [],
  };
}
