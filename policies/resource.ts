import type { PolicyProviderResource, PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import type { ClusterView } from "./views/clusterView";
import { JobClusterView } from "./views/jobClusterView";
import {
  type JobProps,
  type KeptClusterProps,
  keptClusterDefaults,
  type PooledProps,
} from "./views/jobProps";
import {
  InstanceFleetView,
  InstanceGroupView,
  ManagedScalingPolicyView,
  RawClusterView,
} from "./views/rawClusterView";

/** The resource types the pack judges, by the short names that policies use. Tokens only: the pack loads no provider. */
export const resourceTypes = {
  job: "pulumi-nodejs:dynamic/emr:PooledEmrJob",
  keptCluster: "pulumi-nodejs:dynamic/emr:PooledEmrCluster",
  cluster: "aws:emr/cluster:Cluster",
  instanceGroup: "aws:emr/instanceGroup:InstanceGroup",
  instanceFleet: "aws:emr/instanceFleet:InstanceFleet",
  managedScalingPolicy: "aws:emr/managedScalingPolicy:ManagedScalingPolicy",
  securityConfiguration: "aws:emr/securityConfiguration:SecurityConfiguration",
  blockPublicAccess: "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration",
} as const;

/** Short name of a judged resource type. */
export type ResourceKind = keyof typeof resourceTypes;

/** Kinds that name a pool and the cluster they want of it. */
export const pooledKinds = ["job", "keptCluster"] as const satisfies ResourceKind[];

/** Kinds that describe a whole cluster: what most rules judge. */
export const clusterKinds = [...pooledKinds, "cluster"] as const satisfies ResourceKind[];

const kindsByType = new Map(
  Object.entries(resourceTypes).map(([kind, type]) => [type as string, kind as ResourceKind]),
);

/** What of the SDK's arguments for resource and stack policies is used here: the two have these in common. */
export type PolicyResourceLike = Pick<
  PolicyResource & ResourceValidationArgs,
  "type" | "props" | "urn" | "name"
> & {
  provider?: PolicyProviderResource;
  propertyDependencies?: Record<string, { urn: string }[]>;
};

/** A resource as policies see it: its raw properties and, where it describes a cluster, the one view of both shapes. */
export class Resource {
  readonly type: string;
  readonly kind: ResourceKind | undefined;
  readonly urn: string;
  readonly name: string;
  /** Raw properties; reading an unknown one throws `UnknownValueError`. */
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's own type of a resource's properties
  readonly props: Record<string, any>;
  private view: ClusterView | undefined;

  constructor(
    source: PolicyResourceLike,
    readonly stackTags: ReadonlyMap<string, string>,
  ) {
    this.type = source.type;
    this.kind = kindsByType.get(source.type);
    this.urn = source.urn;
    this.name = source.name;
    this.props = source.props;
    this.dependencies = source.propertyDependencies ?? {};
  }

  /** Resources whose outputs flow into a property, by property; known to rules over the stack only. */
  readonly dependencies: Record<string, { urn: string }[]>;

  /** `urn:pulumi:<stack>::<project>::…` */
  get stackName(): string {
    return this.urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
  }

  get projectName(): string {
    return this.urn.split("::")[1] ?? "";
  }

  /** The inputs of a `PooledEmrJob`, undefined for every other type. */
  get job(): JobProps | undefined {
    return this.kind === "job" ? (this.props as JobProps) : undefined;
  }

  /** The inputs of a `PooledEmrCluster`, undefined for every other type. */
  get keptCluster(): KeptClusterProps | undefined {
    return this.kind === "keptCluster" ? (this.props as KeptClusterProps) : undefined;
  }

  /** Pool and cluster of a `PooledEmrJob` or `PooledEmrCluster`, undefined for every other type. */
  get pooled(): PooledProps | undefined {
    return this.job ?? this.keptCluster;
  }

  /** The cluster that the resource describes, whole or in part. */
  get cluster(): ClusterView {
    this.view ??= clusterViewOf(this);
    return this.view;
  }
}

function clusterViewOf(resource: Resource): ClusterView {
  switch (resource.kind) {
    case "job":
      return new JobClusterView(resource.props as JobProps);
    case "keptCluster":
      return new JobClusterView(resource.props as KeptClusterProps, keptClusterDefaults.idleTimeout);
    case "cluster":
      return new RawClusterView(resource.props as never);
    case "instanceGroup":
      return new InstanceGroupView(resource.props as never);
    case "instanceFleet":
      return new InstanceFleetView(resource.props as never);
    case "managedScalingPolicy":
      return new ManagedScalingPolicyView(resource.props as never);
    default:
      throw new TypeError(`${resource.type} describes no cluster`);
  }
}
