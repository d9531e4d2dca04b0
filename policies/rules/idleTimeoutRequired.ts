import { definePolicy } from "../definePolicy";
import { clusterKinds, type Resource } from "../resource";

/** The idle timeout that the rule allows, and what a remediation writes. */
interface IdleTimeoutConfig {
  minSeconds: number;
  maxSeconds: number;
  keptMaxSeconds: number;
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
      description: "Longest idle timeout of a job's or a raw cluster, in seconds.",
    },
    keptMaxSeconds: {
      type: "integer",
      minimum: 60,
      maximum: 604800,
      default: 86400,
      description:
        "Longest idle timeout of a PooledEmrCluster, in seconds: a cluster that is kept for jobs that run daily waits a day for them.",
    },
    defaultSeconds: {
      type: "integer",
      minimum: 60,
      maximum: 604800,
      default: 600,
      description:
        "What a remediation sets, in seconds; on a PooledEmrCluster it sets the limit that was passed.",
    },
    requireExplicit: {
      type: "boolean",
      default: false,
      description:
        "Refuse a PooledEmrJob that relies on its default of 600 s. The default of a PooledEmrCluster, a week, is longer than keptMaxSeconds by default.",
    },
  },
  profileConfig: { dev: { maxSeconds: 600 } },
  kinds: clusterKinds,
  check(resource, config, report) {
    const { path, value } = resource.cluster.idleTimeout;
    const { idleTimeoutIsExplicit } = resource.cluster;
    const { minSeconds, maxSeconds } = limitsOf(resource, config);
    const forWhat = resource.keptCluster === undefined ? "" : " for a cluster that is kept";
    const allowed = `Allowed${forWhat}: ${minSeconds} to ${maxSeconds} s`;
    const fix = `Set ${path} to a number of seconds from ${minSeconds} to ${maxSeconds}.`;
    if (value === undefined) report(`${path} is not set.`, `${allowed}.`, fix);
    else if (value < minSeconds || value > maxSeconds)
      report(
        idleTimeoutIsExplicit ? `${path} is ${value} s.` : `${path} is not set and defaults to ${value} s.`,
        `${allowed}.`,
        fix,
      );
    else if (config.requireExplicit && !idleTimeoutIsExplicit)
      report(`${path} is not written down and defaults to ${value} s.`, `${allowed}, explicit.`, fix);
  },
  remediate(resource, config) {
    const { cluster, keptCluster, pooled, props } = resource;
    const { value } = cluster.idleTimeout;
    const { minSeconds, maxSeconds } = limitsOf(resource, config);
    const isWithin = value !== undefined && value >= minSeconds && value <= maxSeconds;
    if (isWithin && (cluster.idleTimeoutIsExplicit || !config.requireExplicit)) return false;
    // Ten minutes would end a kept cluster before its next job: what is kept stays as close to its own as is allowed.
    const kept = () => Math.min(Math.max(value!, minSeconds), maxSeconds);
    const idleTimeout = keptCluster === undefined ? config.defaultSeconds : kept();
    (pooled?.cluster ?? props).autoTerminationPolicy = { idleTimeout };
    return true;
  },
});

/** A cluster that is kept on purpose may wait longer for its next job than one that a job launched for itself. */
function limitsOf({ keptCluster }: Resource, { minSeconds, maxSeconds, keptMaxSeconds }: IdleTimeoutConfig) {
  return { minSeconds, maxSeconds: keptCluster === undefined ? maxSeconds : keptMaxSeconds };
}
