import type { InstanceFleetConfig, InstanceGroupConfig, RunJobFlowInput } from "@aws-sdk/client-emr";
import { validationError } from "../errors";
import { instanceType, isSupported } from "../releases";
import type { Wire } from "../wire";

/**
 * The checks EMR makes on `Instances` of a new cluster.
 * @throws EmrError ValidationException
 */
export function validateInstances(input: Wire<RunJobFlowInput>): void {
  const instances = input.Instances ?? {};
  const forms = [
    instances.InstanceGroups?.length,
    instances.InstanceFleets?.length,
    instances.MasterInstanceType || instances.SlaveInstanceType || instances.InstanceCount,
  ].filter(Boolean).length;
  if (forms !== 1)
    throw validationError(
      "Please configure instances using one and only one of the following: instance groups; instance fleets; instance count, master and slave instance type.",
    );
  if (instances.Ec2SubnetId && instances.Ec2SubnetIds?.length)
    throw validationError("Only one of Ec2SubnetId and Ec2SubnetIds may be specified.");
  if (instances.Placement && (instances.Ec2SubnetId || instances.Ec2SubnetIds?.length))
    throw validationError("Only one of Placement (availability zone) and subnet may be specified.");
  const groups = instances.InstanceGroups ?? [];
  const fleets = instances.InstanceFleets ?? [];
  if (groups.length > 0) validateGroups(groups);
  if (fleets.length > 0) validateFleets(fleets);
  const types = [
    ...groups.map((group) => group.InstanceType),
    ...fleets.flatMap((fleet) => fleet.InstanceTypeConfigs?.map((config) => config.InstanceType)),
    instances.MasterInstanceType,
    instances.SlaveInstanceType,
  ];
  for (const type of types) if (type) validateInstanceType(type, input.ReleaseLabel);
}

/** @throws EmrError ValidationException when the release can't be launched with this type. */
export function validateInstanceType(type: string, release: string | undefined): void {
  if (instanceType(type) === undefined) throw validationError(`Invalid instance type: ${type}.`);
  if (release !== undefined && !isSupported(release, type))
    throw validationError(`Instance type ${type} is not supported by EMR release ${release}.`);
}

function validateGroups(groups: readonly Wire<InstanceGroupConfig>[]): void {
  const ofRole = (role: string) => groups.filter((group) => group.InstanceRole === role);
  const [master] = ofRole("MASTER");
  if (master === undefined || ofRole("MASTER").length > 1)
    throw validationError("Exactly one instance group with role MASTER is required.");
  if (master.InstanceCount !== 1 && master.InstanceCount !== 3)
    throw validationError("Master instance group must have exactly 1 or 3 instances.");
  if (ofRole("CORE").length > 1)
    throw validationError("At most one instance group with role CORE is allowed.");
  if (ofRole("TASK").length > 48)
    throw validationError("At most 48 instance groups with role TASK are allowed.");
  if (ofRole("TASK").length > 0 && ofRole("CORE").length === 0)
    throw validationError("Instance groups with role TASK need an instance group with role CORE.");
  for (const group of groups) {
    if (group.InstanceRole === "CORE" && group.InstanceCount === 0)
      throw validationError("Core instance group must have at least 1 instance.");
    if (group.BidPrice !== undefined && group.Market === "ON_DEMAND")
      throw validationError("BidPrice may only be specified for SPOT instance groups.");
  }
}

function validateFleets(fleets: readonly Wire<InstanceFleetConfig>[]): void {
  for (const role of ["MASTER", "CORE", "TASK"]) {
    const count = fleets.filter((fleet) => fleet.InstanceFleetType === role).length;
    if (count > 1) throw validationError(`At most one instance fleet of type ${role} is allowed.`);
    if (count === 0 && role === "MASTER")
      throw validationError("Exactly one instance fleet of type MASTER is required.");
  }
  for (const fleet of fleets) validateFleet(fleet);
}

/** @throws EmrError ValidationException when a fleet's capacities or types can't be had. */
export function validateFleet(fleet: Wire<InstanceFleetConfig>): void {
  const total = (fleet.TargetOnDemandCapacity ?? 0) + (fleet.TargetSpotCapacity ?? 0);
  const type = fleet.InstanceFleetType;
  if (total === 0 && type !== "TASK")
    throw validationError(`Target capacity of the ${type} instance fleet must be greater than 0.`);
  if (type === "MASTER" && total !== 1 && total !== 3)
    throw validationError("The MASTER instance fleet must have a target capacity of 1 or 3, of one market.");
  if (!fleet.InstanceTypeConfigs?.length)
    throw validationError(`The ${type} instance fleet needs at least one instance type.`);
  for (const config of fleet.InstanceTypeConfigs)
    if (config.BidPrice !== undefined && config.BidPriceAsPercentageOfOnDemandPrice !== undefined)
      throw validationError("Only one of BidPrice and BidPriceAsPercentageOfOnDemandPrice may be specified.");
}
