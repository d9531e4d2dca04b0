import { EmrError } from "./errors";

/** Size of a bucket, and what flows into it a second. */
interface Quota {
  readonly bucket: number;
  readonly refill: number;
}

/**
 * EMR's default quotas per account and Region, as the Service Quotas API lists them.
 * https://docs.aws.amazon.com/general/latest/gr/emr.html
 */
export const defaultQuotas: Readonly<Record<string, Quota>> = {
  AddJobFlowSteps: { bucket: 10, refill: 0.5 },
  RunJobFlow: { bucket: 10, refill: 0.5 },
  ListSteps: { bucket: 10, refill: 0.5 },
  ListClusters: { bucket: 20, refill: 0.5 },
  DescribeCluster: { bucket: 10, refill: 1 },
  DescribeStep: { bucket: 10, refill: 0.5 },
  CancelSteps: { bucket: 10, refill: 0.5 },
  TerminateJobFlows: { bucket: 10, refill: 0.5 },
  AddTags: { bucket: 5, refill: 0.5 },
  RemoveTags: { bucket: 5, refill: 0.5 },
};

/** All EMR calls together. */
export const totalQuota: Quota = { bucket: 25, refill: 5 };

/** Token buckets, one for each Region and operation and one for each Region's sum. */
export class Throttle {
  private readonly levels = new Map<string, { tokens: number; at: number }>();

  /** @throws EmrError ThrottlingException; the call must not be carried out. */
  take(region: string, operation: string, now: number): void {
    const quotas: [string, Quota | undefined][] = [
      [`${region} ${operation}`, defaultQuotas[operation]],
      [`${region} *`, totalQuota],
    ];
    const levels = quotas.flatMap(([key, quota]) => (quota ? [this.level(key, quota, now)] : []));
    if (levels.some((level) => level.tokens < 1)) throw new EmrError("ThrottlingException", "Rate exceeded");
    for (const level of levels) level.tokens -= 1;
  }

  private level(key: string, quota: Quota, now: number): { tokens: number; at: number } {
    const level = this.levels.get(key) ?? { tokens: quota.bucket, at: now };
    level.tokens = Math.min(quota.bucket, level.tokens + ((now - level.at) / 1000) * quota.refill);
    level.at = now;
    this.levels.set(key, level);
    return level;
  }
}
