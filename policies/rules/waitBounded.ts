import { definePolicy } from "../definePolicy";
import { pooledKinds } from "../resource";
import { jobDefaults, type KeptClusterProps, keptClusterDefaults } from "../views/jobProps";

interface WaitConfig {
  max: number;
  remediated: number;
  maxCompletion: number;
}

export const waitBounded = definePolicy<WaitConfig>({
  name: "wait-bounded",
  description: "A deployment must not wait long, or without end, for a place or for a job.",
  why: "A deployment that waits holds the stack's lock and the runner, and its credentials may expire.",
  remediationSteps:
    "Lower pool.waitMinutes, pool.timeoutMinutes and drainTimeoutMinutes, and set completionTimeoutMinutes.",
  severity: "medium",
  tags: ["operations", "pool"],
  url: "https://github.com/pulumi/pulumi/issues/13841",
  level: "mandatory",
  config: {
    max: {
      type: "integer",
      minimum: 1,
      maximum: 1440,
      default: 60,
      description: "Longest wait and time-out for a place, in minutes.",
    },
    remediated: {
      type: "integer",
      minimum: 1,
      maximum: 1440,
      default: 30,
      description: "What a remediation sets, in minutes.",
    },
    maxCompletion: {
      type: "integer",
      minimum: 1,
      maximum: 10080,
      default: 1440,
      description:
        "Longest completionTimeoutMinutes of a job that is waited for until it completes, and drainTimeoutMinutes of a PooledEmrCluster.",
    },
  },
  kinds: pooledKinds,
  check({ job, keptCluster, pooled }, { max, maxCompletion }, report) {
    const { timeoutMinutes = jobDefaults.timeoutMinutes } = pooled!.pool;
    const waitMinutes = job?.pool.waitMinutes ?? jobDefaults.waitMinutes;
    const allowed = `Allowed: at most ${max} minutes.`;
    if (waitMinutes > max) report(`pool.waitMinutes is ${waitMinutes}.`, allowed);
    if (timeoutMinutes > max) report(`pool.timeoutMinutes is ${timeoutMinutes}.`, allowed);
    const allowedForJobs = `Allowed: at most ${maxCompletion} minutes.`;
    const completion = job?.waitFor === "completed" ? (job.completionTimeoutMinutes ?? "not set") : 0;
    if (completion === "not set" || completion > maxCompletion)
      report(`completionTimeoutMinutes is ${completion} with waitFor "completed".`, allowedForJobs);
    if (keptCluster !== undefined && drainMinutes(keptCluster) > maxCompletion)
      report(`drainTimeoutMinutes is ${drainMinutes(keptCluster)}.`, allowedForJobs);
  },
  remediate({ job, keptCluster, pooled }, { max, remediated, maxCompletion }) {
    let changed = false;
    if ((job?.pool.waitMinutes ?? jobDefaults.waitMinutes) > max) {
      job!.pool.waitMinutes = remediated;
      changed = true;
    }
    if ((pooled!.pool.timeoutMinutes ?? jobDefaults.timeoutMinutes) > max) {
      pooled!.pool.timeoutMinutes = remediated;
      changed = true;
    }
    if (job?.waitFor === "completed" && !((job.completionTimeoutMinutes ?? Infinity) <= maxCompletion)) {
      job.completionTimeoutMinutes = maxCompletion;
      changed = true;
    }
    if (keptCluster !== undefined && drainMinutes(keptCluster) > maxCompletion) {
      keptCluster.drainTimeoutMinutes = maxCompletion;
      changed = true;
    }
    return changed;
  },
});

/** How long a delete waits for the jobs that still run on a kept cluster. */
function drainMinutes({ drainTimeoutMinutes = keptClusterDefaults.drainTimeoutMinutes }: KeptClusterProps) {
  return drainTimeoutMinutes;
}
