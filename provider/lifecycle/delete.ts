import { retireJob } from "../lease/retire";
import { bucketGoneWarning, isBucketGone } from "./bucketGone";
import { logToEngine } from "./engineLog";
import { onInterrupt } from "./interrupt";
import { poolContext } from "./poolContext";
import { showProgress } from "./progress";
import type { ProviderState } from "./state";

/** EMR cancels asynchronously and promises nothing; after this long the sweeper finishes what is left. */
const timeLimitSeconds = 120;

/**
 * Releases the job: cancels its own unfinished steps, or leaves them (`onDelete`), and frees its place. Never touches
 * the cluster or steps of others; may be repeated; works when cluster, steps, the store's objects or its bucket are
 * gone.
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
  } catch (error) {
    // Nobody can bring the bucket back as it was: a resource that could never be deleted would help no one.
    if (!isBucketGone(error)) throw error;
    logToEngine(props.__urn, "warning", bucketGoneWarning(`Job ${id} had nothing left to release`, props));
  } finally {
    interrupt.dispose();
  }
}
