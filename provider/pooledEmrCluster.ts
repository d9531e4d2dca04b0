import * as pulumi from "@pulumi/pulumi";
import type { DeepInput } from "./args";
import type { PooledEmrClusterInputs } from "./clusterLifecycle/clusterState";
import { organization } from "./organization";
import { secretPaths } from "./secretPaths";

/** Inputs of `PooledEmrCluster`; see {@link PooledEmrClusterInputs} for each property's meaning, range and default. */
export type PooledEmrClusterArgs = {
  [Key in keyof PooledEmrClusterInputs]: DeepInput<PooledEmrClusterInputs[Key]>;
};

/** In users' state, like `PooledEmrJob`'s: only requires the installed package. Never rename what it calls. */
const provider: pulumi.dynamic.ResourceProvider = {
  configure: (request) => require("pulumi-pooled-emr/provider").configure(request),
  check: (olds, news) => require("pulumi-pooled-emr/provider").cluster.check(olds, news),
  diff: (id, olds, news) => require("pulumi-pooled-emr/provider").cluster.diff(id, olds, news),
  create: (inputs) => require("pulumi-pooled-emr/provider").cluster.create(inputs),
  read: (id, props) => require("pulumi-pooled-emr/provider").cluster.read(id, props),
  update: (id, olds, news) => require("pulumi-pooled-emr/provider").cluster.update(id, olds, news),
  delete: (id, props) => require("pulumi-pooled-emr/provider").cluster.delete(id, props),
};

/**
 * A cluster kept in a pool, ready before the first job: launched once, joined by jobs that it satisfies, resized in
 * place, and drained, then terminated, when deleted.
 *
 * @example
 * ```ts
 * new PooledEmrCluster("warm", { ...pool.args, cluster: { ...cluster, autoTerminationPolicy: { idleTimeout: 86400 } } });
 * ```
 */
export class PooledEmrCluster extends pulumi.dynamic.Resource {
  static readonly __pulumiType = "pulumi-nodejs:dynamic/emr:PooledEmrCluster";

  /** EMR's id of the cluster (`j-…`). Unknown at preview. */
  declare readonly clusterId: pulumi.Output<string>;
  declare readonly clusterName: pulumi.Output<string>;
  declare readonly masterPublicDnsName: pulumi.Output<string | undefined>;
  /** Where the cluster writes its logs, `s3://…/`. */
  declare readonly logUri: pulumi.Output<string | undefined>;
  /** As of the last `up` or `refresh`: `WAITING`, `RUNNING`, … */
  declare readonly state: pulumi.Output<string>;
  /** Internal, stable: the cluster's entry in the pool's ledger. */
  declare readonly entryId: pulumi.Output<string>;
  /** Internal, stable: number of this state's shape. */
  declare readonly schemaVersion: pulumi.Output<number>;

  /**
   * @param name - name of the resource; part of its identity at the pool's store
   * @param args - pool, cluster and options; see {@link PooledEmrClusterArgs}
   * @param opts - Pulumi's options. `deleteBeforeReplace` is always true: the pool counts both clusters otherwise
   */
  constructor(name: string, args: PooledEmrClusterArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      provider,
      name,
      {
        ...args,
        secretPaths: pulumi
          .output(secretPaths(args))
          .apply((paths) => (paths.length > 0 ? paths : undefined)),
        __urn: pulumi.createUrn(name, PooledEmrCluster.__pulumiType, opts?.parent),
        __organization: organization(),
        clusterId: undefined,
        clusterName: undefined,
        masterPublicDnsName: undefined,
        logUri: undefined,
        state: undefined,
        entryId: undefined,
        schemaVersion: undefined,
      },
      { ...opts, deleteBeforeReplace: true },
      "emr",
      "PooledEmrCluster",
    );
  }
}
