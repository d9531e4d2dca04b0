import { PooledEmrError } from "../errors";
import { hasEnded } from "./jobState";
import type { ProviderState } from "./state";

/** S3 says that the bucket of the pool's store does not exist: with it all records of its jobs are gone. */
export function isBucketGone(error: unknown): boolean {
  return error instanceof PooledEmrError && error.code === "STORE_NO_SUCH_BUCKET";
}

/** A line for the user about a job whose records are gone; what follows from it comes first. */
export function bucketGoneWarning(what: string, { pool, clusterId, state }: ProviderState): string {
  const where =
    clusterId && !hasEnded(state)
      ? ` Steps of it may still run on cluster ${clusterId}; \`aws emr cancel-steps\` ends them.`
      : "";
  return `${what}: the bucket of ${pool.store} does not exist any more, and the records of its jobs with it.${where}`;
}
