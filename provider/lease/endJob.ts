import { clusterLife } from "./clusterLife";
import { freeTicket, tellJournal } from "./journal";
import { type Judgement, judgeSteps, withoutTexts } from "./judgeSteps";
import type { Pool } from "./pool";
import type { JobRecord } from "./records";
import { isUnknownCluster } from "./refusals";
import type { StepView } from "./sharedViews";

/**
 * What EMR says of a SUBMITTED or RETIRING job's steps; asks for the cluster only when that decides. `maximumAge` of
 * the listing in milliseconds; default: the shared view's.
 */
export async function judgeJob(
  pool: Pool,
  job: JobRecord,
  now: Date,
  maximumAge?: number,
): Promise<{ judgement: Judgement; shown: Map<string, StepView> }> {
  const shown = await shownSteps(pool, job.cluster!, job.ids, maximumAge);
  const judgement = judgeSteps(job, shown, undefined, now);
  if (judgement.verdict !== "askCluster") return { judgement, shown };
  const life = await clusterLife(pool, job.cluster!);
  // A cluster cancels its steps while it goes: what is judged is what EMR shows after it is known to be gone.
  const final = life === "gone" ? await shownSteps(pool, job.cluster!, job.ids, 0) : shown;
  return { judgement: judgeSteps(job, final, life, now), shown: final };
}

async function shownSteps(
  pool: Pool,
  cluster: string,
  ids: readonly string[],
  maximumAge?: number,
): Promise<Map<string, StepView>> {
  try {
    return await pool.views.stepsOf(cluster, ids, maximumAge);
  } catch (error) {
    if (isUnknownCluster(error)) return new Map();
    throw error;
  }
}

/**
 * Writes ENDED, and then frees the slot, if all steps of a SUBMITTED job are terminal. Whoever passes does it: after
 * `waitFor: "submitted"` nobody watches (decisions.md 4).
 */
export async function endJob(pool: Pool, job: JobRecord, now: Date, maximumAge?: number): Promise<Judgement> {
  const { judgement } = await judgeJob(pool, job, now, maximumAge);
  if (judgement.verdict !== "ended") return judgement;
  const { record } = await tellJournal(pool, job.key, job.inc, {
    type: "ended",
    ids: job.ids,
    outcome: job.hasSecretInputs ? withoutTexts(judgement.outcome) : judgement.outcome,
  });
  if (record?.inc === job.inc && record.ph === "ENDED" && job.at)
    await freeTicket(pool, job.at, record.outcome);
  return judgement;
}
