import type { ClusterSpec, PoolSpec } from "../../args";
import { containsUnknown, isUnknown } from "../unknowns";
import { instanceProblems } from "./instances";
import type { Problem } from "./problem";

/**
 * What EMR would refuse in the cluster, or what would harm other jobs of the pool. Called with a cluster whose
 * shape is right; unknown values are left for the `up`.
 */
export function clusterProblems(cluster: ClusterSpec, pool: PoolSpec): Problem[] {
  const willNeverLaunch = pool.clusterId !== undefined;
  return [
    ...sharingProblems(cluster, pool),
    ...(willNeverLaunch
      ? []
      : [...releaseProblems(cluster), ...roleProblems(cluster), ...instanceProblems(cluster)]),
  ];
}

function sharingProblems(cluster: ClusterSpec, pool: PoolSpec): Problem[] {
  const problems: Problem[] = [];
  const { instances } = cluster;
  if (instances?.keepJobFlowAliveWhenNoSteps === false)
    problems.push({
      property: "cluster.instances.keepJobFlowAliveWhenNoSteps",
      problem: "would end the cluster after its first job",
      got: false,
      allowed: "true or left out",
      fix: "Remove it: a cluster of a pool ends by its auto-termination policy",
    });
  if (instances?.terminationProtected === true)
    problems.push({
      property: "cluster.instances.terminationProtected",
      problem: "would keep an idle cluster of the pool from ending",
      got: true,
      allowed: "false or left out",
      fix: "Remove it",
    });
  const level = cluster.stepConcurrencyLevel;
  const maxConcurrentSteps = pool.maxConcurrentSteps ?? 1;
  if (
    level !== undefined &&
    !containsUnknown([level, pool.maxConcurrentSteps]) &&
    level !== maxConcurrentSteps
  )
    problems.push({
      property: "cluster.stepConcurrencyLevel",
      problem: "differs from pool.maxConcurrentSteps",
      got: level,
      allowed: `${maxConcurrentSteps}, the value of pool.maxConcurrentSteps`,
      fix: "Remove it, or set pool.maxConcurrentSteps to the same number",
    });
  const { idleTimeout } = cluster.autoTerminationPolicy ?? {};
  if (typeof idleTimeout === "number" && (idleTimeout < 60 || idleTimeout > 604_800))
    problems.push({
      property: "cluster.autoTerminationPolicy.idleTimeout",
      problem: "is out of EMR's range",
      got: idleTimeout,
      allowed: "60 to 604800 seconds",
    });
  if (typeof cluster.name === "string" && /[<>$|`\r\n]/.test(cluster.name))
    problems.push({
      property: "cluster.name",
      problem: "has a character EMR refuses",
      got: cluster.name,
      allowed: "no < > $ | ` or line break",
    });
  problems.push(...scalingProblems(cluster), ...logUriProblems(cluster, pool));
  return problems;
}

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ComputeLimits.html */
function scalingProblems({ managedScalingPolicy }: ClusterSpec): Problem[] {
  const limits = managedScalingPolicy?.computeLimits;
  if (limits === undefined || containsUnknown(limits)) return [];
  const { minimumCapacityUnits: least, maximumCapacityUnits: most } = limits;
  if (least === undefined || most === undefined || least <= most) return [];
  return [
    {
      property: "cluster.managedScalingPolicy.computeLimits.minimumCapacityUnits",
      problem: "is above maximumCapacityUnits",
      got: least,
      allowed: `at most ${most}, the value of maximumCapacityUnits`,
    },
  ];
}

/** EMR: "The log URI … is not a valid S3 location"; its own answers write `s3n`. */
function logUriProblems({ logUri }: ClusterSpec, { store }: PoolSpec): Problem[] {
  if (logUri === undefined || isUnknown(logUri)) return [];
  if (!/^s3[an]?:\/\/[^/\s]+/.test(logUri))
    return [
      {
        property: "cluster.logUri",
        problem: "is not a location in S3, the only place EMR writes logs to",
        got: logUri,
        allowed: "s3://bucket/prefix/",
      },
    ];
  if (typeof store !== "string" || !liesBelow(logUri, store)) return [];
  return [
    {
      property: "cluster.logUri",
      problem: "lies below pool.store, where EMR's logs would mix with locks and claims",
      got: logUri,
      allowed: `an s3:// location outside ${store}`,
      fix: "Give logs a prefix or bucket of their own",
    },
  ];
}

function liesBelow(logUri: string, store: string): boolean {
  const canonical = (uri: string) => `${uri.replace(/^s3[an]?:/, "s3:").replace(/\/+$/, "")}/`;
  return canonical(logUri).startsWith(canonical(store));
}

/** https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-auto-termination-policy.html */
function releaseProblems(cluster: ClusterSpec): Problem[] {
  if (containsUnknown([cluster.releaseLabel, cluster.amiVersion])) return [];
  const { releaseLabel } = cluster;
  if (releaseLabel === undefined)
    return [
      {
        property: "cluster.releaseLabel",
        problem: cluster.amiVersion
          ? "is missing: clusters of an AMI version have no auto-termination policy and would never end"
          : "is missing",
        allowed: "a release such as emr-7.5.0",
        fix: "Set it; `aws emr list-release-labels` shows them",
      },
    ];
  const version = /^emr-(\d+)\.(\d+)\.(\d+)/.exec(releaseLabel)?.slice(1).map(Number);
  if (version === undefined)
    return [
      {
        property: "cluster.releaseLabel",
        problem: "is not a release label",
        got: releaseLabel,
        allowed: "emr-<major>.<minor>.<patch>, such as emr-7.5.0",
      },
    ];
  const [major, minor] = version as [number, number];
  const canEndWhenIdle = major > 6 || (major === 6 && minor >= 1) || (major === 5 && minor >= 30);
  if (canEndWhenIdle) return [];
  return [
    {
      property: "cluster.releaseLabel",
      problem: "has no auto-termination policy, so an idle cluster would never end",
      got: releaseLabel,
      allowed: "emr-5.30.0 and later 5.x, or emr-6.1.0 and later",
      fix: "Use a later release",
    },
  ];
}

/** EMR: "ServiceRole is required for creating cluster", "InstanceProfile is required for creating cluster". */
function roleProblems(cluster: ClusterSpec): Problem[] {
  return (["serviceRole", "jobFlowRole"] as const)
    .filter((property) => cluster[property] === undefined || cluster[property] === "")
    .map((property) => ({
      property: `cluster.${property}`,
      problem: "is missing",
      allowed:
        property === "serviceRole"
          ? "an IAM role, such as EMR_DefaultRole"
          : "an instance profile, such as EMR_EC2_DefaultRole",
      fix: "Set it: EMR launches no cluster without it",
    }));
}
