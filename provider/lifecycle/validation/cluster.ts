import type { ClusterSpec, PoolSpec } from "../../args";
import { containsUnknown, isUnknown } from "../unknowns";
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
  if (
    typeof cluster.logUri === "string" &&
    typeof pool.store === "string" &&
    liesBelow(cluster.logUri, pool.store)
  )
    problems.push({
      property: "cluster.logUri",
      problem: "lies below pool.store, where EMR's logs would mix with locks and claims",
      got: cluster.logUri,
      allowed: `an s3:// location outside ${pool.store}`,
      fix: "Give logs a prefix or bucket of their own",
    });
  return problems;
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
    .filter((property) => cluster[property] === undefined)
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

function instanceProblems(cluster: ClusterSpec): Problem[] {
  const { instances } = cluster;
  if (isUnknown(instances)) return [];
  if (instances === undefined)
    return [
      { property: "cluster.instances", problem: "is missing", allowed: "instanceGroups or instanceFleets" },
    ];
  const { instanceGroups: groups, instanceFleets: fleets } = instances;
  const hasShorthand = instances.masterInstanceType !== undefined || instances.instanceCount !== undefined;
  const forms = [
    groups && "instanceGroups",
    fleets && "instanceFleets",
    hasShorthand && "masterInstanceType",
  ].filter(Boolean);
  if (forms.length !== 1)
    return [
      {
        property: "cluster.instances",
        problem: forms.length === 0 ? "names no instances" : `mixes ${forms.join(" and ")}`,
        allowed: "exactly one of instanceGroups, instanceFleets, or masterInstanceType with instanceCount",
      },
    ];
  const problems: Problem[] = [];
  if (instances.ec2SubnetId !== undefined && instances.ec2SubnetIds !== undefined)
    problems.push({
      property: "cluster.instances.ec2SubnetId",
      problem: "is given together with ec2SubnetIds",
      allowed: "one of the two",
    });
  if (groups && !containsUnknown(groups))
    problems.push(
      ...roleCountProblems(
        "cluster.instances.instanceGroups",
        groups.map((group) => group.instanceRole),
      ),
      ...groups.flatMap((group, index) => groupProblems(group, `cluster.instances.instanceGroups[${index}]`)),
    );
  if (fleets && !containsUnknown(fleets))
    problems.push(
      ...roleCountProblems(
        "cluster.instances.instanceFleets",
        fleets.map((fleet) => fleet.instanceFleetType),
        1,
      ),
    );
  return problems;
}

type Group = NonNullable<NonNullable<ClusterSpec["instances"]>["instanceGroups"]>[number];

function groupProblems(group: Group, property: string): Problem[] {
  const count = group.instanceCount;
  const master = group.instanceRole === "MASTER";
  if (master ? count === 1 || count === 3 : Number.isInteger(count) && count! >= 0) return [];
  return [
    {
      property: `${property}.instanceCount`,
      problem: count === undefined ? "is missing" : "is not a number of instances EMR takes",
      got: count,
      allowed: master ? "1 or 3 for MASTER" : "a whole number from 0",
    },
  ];
}

/** One MASTER, at most one CORE, at most 48 TASK groups (one TASK fleet). */
function roleCountProblems(property: string, roles: (string | undefined)[], maxTask = 48): Problem[] {
  const wrong = roles.find((role) => role !== "MASTER" && role !== "CORE" && role !== "TASK");
  if (roles.length > 0 && roles.includes(wrong) && !["MASTER", "CORE", "TASK"].includes(wrong ?? ""))
    return [
      { property, problem: "has an unknown role", got: wrong ?? "none", allowed: "MASTER, CORE, TASK" },
    ];
  const count = (role: string) => roles.filter((each) => each === role).length;
  if (count("MASTER") === 1 && count("CORE") <= 1 && count("TASK") <= maxTask) return [];
  return [
    {
      property,
      problem: "has a set of roles EMR refuses",
      got: `${count("MASTER")} MASTER, ${count("CORE")} CORE, ${count("TASK")} TASK`,
      allowed: `1 MASTER, 0 or 1 CORE, 0 to ${maxTask} TASK`,
    },
  ];
}
