import type { JobState, StepStatus } from "../args";
import { redact } from "../diagnosis/redact";
import { judgeJob } from "../lease/endJob";
import { stepStatus } from "../lease/judgeSteps";
import type { Pool } from "../lease/pool";
import type { JobRecord } from "../lease/records";
import type { StepView } from "../lease/sharedViews";
import type { JobSecrets } from "./jobSecrets";
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
 * @param secrets - what the texts must not show; left out by who looks at the state only
 */
export async function observeJob(
  pool: Pool,
  record: JobRecord,
  now: Date,
  secrets?: JobSecrets,
): Promise<Observation> {
  const observation = await observed(pool, record, now);
  return secrets?.any ? withoutSecrets(observation, pool, record, secrets) : observation;
}

async function observed(pool: Pool, record: JobRecord, now: Date): Promise<Observation> {
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

/**
 * What EMR says of a failed step is in no journal of a job with secrets, and what is in one may be cut within a secret:
 * it is asked of EMR again, and left out where the secrets aren't known.
 */
async function withoutSecrets(
  observation: Observation,
  pool: Pool,
  record: JobRecord,
  secrets: JobSecrets,
): Promise<Observation> {
  const { message, steps } = observation;
  const speaks = (step: StepStatus) =>
    step.failure !== undefined || /^(FAILED|CANCEL|INTERR)/.test(step.state);
  if (message === undefined && !steps.some(speaks)) return observation;
  const values = await secrets.values();
  const shown =
    values === undefined || record.cluster === undefined
      ? new Map<string, StepView>()
      : await pool.views.stepsOf(record.cluster, record.ids).catch(() => new Map<string, StepView>());
  return {
    ...observation,
    message: message && redact(message, values),
    steps: steps.map((step) => {
      const said = shown.get(step.id);
      return { ...step, failure: said && stepStatus(said, values).failure };
    }),
  };
}
