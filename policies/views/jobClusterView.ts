import {
  type BootstrapActionView,
  ClusterView,
  type ConfigurationView,
  itemsOf,
  lazyItems,
  type ManagedScalingView,
  type Named,
  type NodesView,
  type StepView,
} from "./clusterView";
import { configurationViews } from "./configurations";
import { jobNodes } from "./jobNodes";
import { type JobProps, jobDefaults, type PooledProps } from "./jobProps";

type Cluster = JobProps["cluster"];
type Instances = NonNullable<Cluster["instances"]>;

/**
 * The `cluster` of a `PooledEmrJob` or a `PooledEmrCluster`: RunJobFlow in lower-case-first fields, and what the
 * pool's inputs add to it.
 */
export class JobClusterView extends ClusterView {
  /** @param defaultIdleTimeout seconds, that the resource sets where its user doesn't. */
  constructor(
    private readonly props: PooledProps & Partial<Pick<JobProps, "steps">>,
    private readonly defaultIdleTimeout: number = jobDefaults.idleTimeout,
  ) {
    super();
  }

  private get cluster(): Cluster {
    return this.props.cluster;
  }
  private get instances(): Partial<Instances> {
    return this.cluster.instances ?? {};
  }

  override get idleTimeout(): Named<number | undefined> {
    const value = this.cluster.autoTerminationPolicy?.idleTimeout ?? this.defaultIdleTimeout;
    return { path: "cluster.autoTerminationPolicy.idleTimeout", value };
  }
  override get idleTimeoutIsExplicit(): boolean {
    return this.cluster.autoTerminationPolicy?.idleTimeout !== undefined;
  }
  override get keepAlive(): Named<boolean> {
    const value = this.instances.keepJobFlowAliveWhenNoSteps ?? true;
    return { path: "cluster.instances.keepJobFlowAliveWhenNoSteps", value };
  }
  override get terminationProtected(): Named<boolean> {
    const value = this.instances.terminationProtected ?? false;
    return { path: "cluster.instances.terminationProtected", value };
  }
  override get unhealthyNodeReplacement(): Named<boolean | undefined> {
    const value = this.instances.unhealthyNodeReplacement;
    return { path: "cluster.instances.unhealthyNodeReplacement", value };
  }
  override get scaleDownBehavior(): Named<string | undefined> {
    return { path: "cluster.scaleDownBehavior", value: this.cluster.scaleDownBehavior };
  }
  override get releaseLabel(): Named<string | undefined> {
    return { path: "cluster.releaseLabel", value: this.cluster.releaseLabel };
  }
  override get customAmiId(): Named<string | undefined> {
    return { path: "cluster.customAmiId", value: this.cluster.customAmiId };
  }
  override get logUri(): Named<string | undefined> {
    return { path: "cluster.logUri", value: this.cluster.logUri };
  }
  override get logEncryptionKmsKeyId(): Named<string | undefined> {
    return { path: "cluster.logEncryptionKmsKeyId", value: this.cluster.logEncryptionKmsKeyId };
  }
  override get applicationLogUpload(): Named<string | undefined> {
    const upload = this.cluster.monitoringConfiguration?.s3LoggingConfiguration?.logTypeUploadPolicy as
      | Record<string, string>
      | undefined;
    return {
      path: 'cluster.monitoringConfiguration.s3LoggingConfiguration.logTypeUploadPolicy["application-logs"]',
      value: upload?.["application-logs"],
    };
  }
  override get securityConfiguration(): Named<string | undefined> {
    return { path: "cluster.securityConfiguration", value: this.cluster.securityConfiguration };
  }
  override get serviceRole(): Named<string | undefined> {
    return { path: "cluster.serviceRole", value: this.cluster.serviceRole };
  }
  override get instanceProfile(): Named<string | undefined> {
    return { path: "cluster.jobFlowRole", value: this.cluster.jobFlowRole };
  }
  override get keyName(): Named<string | undefined> {
    return { path: "cluster.instances.ec2KeyName", value: this.instances.ec2KeyName };
  }
  override get subnetIds(): Named<string[]> {
    const { ec2SubnetId: one, ec2SubnetIds: several } = this.instances;
    if (several !== undefined) return { path: "cluster.instances.ec2SubnetIds", value: several };
    return { path: "cluster.instances.ec2SubnetId", value: one === undefined ? [] : [one] };
  }
  override get securityGroupIds(): string[] {
    const instances = this.instances;
    return [
      instances.emrManagedMasterSecurityGroup,
      instances.emrManagedSlaveSecurityGroup,
      instances.serviceAccessSecurityGroup,
      ...(instances.additionalMasterSecurityGroups ?? []),
      ...(instances.additionalSlaveSecurityGroups ?? []),
    ].filter((id) => id !== undefined);
  }
  override get hasKerberos(): boolean {
    return this.cluster.kerberosAttributes !== undefined;
  }
  override get tags(): Named<Record<string, string>> {
    const tags = itemsOf(this.cluster.tags);
    return {
      path: "cluster.tags",
      value: Object.fromEntries(tags.map((tag) => [tag.key ?? "", tag.value ?? ""])),
    };
  }
  override get stepConcurrencyLevel(): Named<number> {
    const own = this.cluster.stepConcurrencyLevel;
    if (own !== undefined) return { path: "cluster.stepConcurrencyLevel", value: own };
    const value = this.props.pool.maxConcurrentSteps ?? jobDefaults.maxConcurrentSteps;
    return { path: "pool.maxConcurrentSteps", value };
  }
  override get managedScaling(): ManagedScalingView | undefined {
    const limits = this.cluster.managedScalingPolicy?.computeLimits;
    if (limits === undefined) return undefined;
    return {
      path: "cluster.managedScalingPolicy.computeLimits",
      get unitType() {
        return limits.unitType ?? "Instances";
      },
      get minimum() {
        return limits.minimumCapacityUnits ?? 0;
      },
      get maximum() {
        return limits.maximumCapacityUnits ?? 0;
      },
      get maximumOnDemand() {
        return limits.maximumOnDemandCapacityUnits;
      },
    };
  }

  override get nodes(): NodesView[] {
    return jobNodes(this.instances);
  }
  override get configurations(): ConfigurationView[] {
    return configurationViews(this.cluster.configurations, "cluster");
  }
  override get bootstrapActions(): BootstrapActionView[] {
    return lazyItems(this.cluster.bootstrapActions, (action, index) => ({
      path: `cluster.bootstrapActions[${index}].scriptBootstrapAction`,
      get scriptPath() {
        return action().scriptBootstrapAction?.path ?? "";
      },
      get args() {
        return action().scriptBootstrapAction?.args ?? [];
      },
    }));
  }
  override get steps(): StepView[] {
    return lazyItems(this.props.steps, (step, index) => ({
      path: `steps[${index}]`,
      get name() {
        return step().name ?? "";
      },
      get actionOnFailure() {
        return step().actionOnFailure;
      },
      get jar() {
        return step().hadoopJarStep?.jar ?? "";
      },
      get args() {
        return step().hadoopJarStep?.args ?? [];
      },
      get properties() {
        const properties = itemsOf(step().hadoopJarStep?.properties);
        return Object.fromEntries(properties.map((item) => [item.key ?? "", item.value ?? ""]));
      },
    }));
  }
}
