import type { ClusterArgs } from "@pulumi/aws/emr/cluster";
import type { ManagedScalingPolicyArgs } from "@pulumi/aws/emr/managedScalingPolicy";
import type { Unwrap } from "@pulumi/pulumi";
import {
  type BootstrapActionView,
  ClusterView,
  type ConfigurationView,
  lazyItems,
  type ManagedScalingView,
  type Named,
  type NodesView,
  type StepView,
} from "./clusterView";
import { jsonConfigurationViews } from "./configurations";
import { type RawFleet, type RawGroup, rawFleetView, rawGroupView } from "./rawNodes";

type RawCluster = Unwrap<ClusterArgs>;

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
      nodes.push(rawGroupView(props.masterInstanceGroup, "MASTER", "masterInstanceGroup"));
    if (props.coreInstanceGroup !== undefined)
      nodes.push(rawGroupView(props.coreInstanceGroup, "CORE", "coreInstanceGroup"));
    if (props.masterInstanceFleet !== undefined)
      nodes.push(rawFleetView(props.masterInstanceFleet, "MASTER", "masterInstanceFleet"));
    if (props.coreInstanceFleet !== undefined)
      nodes.push(rawFleetView(props.coreInstanceFleet, "CORE", "coreInstanceFleet"));
    return nodes;
  }
  override get configurations(): ConfigurationView[] {
    const { configurations, configurationsJson } = this.props;
    // `configurations` may also be the address of a file, in which nothing is found.
    return [
      ...jsonConfigurationViews(configurations, "configurations"),
      ...jsonConfigurationViews(configurationsJson, "configurationsJson"),
    ];
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
    return [rawGroupView(this.props, "TASK", "")];
  }
}

/** An `aws.emr.InstanceFleet`: the task fleet of a cluster. */
export class InstanceFleetView extends ClusterView {
  constructor(private readonly props: RawFleet) {
    super();
  }
  override get nodes(): NodesView[] {
    return [rawFleetView(this.props, "TASK", "")];
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
