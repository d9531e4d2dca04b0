import { retireJob } from "../lease/retire";
import { logToEngine } from "./engineLog";
import { onInterrupt } from "./interrupt";
import { poolContext } from "./poolContext";
import { showProgress } from "./progress";
import type { ProviderState } from "./state";

/** EMR cancels asynchronously and promises nothing; after this long the sweeper finishes what is left. */
const timeLimitSeconds = 120;

/**
 * Releases the job: cancels its own unfinished steps, or leaves them (`onDelete`), and frees its place. Never touches
 * the cluster or steps of others; may be repeated; works when cluster, steps or the store's objects are gone.
 */
export async function deleteJob(id: string, props: ProviderState): Promise<void> {
  const { pool } = poolContext(props);
  const interrupt = onInterrupt();
  try {
    const { warning } = await retireJob(id, { cancel: props.onDelete !== "leave", timeLimitSeconds }, pool, {
      signal: interrupt.signal,
      onProgress: (progress) => showProgress(props.__urn, progress),
    });
    if (warning) logToEngine(props.__urn, "warning", warning);
  } finally {
    interrupt.dispose();
  }
}
