import type { JobState, StepStatus } from "../args";
import { judgeJob } from "../lease/endJob";
import { stepStatus } from "../lease/judgeSteps";
import type { Pool } from "../lease/pool";
import type { JobRecord } from "../lease/records";
import { unfinishedState } from "./jobState";

/** How a job stands, by its journal and, while that hasn't ended, by EMR's listing of its steps. */
export interface Observation {
  readonly state: JobState;
  readonly steps: StepStatus[];
  /** Why the job ended as it did, where that isn't a step's own failure. */
  readonly message?: string;
}

/**
 * Reads only. Jobs of one cluster share a listing (`SharedViews`), so that a refresh costs one per cluster and not
 * one per job.
 *
 * @param now - S3's time of the reading of `record`
 */
export async function observeJob(pool: Pool, record: JobRecord, now: Date): Promise<Observation> {
  if (record.outcome !== undefined && record.ph === "ENDED")
    return { state: record.outcome.state, steps: record.outcome.steps, message: record.outcome.message };
  if (record.ids.length === 0 || record.cluster === undefined) return { state: "PENDING", steps: [] };
  const { judgement, shown } = await judgeJob(pool, record, now);
  if (judgement.verdict === "ended") return judgement.outcome;
  const steps = record.ids.flatMap((id) => {
    const step = shown.get(id);
    return step ? [stepStatus(step)] : [];
  });
  return { state: unfinishedState(steps), steps };
}
