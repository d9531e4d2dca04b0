import type { dynamic } from "@pulumi/pulumi";
import { drive } from "./drive";
import { finish } from "./finish";
import { poolContext } from "./poolContext";
import type { ProviderInputs, ProviderState } from "./state";
import { assertValid } from "./userInputs";

/**
 * Applies what changes in place: waits as far as `waitFor` now says, places anew a job that never started, and
 * reports the same error again for a job that stays red. Looks at reality and not at the saved state, which may hold
 * inputs of an update that failed (https://github.com/pulumi/pulumi/issues/21458).
 *
 * @throws JobUnhealthyError, as `create`
 */
export async function update(
  id: string,
  olds: ProviderState,
  news: ProviderInputs,
): Promise<dynamic.UpdateResult<ProviderState>> {
  assertValid(news);
  // The job lives where it was placed; a change of place is a replacement, or concerns nothing any more (diff.ts).
  const inputs = {
    ...news,
    pool: { ...news.pool, name: olds.pool.name, store: olds.pool.store },
    scope: olds.scope,
    region: olds.region,
  };
  const context = poolContext({ ...inputs, __region: olds.__region });
  context.clusters.rememberState(olds);
  const driven = await drive(inputs, context, id);
  return { outs: await finish(inputs, context, driven) };
}
