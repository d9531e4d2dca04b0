import { definePolicy } from "../definePolicy";
import { jobDefaults } from "../views/jobProps";

interface WaitConfig {
  max: number;
  remediated: number;
  maxCompletion: number;
}

export const waitBounded = definePolicy<WaitConfig>({
  name: "wait-bounded",
  description: "A deployment must not wait long, or without end, for a place or for a job.",
  why: "A deployment that waits holds the stack's lock and the runner, and its credentials may expire.",
  remediationSteps: "Lower pool.waitMinutes and pool.timeoutMinutes, and set completionTimeoutMinutes.",
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
      description: "Longest completionTimeoutMinutes of a job that is waited for until it completes.",
    },
  },
  kinds: ["job"],
  check({ job }, { max, maxCompletion }, report) {
    const { waitMinutes = jobDefaults.waitMinutes, timeoutMinutes = jobDefaults.timeoutMinutes } = job!.pool;
    const allowed = `Allowed: at most ${max} minutes.`;
    if (waitMinutes > max) report(`pool.waitMinutes is ${waitMinutes}.`, allowed);
    if (timeoutMinutes > max) report(`pool.timeoutMinutes is ${timeoutMinutes}.`, allowed);
    if (job!.waitFor !== "completed") return;
    const completion = job!.completionTimeoutMinutes;
    if (completion === undefined || completion > maxCompletion)
      report(
        `completionTimeoutMinutes is ${completion ?? "not set"} with waitFor "completed".`,
        `Allowed: at most ${maxCompletion} minutes.`,
      );
  },
  remediate({ job }, { max, remediated, maxCompletion }) {
    const { pool } = job!;
    let changed = false;
    if ((pool.waitMinutes ?? jobDefaults.waitMinutes) > max) {
      pool.waitMinutes = remediated;
      changed = true;
    }
    if ((pool.timeoutMinutes ?? jobDefaults.timeoutMinutes) > max) {
      pool.timeoutMinutes = remediated;
      changed = true;
    }
    if (job!.waitFor === "completed" && !((job!.completionTimeoutMinutes ?? Infinity) <= maxCompletion)) {
      job!.completionTimeoutMinutes = maxCompletion;
      changed = true;
    }
    return changed;
  },
});
