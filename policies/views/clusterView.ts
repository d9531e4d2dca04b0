/** Role of a group or fleet of nodes in a cluster. */
export type NodeRole = "MASTER" | "CORE" | "TASK";

/** An EBS volume that every node of a type gets. */
export interface VolumeView {
  readonly path: string;
  readonly volumeType: string | undefined;
  readonly sizeGiB: number;
  readonly volumesPerInstance: number;
}

/** One instance type of a group (its only one) or of a fleet. */
export interface NodeTypeView {
  readonly path: string;
  readonly instanceType: string;
  /** Capacity units one instance counts; 1 in a group. */
  readonly weight: number;
  /** Undefined: EMR's default storage. */
  readonly volumes: VolumeView[] | undefined;
  readonly customAmiId: string | undefined;
  /** Configurations of these nodes alone. */
  readonly configurations: ConfigurationView[];
}

/** An instance group or instance fleet. */
export interface NodesView {
  readonly path: string;
  readonly role: NodeRole;
  readonly form: "group" | "fleet";
  readonly types: NodeTypeView[];
  /** Instances of a group, capacity units of a fleet. */
  readonly onDemandUnits: number;
  readonly spotUnits: number;
  /** `MaxCapacity` of an automatic scaling policy of the group. */
  readonly scalingMaximum: number | undefined;
  readonly spotAllocationStrategy: string | undefined;
  readonly spotTimeoutAction: string | undefined;
}

/** `ComputeLimits` of a managed scaling policy. */
export interface ManagedScalingView {
  readonly path: string;
  readonly unitType: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly maximumOnDemand: number | undefined;
}

/** A classification with its properties, and those inside it: `hadoop-env` has its variables in `export`. */
export interface ConfigurationView {
  readonly path: string;
  readonly classification: string;
  readonly properties: Record<string, string>;
  readonly configurations: ConfigurationView[];
}

export interface StepView {
  readonly path: string;
  readonly name: string;
  readonly actionOnFailure: string | undefined;
  readonly jar: string;
  readonly args: string[];
  readonly properties: Record<string, string>;
}

export interface BootstrapActionView {
  readonly path: string;
  readonly scriptPath: string;
  readonly args: string[];
}

/** An input of the user's resource, by the name it has there, and its value. */
export interface Named<Value> {
  readonly path: string;
  readonly value: Value;
}

/**
 * A cluster as policies see it, whichever resource describes it: each rule is written once for `PooledEmrJob` and
 * `aws.emr.Cluster`. Everything is a getter that reads no more than it returns, because at preview reading any
 * unknown property ends a rule: one unknown subnet must not hide a missing idle timeout. What a resource type can't
 * say stays undefined or empty here, in the base.
 */
export class ClusterView {
  /** The idle timeout that will hold, in seconds; with the user's name of the property. */
  get idleTimeout(): Named<number | undefined> {
    return { path: "autoTerminationPolicy.idleTimeout", value: undefined };
  }
  /** Whether the idle timeout was written down by the user. */
  get idleTimeoutIsExplicit(): boolean {
    return this.idleTimeout.value !== undefined;
  }
  /** Effective; both resource types default to true. */
  get keepAlive(): Named<boolean> {
    return { path: "keepJobFlowAliveWhenNoSteps", value: true };
  }
  get terminationProtected(): Named<boolean> {
    return { path: "terminationProtection", value: false };
  }
  get unhealthyNodeReplacement(): Named<boolean | undefined> {
    return { path: "unhealthyNodeReplacement", value: undefined };
  }
  get scaleDownBehavior(): Named<string | undefined> {
    return { path: "scaleDownBehavior", value: undefined };
  }
  get releaseLabel(): Named<string | undefined> {
    return { path: "releaseLabel", value: undefined };
  }
  get customAmiId(): Named<string | undefined> {
    return { path: "customAmiId", value: undefined };
  }
  get logUri(): Named<string | undefined> {
    return { path: "logUri", value: undefined };
  }
  get logEncryptionKmsKeyId(): Named<string | undefined> {
    return { path: "logEncryptionKmsKeyId", value: undefined };
  }
  /** `enabled`, `disabled` or `on-customer-s3only`, of the application logs. */
  get applicationLogUpload(): Named<string | undefined> {
    return { path: "monitoringConfiguration", value: undefined };
  }
  get securityConfiguration(): Named<string | undefined> {
    return { path: "securityConfiguration", value: undefined };
  }
  get serviceRole(): Named<string | undefined> {
    return { path: "serviceRole", value: undefined };
  }
  get instanceProfile(): Named<string | undefined> {
    return { path: "ec2Attributes.instanceProfile", value: undefined };
  }
  get keyName(): Named<string | undefined> {
    return { path: "ec2Attributes.keyName", value: undefined };
  }
  get subnetIds(): Named<string[]> {
    return { path: "ec2Attributes.subnetIds", value: [] };
  }
  get securityGroupIds(): string[] {
    return [];
  }
  get hasKerberos(): boolean {
    return false;
  }
  get tags(): Named<Record<string, string>> {
    return { path: "tags", value: {} };
  }
  get stepConcurrencyLevel(): Named<number> {
    return { path: "stepConcurrencyLevel", value: 1 };
  }
  get managedScaling(): ManagedScalingView | undefined {
    return undefined;
  }
  get nodes(): NodesView[] {
    return [];
  }
  get configurations(): ConfigurationView[] {
    return [];
  }
  get bootstrapActions(): BootstrapActionView[] {
    return [];
  }
  get steps(): StepView[] {
    return [];
  }

  /** The value of `property` in the last entry of `classification`, which is the one EMR takes. */
  configurationValue(classification: string, property: string): string | undefined {
    return this.configurations
      .filter((entry) => entry.classification === classification)
      .map((entry) => entry.properties[property])
      .findLast((value) => value !== undefined);
  }
}

/** Views of a list's items that read an item only when one of the view's getters is used. */
export function lazyItems<Item, View>(
  list: readonly Item[] | undefined,
  view: (item: () => Item, index: number) => View,
): View[] {
  return Array.from({ length: list?.length ?? 0 }, (_, index) => view(() => list![index]!, index));
}

/**
 * The items of a list of the resource's properties, as an array of our own. The SDK's proxies around properties can't
 * bear `map`, `filter` and whatever else makes an array of the same species while a remediation runs: the inner one
 * (`@pulumi/policy` 1.21, `secret.js`) breaks an invariant of Proxy that the outer one keeps.
 */
export function itemsOf<Item>(list: readonly Item[] | undefined): Item[] {
  return Array.from({ length: list?.length ?? 0 }, (_, index) => list![index]!);
}
