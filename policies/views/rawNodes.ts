import type { InstanceFleetArgs } from "@pulumi/aws/emr/instanceFleet";
import type { InstanceGroupArgs } from "@pulumi/aws/emr/instanceGroup";
import type { Unwrap } from "@pulumi/pulumi";
import { lazyItems, type NodeRole, type NodesView, type NodeTypeView } from "./clusterView";
import { configurationViews, jsonConfigurationViews } from "./configurations";

/** An `aws.emr.InstanceGroup`, or the like-named parts of an `aws.emr.Cluster`. */
export type RawGroup = Omit<Unwrap<InstanceGroupArgs>, "clusterId" | "instanceCount"> & {
  instanceCount?: number;
};
/** An `aws.emr.InstanceFleet`, or the like-named parts of an `aws.emr.Cluster`. */
export type RawFleet = Omit<Unwrap<InstanceFleetArgs>, "clusterId">;
type RawTypeConfig = NonNullable<RawFleet["instanceTypeConfigs"]>[number];

/** `path` of a property of a group or fleet: `""` stands for the resource itself. */
function below(path: string, property: string): string {
  return path === "" ? property : `${path}.${property}`;
}

/** @param path the group's property in its resource; `""` if it is the resource. */
export function rawGroupView(group: RawGroup, role: NodeRole, path: string): NodesView {
  const count = () => group.instanceCount ?? 1;
  return {
    path,
    role,
    form: "group",
    get types() {
      return [typeView(() => group, path)];
    },
    get onDemandUnits() {
      return group.bidPrice === undefined ? count() : 0;
    },
    get spotUnits() {
      return group.bidPrice === undefined ? 0 : count();
    },
    get scalingMaximum() {
      return scalingMaximum(group.autoscalingPolicy);
    },
    spotAllocationStrategy: undefined,
    spotTimeoutAction: undefined,
  };
}

function scalingMaximum(policy: string | undefined): number | undefined {
  if (policy === undefined) return undefined;
  try {
    return (JSON.parse(policy) as { Constraints?: { MaxCapacity?: number } }).Constraints?.MaxCapacity;
  } catch {
    // Malformed JSON is the AWS provider's to refuse.
    return undefined;
  }
}

/** @param path the fleet's property in its resource; `""` if it is the resource. */
export function rawFleetView(fleet: RawFleet, role: NodeRole, path: string): NodesView {
  return {
    path,
    role,
    form: "fleet",
    get types() {
      return lazyItems(fleet.instanceTypeConfigs, (config, index) =>
        typeView(config, below(path, `instanceTypeConfigs[${index}]`)),
      );
    },
    get onDemandUnits() {
      return fleet.targetOnDemandCapacity ?? 0;
    },
    get spotUnits() {
      return fleet.targetSpotCapacity ?? 0;
    },
    scalingMaximum: undefined,
    get spotAllocationStrategy() {
      return fleet.launchSpecifications?.spotSpecifications?.[0]?.allocationStrategy;
    },
    get spotTimeoutAction() {
      return fleet.launchSpecifications?.spotSpecifications?.[0]?.timeoutAction;
    },
  };
}

function typeView(item: () => RawGroup | RawTypeConfig, path: string): NodeTypeView {
  return {
    path,
    get instanceType() {
      return item().instanceType;
    },
    get weight() {
      const config = item();
      return "weightedCapacity" in config ? (config.weightedCapacity ?? 1) : 1;
    },
    get volumes() {
      const configs = item().ebsConfigs;
      if (configs === undefined) return undefined;
      return lazyItems(configs, (config, index) => ({
        path: below(path, `ebsConfigs[${index}]`),
        get volumeType() {
          return config().type;
        },
        get sizeGiB() {
          return config().size;
        },
        get volumesPerInstance() {
          return config().volumesPerInstance ?? 1;
        },
      }));
    },
    customAmiId: undefined,
    get configurations() {
      const nodes = item();
      if ("configurationsJson" in nodes)
        return jsonConfigurationViews(nodes.configurationsJson, below(path, "configurationsJson"));
      return "configurations" in nodes ? configurationViews(nodes.configurations, path) : [];
    },
  };
}
