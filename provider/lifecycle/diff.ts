import type { dynamic } from "@pulumi/pulumi";
import { parseClaimId } from "../lease/retire";
import { hasEnded, isRed } from "./jobState";
import { isSameRegion } from "./region";
import { resubmission } from "./resubmission";
import { isSameWork } from "./spec";
import type { ProviderInputs, ProviderState } from "./state";
import { containsUnknown } from "./unknowns";

/**
 * What a change makes the next `up` do (emr-api.md 3e, decisions.md 1–5):
 *
 * - other steps, execution role or triggers: other work, so a replacement, the old job released first;
 * - another pool, store, region or scope: a replacement while the job is unfinished or would run again;
 * - `waitFor`, `completionTimeoutMinutes`, `onDelete`, `resubmit`: in place while the job is unfinished;
 * - a job that failed or was lost: a replacement if `resubmit` says so, else an update that reports the error again;
 * - a job that never started: an update that places it anew, as often as `resubmit` allows;
 * - a job that has ended since the state was written: an update that notes how, or what `resubmit` makes of it;
 * - everything else concerns the next placement only: no diff.
 */
export async function diff(
  id: string,
  olds: ProviderState,
  news: ProviderInputs,
): Promise<dynamic.DiffResult> {
  // A job that ended while nobody watched is noted by the `up` that finds it so (decisions.md 4).
  const endedUnseen = !hasEnded(olds.state) && news.__observed !== undefined;
  const seen = endedUnseen ? { ...olds, state: news.__observed! } : olds;
  const replaces = [
    ...changedWork(id, seen, news),
    ...(await changedPlace(seen, news)),
    ...runsAnew(seen, news),
  ];
  const changes = replaces.length > 0 || endedUnseen || isRed(seen.state) || changesInPlace(seen, news);
  return { changes, replaces, deleteBeforeReplace: true };
}

const workInputs = ["executionRoleArn", "triggers"] as const;

function changedWork(id: string, olds: ProviderState, news: ProviderInputs): string[] {
  const unknown = (["steps", ...workInputs] as const).filter((property) => containsUnknown(news[property]));
  if (unknown.length > 0) return unknown;
  if (isSameWork(news, parseClaimId(id).key, olds.__spec, olds.pool.store)) return [];
  const changed = workInputs.filter((property) => differs(olds[property] ?? [], news[property] ?? []));
  return changed.length > 0 ? changed : ["steps"];
}

async function changedPlace(olds: ProviderState, news: ProviderInputs): Promise<string[]> {
  if (hasEnded(olds.state) && resubmission(olds.state, news.resubmit, olds.__moves) !== "move") return [];
  const poolChanged = olds.pool.name !== news.pool.name || olds.pool.store !== news.pool.store;
  return [
    ...(poolChanged ? ["pool"] : []),
    ...((await isSameRegion(olds, news)) ? [] : ["region"]),
    ...(differs(olds.scope, news.scope) ? ["scope"] : []),
  ];
}

function runsAnew(olds: ProviderState, news: ProviderInputs): string[] {
  return resubmission(olds.state, news.resubmit, olds.__moves) === "replace" ? ["resubmit"] : [];
}

function changesInPlace(olds: ProviderState, news: ProviderInputs): boolean {
  if (hasEnded(olds.state)) return false;
  return (["waitFor", "completionTimeoutMinutes", "onDelete", "resubmit"] as const).some((property) =>
    differs(olds[property], news[property]),
  );
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
