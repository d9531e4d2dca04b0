import type { ClusterArgs } from "@pulumi/aws/emr/cluster";
import type { InstanceFleetArgs } from "@pulumi/aws/emr/instanceFleet";
import type { InstanceGroupArgs } from "@pulumi/aws/emr/instanceGroup";
import type { ManagedScalingPolicyArgs } from "@pulumi/aws/emr/managedScalingPolicy";
import type { Unwrap } from "@pulumi/pulumi";
import {
  type BootstrapActionView,
  ClusterView,
  type ConfigurationView,
  lazyItems,
  type ManagedScalingView,
  type Named,
  type NodeRole,
  type NodesView,
  type NodeTypeView,
  type StepView,
} from "./clusterView";

type RawCluster = Unwrap<ClusterArgs>;
type RawGroup = Omit<Unwrap<InstanceGroupArgs>, "clusterId" | "instanceCount"> & { instanceCount?: number };
type RawFleet = Omit<Unwrap<InstanceFleetArgs>, "clusterId">;
type RawTypeConfig = NonNullable<RawFleet["instanceTypeConfigs"]>[number];

/** An `aws.emr.Cluster`. */
export class RawClusterView extends ClusterView {
  constructor(private readonly props: RawCluster) {
    super();
  }

  override get idleTimeout(): Named<number | undefined> {
    return {
      path: "autoTerminationPolicy.idleTimeout",
      value: this.props.autoTerminationPolicy?.idleTimeout,
    };
  }
  override get keepAlive(): Named<boolean> {
    return { path: "keepJobFlowAliveWhenNoSteps", value: this.props.keepJobFlowAliveWhenNoSteps ?? true };
  }
  override get terminationProtected(): Named<boolean> {
    return { path: "terminationProtection", value: this.props.terminationProtection ?? false };
  }
  override get unhealthyNodeReplacement(): Named<boolean | undefined> {
    return { path: "unhealthyNodeReplacement", value: this.props.unhealthyNodeReplacement };
  }
  override get scaleDownBehavior(): Named<string | undefined> {
    return { path: "scaleDownBehavior", value: this.props.scaleDownBehavior };
  }
  override get releaseLabel(): Named<string | undefined> {
    return { path: "releaseLabel", value: this.props.releaseLabel };
  }
  override get customAmiId(): Named<string | undefined> {
    return { path: "customAmiId", value: this.props.customAmiId };
  }
  override get logUri(): Named<string | undefined> {
    return { path: "logUri", value: this.props.logUri };
  }
  override get logEncryptionKmsKeyId(): Named<string | undefined> {
    return { path: "logEncryptionKmsKeyId", value: this.props.logEncryptionKmsKeyId };
  }
  override get securityConfiguration(): Named<string | undefined> {
    return { path: "securityConfiguration", value: this.props.securityConfiguration };
  }
  override get serviceRole(): Named<string | undefined> {
    return { path: "serviceRole", value: this.props.serviceRole };
  }
  override get instanceProfile(): Named<string | undefined> {
    return { path: "ec2Attributes.instanceProfile", value: this.props.ec2Attributes?.instanceProfile };
  }
  override get keyName(): Named<string | undefined> {
    return { path: "ec2Attributes.keyName", value: this.props.ec2Attributes?.keyName };
  }
  override get subnetIds(): Named<string[]> {
    const several = this.props.ec2Attributes?.subnetIds;
    if (several !== undefined) return { path: "ec2Attributes.subnetIds", value: several };
    const one = this.props.ec2Attributes?.subnetId;
    return { path: "ec2Attributes.subnetId", value: one === undefined ? [] : [one] };
  }
  override get securityGroupIds(): string[] {
    const attributes = this.props.ec2Attributes;
    return [
      attributes?.emrManagedMasterSecurityGroup,
      attributes?.emrManagedSlaveSecurityGroup,
      attributes?.serviceAccessSecurityGroup,
      ...(attributes?.additionalMasterSecurityGroups?.split(",") ?? []),
      ...(attributes?.additionalSlaveSecurityGroups?.split(",") ?? []),
    ].filter((id) => id !== undefined);
  }
  override get hasKerberos(): boolean {
    return this.props.kerberosAttributes !== undefined;
  }
  override get tags(): Named<Record<string, string>> {
    return { path: "tags", value: this.props.tags ?? {} };
  }
  override get stepConcurrencyLevel(): Named<number> {
    return { path: "stepConcurrencyLevel", value: this.props.stepConcurrencyLevel ?? 1 };
  }

  override get nodes(): NodesView[] {
    const { props } = this;
    const nodes: NodesView[] = [];
    if (props.masterInstanceGroup !== undefined)
      nodes.push(groupView(props.masterInstanceGroup, "MASTER", "masterInstanceGroup"));
    if (props.coreInstanceGroup !== undefined)
      nodes.push(groupView(props.coreInstanceGroup, "CORE", "coreInstanceGroup"));
    if (props.masterInstanceFleet !== undefined)
      nodes.push(fleetView(props.masterInstanceFleet, "MASTER", "masterInstanceFleet"));
    if (props.coreInstanceFleet !== undefined)
      nodes.push(fleetView(props.coreInstanceFleet, "CORE", "coreInstanceFleet"));
    return nodes;
  }
  override get configurations(): ConfigurationView[] {
    const { configurationsJson } = this.props;
    return lazyItems(parseConfigurations(configurationsJson), (configuration, index) => ({
      path: `configurationsJson[${index}]`,
      get classification() {
        return configuration().Classification ?? "";
      },
      get properties() {
        return configuration().Properties ?? {};
      },
    }));
  }
  override get bootstrapActions(): BootstrapActionView[] {
    return lazyItems(this.props.bootstrapActions, (action, index) => ({
      path: `bootstrapActions[${index}]`,
      get scriptPath() {
        return action().path;
      },
      get args() {
        return action().args ?? [];
      },
    }));
  }
  override get steps(): StepView[] {
    return lazyItems(this.props.steps, (step, index) => ({
      path: `steps[${index}]`,
      get name() {
        return step().name;
      },
      get actionOnFailure() {
        return step().actionOnFailure;
      },
      get jar() {
        return step().hadoopJarStep.jar;
      },
      get args() {
        return step().hadoopJarStep.args ?? [];
      },
      get properties() {
        return step().hadoopJarStep.properties ?? {};
      },
    }));
  }
}

/** An `aws.emr.InstanceGroup`: the task nodes of a cluster. */
export class InstanceGroupView extends ClusterView {
  constructor(private readonly props: RawGroup) {
    super();
  }
  override get nodes(): NodesView[] {
    return [groupView(this.props, "TASK", "")];
  }
}

/** An `aws.emr.InstanceFleet`: the task fleet of a cluster. */
export class InstanceFleetView extends ClusterView {
  constructor(private readonly props: RawFleet) {
    super();
  }
  override get nodes(): NodesView[] {
    return [fleetView(this.props, "TASK", "")];
  }
}

/** An `aws.emr.ManagedScalingPolicy`. */
export class ManagedScalingPolicyView extends ClusterView {
  constructor(private readonly props: Unwrap<ManagedScalingPolicyArgs>) {
    super();
  }
  override get managedScaling(): ManagedScalingView | undefined {
    const limits = this.props.computeLimits[0];
    if (limits === undefined) return undefined;
    return {
      path: "computeLimits[0]",
      get unitType() {
        return limits.unitType;
      },
      get minimum() {
        return limits.minimumCapacityUnits;
      },
      get maximum() {
        return limits.maximumCapacityUnits;
      },
      get maximumOnDemand() {
        return limits.maximumOndemandCapacityUnits;
      },
    };
  }
}

interface RawConfiguration {
  Classification?: string;
  Properties?: Record<string, string>;
}

function parseConfigurations(json: string | undefined): RawConfiguration[] {
  if (json === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    // EMR refuses malformed JSON with its own message; here it only means that no property can be found.
    return [];
  }
}

/** `path` of a property of a group or fleet: `""` stands for the resource itself. */
function below(path: string, property: string): string {
  return path === "" ? property : `${path}.${property}`;
}

function groupView(group: RawGroup, role: NodeRole, path: string): NodesView {
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

function fleetView(fleet: RawFleet, role: NodeRole, path: string): NodesView {
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
  };
}
