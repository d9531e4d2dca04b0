import type { dynamic } from "@pulumi/pulumi";
import { drive } from "./drive";
import { finish } from "./finish";
import { poolContext } from "./poolContext";
import type { ProviderInputs, ProviderState } from "./state";
import { assertValid } from "./userInputs";

/**
 * Places the job and submits its steps, exactly once.
 *
 * Why it can't submit twice: before the call that adds the steps, the job's journal in S3 is written to SUBMITTING
 * with a fresh nonce, on the condition that nobody else has written it since; only the process whose nonce is in it
 * may call, once, without retries, and the call carries the journal's attempt number in the steps' names. A process
 * that dies anywhere leaves a journal that says what may have happened, and this function, run again with the same
 * inputs, continues from it: it adopts steps that EMR lists under that name, and tries again only after the time by
 * which EMR refuses a request so old. See docs/protocol.md and `lease/driveJob.ts`.
 *
 * @throws PooledEmrError while nothing has been submitted; JobUnhealthyError, which keeps the resource in state, later
 */
export async function create(inputs: ProviderInputs): Promise<dynamic.CreateResult<ProviderState>> {
  // Policies may have changed the inputs after `check` has seen them (design page pulumi.md, part 2).
  assertValid(inputs);
  const context = poolContext(inputs);
  const driven = await drive(inputs, context);
  return { id: driven.claimId, outs: await finish(inputs, context, driven) };
}
