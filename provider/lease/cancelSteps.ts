import type { Pool } from "./pool";
import { isUnknownCluster } from "./refusals";

/** Asks EMR to cancel steps. Cancelling promises nothing: what counts is what the steps' states say later. */
export async function cancelSteps(
  pool: Pool,
  cluster: string,
  ids: readonly string[],
  force: boolean,
): Promise<void> {
  try {
    await pool.emr.cancelSteps(cluster, [...ids], force);
  } catch (error) {
    // A cluster that has ended meanwhile refuses; its steps are terminal, which the next look shows.
    const { name } = error as { name?: string };
    if (isUnknownCluster(error) || name === "InvalidRequestException" || name === "ValidationException")
      return;
    throw error;
  }
}
