import { definePolicy } from "../definePolicy";

/** The idle timeout that the rule allows, and what a remediation writes. */
interface IdleTimeoutConfig {
  minSeconds: number;
  maxSeconds: number;
  defaultSeconds: number;
  requireExplicit: boolean;
}

export const idleTimeoutRequired = definePolicy<IdleTimeoutConfig>({
  name: "idle-timeout-required",
  description: "A cluster must end by itself after a bounded idle time.",
  why: "An idle cluster is billed in full until something ends it.",
  remediationSteps: "Set autoTerminationPolicy.idleTimeout to a number of seconds within the limits.",
  severity: "high",
  tags: ["cost", "lifecycle"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-auto-termination-policy.html",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: {
    minSeconds: {
      type: "integer",
      minimum: 60,
      maximum: 604800,
      default: 300,
      description:
        "Shortest idle timeout, in seconds: a shorter one ends clusters between two jobs of a pool.",
    },
    maxSeconds: {
      type: "integer",
      minimum: 60,
      maximum: 604800,
      default: 3600,
      description: "Longest idle timeout, in seconds.",
    },
    defaultSeconds: {
      type: "integer",
      minimum: 60,
      maximum: 604800,
      default: 600,
      description: "What a remediation sets, in seconds.",
    },
    requireExplicit: {
      type: "boolean",
      default: false,
      description: "Refuse a PooledEmrJob that relies on its default of 600 s.",
    },
  },
  profileConfig: { dev: { maxSeconds: 600 } },
  kinds: ["job", "cluster"],
  check({ cluster }, { minSeconds, maxSeconds, requireExplicit }, report) {
    const { path, value } = cluster.idleTimeout;
    const allowed = `Allowed: ${minSeconds} to ${maxSeconds} s.`;
    if (value === undefined) report(`${path} is not set.`, allowed);
    else if (value < minSeconds || value > maxSeconds) report(`${path} is ${value} s.`, allowed);
    else if (requireExplicit && !cluster.idleTimeoutIsExplicit)
      report(`${path} is not written down and defaults to ${value} s.`, `${allowed.slice(0, -1)}, explicit.`);
  },
  remediate({ cluster, job, props }, { minSeconds, maxSeconds, defaultSeconds, requireExplicit }) {
    const { value } = cluster.idleTimeout;
    const isExplicitEnough = cluster.idleTimeoutIsExplicit || !requireExplicit;
    if (value !== undefined && value >= minSeconds && value <= maxSeconds && isExplicitEnough) return false;
    (job?.cluster ?? props).autoTerminationPolicy = { idleTimeout: defaultSeconds };
    return true;
  },
});
