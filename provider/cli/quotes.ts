import { readLaunch } from "../lease/entries";
import { readJob } from "../lease/journal";
import type { Pool } from "../lease/pool";
import { parseStepName } from "../lease/stepToken";
import { parseClusterName } from "../pool/clusterName";
import { holdsStandIn } from "../pool/specSecrets";

const hint = "give --store (pool.store), whose records say whether there are secrets among its inputs";

/**
 * Why texts about a step must not be quoted: they may hold a secret of the job's, and only the owner's stack knows its
 * value. Undefined: they may.
 *
 * @param pool - absent: its store isn't known
 */
export async function whyStepIsNotQuoted(
  stepName: string | undefined,
  pool: Pool | undefined,
): Promise<string | undefined> {
  const token = parseStepName(stepName);
  if (token === undefined) return undefined;
  if (pool === undefined) return `what it says is not shown, as it is a pool's job: ${hint}`;
  const job = await readJob(token.key, pool);
  if (job === undefined) return "what it says is not shown, as the store has no journal of its job";
  return job.hasSecretInputs ? "what it says is not shown, as its job has secret inputs" : undefined;
}

/** The same for a cluster that failed by itself, such as in a bootstrap action. */
export async function whyClusterIsNotQuoted(
  clusterName: string | undefined,
  pool: Pool | undefined,
): Promise<string | undefined> {
  const owner = parseClusterName(clusterName);
  if (owner === undefined) return undefined;
  if (pool === undefined) return `what it says is not shown, as it is a pool's cluster: ${hint}`;
  const launch = await readLaunch(pool, owner.poolId, owner.entryId);
  if (launch === undefined) return "what it says is not shown, as the store has no record of its launch";
  return holdsStandIn(JSON.stringify(launch.request))
    ? "what it says is not shown, as it was launched with secret inputs"
    : undefined;
}
