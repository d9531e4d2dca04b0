import { diagnoseJob } from "./diagnoseJob";
import type { Driven } from "./drive";
import { secretsOf } from "./jobSecrets";
import { isRed } from "./jobState";
import { outputsOf } from "./outputs";
import type { PoolContext } from "./poolContext";
import type { ProviderInputs, ProviderState } from "./state";
import { unhealthy } from "./unhealthy";

/**
 * The outputs of a job that was driven as far as asked.
 *
 * @throws JobUnhealthyError if it ended without success: with an id, so that the resource stays in state
 */
export async function finish(
  inputs: ProviderInputs,
  context: PoolContext,
  driven: Driven,
): Promise<ProviderState> {
  const { record, observation } = driven;
  if (isRed(observation.state)) {
    const diagnosis = await diagnoseJob(context, record, secretsOf(context.pool, record, inputs));
    throw await unhealthy(inputs, context, { record, observation, diagnosis });
  }
  return outputsOf(inputs, {
    record,
    observation,
    cluster: context.clusters.get(record.cluster),
    region: await context.region(),
    placement: inputs.placement,
  });
}
