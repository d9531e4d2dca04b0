import { lazyItems, type NodesView, type NodeTypeView, type VolumeView } from "./clusterView";
import { configurationViews } from "./configurations";
import type { JobProps } from "./jobProps";

type Instances = NonNullable<JobProps["cluster"]["instances"]>;
type Group = NonNullable<Instances["instanceGroups"]>[number];
type Fleet = NonNullable<Instances["instanceFleets"]>[number];
type TypeConfig = NonNullable<Fleet["instanceTypeConfigs"]>[number];
type EbsConfiguration = Group["ebsConfiguration"];

/** The groups or fleets of nodes that a job's `cluster.instances` asks for, in whichever of EMR's three forms. */
export function jobNodes(instances: Partial<Instances>): NodesView[] {
  if (instances.instanceFleets !== undefined) return lazyItems(instances.instanceFleets, fleetView);
  if (instances.instanceGroups !== undefined) return lazyItems(instances.instanceGroups, groupView);
  return legacyGroups(instances).map(({ path, group }) => groupView(() => group, 0, path));
}

/** `masterInstanceType`, `slaveInstanceType` and `instanceCount` as the groups that EMR makes of them. */
function legacyGroups(instances: Partial<Instances>): { path: string; group: Group }[] {
  const { masterInstanceType: master, slaveInstanceType: slave, instanceCount: count = 1 } = instances;
  const groups: { path: string; group: Group }[] = [];
  if (master !== undefined)
    groups.push({
      path: "cluster.instances.masterInstanceType",
      group: { instanceRole: "MASTER", instanceType: master, instanceCount: 1 },
    });
  const coreType = slave ?? master;
  if (coreType !== undefined && count > 1)
    groups.push({
      path: `cluster.instances.${slave === undefined ? "masterInstanceType" : "slaveInstanceType"}`,
      group: { instanceRole: "CORE", instanceType: coreType, instanceCount: count - 1 },
    });
  return groups;
}

function groupView(
  group: () => Group,
  index: number,
  path = `cluster.instances.instanceGroups[${index}]`,
): NodesView {
  const isSpot = () => group().market === "SPOT" || (group().market === undefined && !!group().bidPrice);
  return {
    path,
    form: "group",
    get role() {
      return group().instanceRole ?? "TASK";
    },
    get types() {
      return [typeView(group, path)];
    },
    get onDemandUnits() {
      return isSpot() ? 0 : (group().instanceCount ?? 0);
    },
    get spotUnits() {
      return isSpot() ? (group().instanceCount ?? 0) : 0;
    },
    get scalingMaximum() {
      return group().autoScalingPolicy?.constraints?.maxCapacity;
    },
    spotAllocationStrategy: undefined,
    spotTimeoutAction: undefined,
  };
}

function fleetView(fleet: () => Fleet, index: number): NodesView {
  const path = `cluster.instances.instanceFleets[${index}]`;
  return {
    path,
    form: "fleet",
    get role() {
      return fleet().instanceFleetType ?? "TASK";
    },
    get types() {
      return lazyItems(fleet().instanceTypeConfigs, (config, item) =>
        typeView(config, `${path}.instanceTypeConfigs[${item}]`),
      );
    },
    get onDemandUnits() {
      return fleet().targetOnDemandCapacity ?? 0;
    },
    get spotUnits() {
      return fleet().targetSpotCapacity ?? 0;
    },
    scalingMaximum: undefined,
    get spotAllocationStrategy() {
      return fleet().launchSpecifications?.spotSpecification?.allocationStrategy;
    },
    get spotTimeoutAction() {
      return fleet().launchSpecifications?.spotSpecification?.timeoutAction;
    },
  };
}

function typeView(item: () => Group | TypeConfig, path: string): NodeTypeView {
  return {
    path,
    get instanceType() {
      return item().instanceType ?? "";
    },
    get weight() {
      const config = item();
      return "weightedCapacity" in config ? (config.weightedCapacity ?? 1) : 1;
    },
    get volumes() {
      return volumeViews(item().ebsConfiguration, path);
    },
    get customAmiId() {
      return item().customAmiId;
    },
    get configurations() {
      return configurationViews(item().configurations, path);
    },
  };
}

function volumeViews(configuration: EbsConfiguration, path: string): VolumeView[] | undefined {
  if (configuration?.ebsBlockDeviceConfigs === undefined) return undefined;
  return lazyItems(configuration.ebsBlockDeviceConfigs, (device, index) => ({
    path: `${path}.ebsConfiguration.ebsBlockDeviceConfigs[${index}].volumeSpecification`,
    get volumeType() {
      return device().volumeSpecification?.volumeType;
    },
    get sizeGiB() {
      return device().volumeSpecification?.sizeInGB ?? 0;
    },
    get volumesPerInstance() {
      return device().volumesPerInstance ?? 1;
    },
  }));
}
