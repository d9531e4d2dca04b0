import type { ClusterSpec } from "../../args";
import { containsUnknown, isUnknown, unknownValue } from "../unknowns";
import type { Problem } from "./problem";

/** What EMR would refuse in the instances of a cluster; unknown values are left for the `up`. */
export function instanceProblems(cluster: ClusterSpec): Problem[] {
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
  const problems = typeProblems(instances);
  if (instances.ec2SubnetId !== undefined && instances.ec2SubnetIds !== undefined)
    problems.push({
      property: "cluster.instances.ec2SubnetId",
      problem: "is given together with ec2SubnetIds",
      allowed: "one of the two",
    });
  // https://docs.aws.amazon.com/emr/latest/APIReference/API_JobFlowInstancesConfig.html
  const { ec2SubnetIds } = instances;
  if (!fleets && Array.isArray(ec2SubnetIds) && ec2SubnetIds.length > 1)
    problems.push({
      property: "cluster.instances.ec2SubnetIds",
      problem: "lists several subnets, and a cluster without instance fleets runs in one",
      got: ec2SubnetIds,
      allowed: "one subnet, or several with instanceFleets",
      fix: "Name one in ec2SubnetId, or give the cluster instance fleets",
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
      ...fleets.flatMap((fleet, index) => fleetProblems(fleet, `cluster.instances.instanceFleets[${index}]`)),
    );
  return problems;
}

type Instances = NonNullable<ClusterSpec["instances"]>;
type Fleet = NonNullable<Instances["instanceFleets"]>[number];
type Group = NonNullable<Instances["instanceGroups"]>[number];

/** EMR chooses no type by itself: each group has one, each fleet at least one. */
function typeProblems({ instanceGroups, instanceFleets, masterInstanceType }: Instances): Problem[] {
  const missing = (property: string): Problem => ({
    property,
    problem: "is missing",
    allowed: "an EC2 instance type that EMR supports, such as m5.xlarge",
    fix: "Set it; `aws emr list-supported-instance-types --release-label <release>` shows them",
  });
  if (instanceGroups === undefined && instanceFleets === undefined)
    return masterInstanceType ? [] : [missing("cluster.instances.masterInstanceType")];
  const fleets = isUnknown(instanceFleets) ? [] : (instanceFleets ?? []);
  const groups = isUnknown(instanceGroups) ? [] : (instanceGroups ?? []);
  return [
    ...groups.flatMap((group, index) =>
      isUnknown(group) || group.instanceType
        ? []
        : [missing(`cluster.instances.instanceGroups[${index}].instanceType`)],
    ),
    ...fleets.flatMap((fleet, index) => {
      const property = `cluster.instances.instanceFleets[${index}].instanceTypeConfigs`;
      const configs = isUnknown(fleet) ? unknownValue : fleet.instanceTypeConfigs;
      if (isUnknown(configs)) return [];
      if (!configs?.length) return [missing(property)];
      const types = configs as Exclude<typeof configs, string>;
      return types.flatMap((config, at) =>
        isUnknown(config) || config.instanceType ? [] : [missing(`${property}[${at}].instanceType`)],
      );
    }),
  ];
}

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

/** Each fleet but TASK needs a target, MASTER one instance. https://docs.aws.amazon.com/emr/latest/APIReference/API_InstanceFleetConfig.html */
function fleetProblems(fleet: Fleet, property: string): Problem[] {
  const { targetOnDemandCapacity: onDemand = 0, targetSpotCapacity: spot = 0 } = fleet;
  const master = fleet.instanceFleetType === "MASTER";
  const fits = master ? onDemand + spot === 1 : onDemand + spot > 0 || fleet.instanceFleetType === "TASK";
  if (fits && onDemand >= 0 && spot >= 0) return [];
  return [
    {
      property,
      problem: "has a target capacity EMR refuses",
      got: `targetOnDemandCapacity ${onDemand}, targetSpotCapacity ${spot}`,
      allowed: master ? "1 in one of the two for MASTER" : "more than 0 in at least one of the two",
    },
  ];
}

/** One MASTER, at most one CORE, at most 48 TASK groups (one TASK fleet). */
function roleCountProblems(property: string, roles: (string | undefined)[], maxTask = 48): Problem[] {
  if (roles.includes(undefined))
    return [{ property, problem: "has one without a role", allowed: "MASTER, CORE, TASK" }];
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
