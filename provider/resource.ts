import * as pulumi from "@pulumi/pulumi";
import type { Diagnosis, JobState, Placement, PooledEmrJobArgs, StepStatus } from "./args";
import { organization } from "./organization";
import { placementLine } from "./placementLine";
import { secretPaths } from "./secretPaths";

/**
 * What is written into users' state. Every method only requires the installed package, so that a bug fix in
 * `read` or `delete`, which Pulumi runs from the *state's* copy, reaches resources made by older versions.
 * The subpath and the signatures are an ABI that lives in states for years: never rename them.
 * https://github.com/pulumi/pulumi/issues/19561
 */
const provider: pulumi.dynamic.ResourceProvider = {
  configure: (request) => require("pulumi-pooled-emr/provider").configure(request),
  check: (olds, news) => require("pulumi-pooled-emr/provider").check(olds, news),
  diff: (id, olds, news) => require("pulumi-pooled-emr/provider").diff(id, olds, news),
  create: (inputs) => require("pulumi-pooled-emr/provider").create(inputs),
  read: (id, props) => require("pulumi-pooled-emr/provider").read(id, props),
  update: (id, olds, news) => require("pulumi-pooled-emr/provider").update(id, olds, news),
  delete: (id, props) => require("pulumi-pooled-emr/provider").delete(id, props),
};

/**
 * A job on a pooled Amazon EMR cluster: joins a running cluster of its pool that satisfies it or launches one,
 * submits its steps exactly once, and releases its place when deleted. The cluster is never deleted with the job;
 * it ends by itself when idle.
 *
 * @example
 * ```ts
 * const job = new PooledEmrJob("wordcount", {
 *   pool: { name: "etl", store: "s3://my-bucket/emr-pool", maxClusters: 4 },
 *   cluster: { releaseLabel: "emr-7.5.0", applications: [{ name: "Spark" }], instances: { instanceGroups: [
 *     { instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 },
 *   ] }, serviceRole: "EMR_DefaultRole", jobFlowRole: "EMR_EC2_DefaultRole" },
 *   steps: [sparkStep({ name: "count", script: "s3://my-bucket/wc.py", args: ["in", "out"] })],
 * });
 * ```
 */
export class PooledEmrJob extends pulumi.dynamic.Resource {
  /** Lets `validateResourceOfType(PooledEmrJob, …)` of a policy pack find the type. */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/emr:PooledEmrJob";

  /** EMR's id of the cluster the job runs on (`j-…`). Unknown at preview. */
  declare readonly clusterId: pulumi.Output<string>;
  declare readonly clusterName: pulumi.Output<string>;
  declare readonly masterPublicDnsName: pulumi.Output<string | undefined>;
  /** Where the cluster writes its logs, `s3://…/`. */
  declare readonly logUri: pulumi.Output<string | undefined>;
  /** What `check` said would happen; known at preview. */
  declare readonly placement: pulumi.Output<Placement>;
  /** True if the job joined a running cluster, false if it launched one. */
  declare readonly joined: pulumi.Output<boolean>;
  declare readonly state: pulumi.Output<JobState>;
  /** State and times of each step, as of the last `up` or `refresh`. */
  declare readonly steps: pulumi.Output<StepStatus[]>;
  /** Cause of a failure. */
  declare readonly diagnosis: pulumi.Output<Diagnosis | undefined>;
  /** Internal, stable: `<job key>.<incarnation>`, the same as the resource's id. */
  declare readonly claimId: pulumi.Output<string>;
  /** Internal, stable: number of this state's shape. */
  declare readonly schemaVersion: pulumi.Output<number>;

  /**
   * A job that another stack owns, by its id (`claimId`): its outputs as they are now, read again at each `up` and
   * `refresh`. Nothing is ever submitted, changed or released, and a failed job does not fail the deployment: see
   * `state`. (`pulumi import` can't bring in dynamic resources, https://github.com/pulumi/pulumi/issues/16175.)
   *
   * @param where - name and store of the job's pool, and its Region if it isn't the stack's
   * @throws PooledEmrError NO_SUCH_JOB at preview or `up`, if the store does not know the id
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    where: {
      pool: pulumi.Input<{ name: pulumi.Input<string>; store: pulumi.Input<string> }>;
      region?: pulumi.Input<string>;
    },
    opts?: pulumi.CustomResourceOptions,
  ): PooledEmrJob {
    return new PooledEmrJob(name, where as unknown as PooledEmrJobArgs, { ...opts, id });
  }

  /**
   * @param name - name of the resource; part of the job's identity at the pool's store
   * @param args - pool, cluster, steps and options; see {@link PooledEmrJobArgs}
   * @param opts - Pulumi's options. `deleteBeforeReplace` is always true: a replaced job must have released its
   *   place before its successor submits, also under `--target-replace`, which skips the provider's diff.
   */
  constructor(name: string, args: PooledEmrJobArgs, opts?: pulumi.CustomResourceOptions) {
    const urn = pulumi.createUrn(name, PooledEmrJob.__pulumiType, opts?.parent);
    super(
      provider,
      name,
      {
        ...args,
        secretPaths: pulumi
          .output(secretPaths(args))
          .apply((paths) => (paths.length > 0 ? paths : undefined)),
        __urn: urn,
        __organization: organization(),
        // An output too, also where `get` gives no steps.
        steps: args.steps,
        clusterId: undefined,
        clusterName: undefined,
        masterPublicDnsName: undefined,
        logUri: undefined,
        joined: undefined,
        state: undefined,
        placement: undefined,
        diagnosis: undefined,
        claimId: undefined,
        schemaVersion: undefined,
      },
      { ...opts, deleteBeforeReplace: true },
      "emr",
      "PooledEmrJob",
    );
    if (pulumi.runtime.isDryRun()) this.showPlacement();
  }

  /**
   * Says on the job's own row of a preview where it would be placed. Only a program can write there
   * (https://github.com/pulumi/pulumi/issues/18249). A job that nothing would happen to keeps its known `state`.
   */
  private showPlacement(): void {
    this.placement.apply(async (placement) => {
      const { isKnown } = this.state as unknown as { isKnown: Promise<boolean> };
      if (placement && !(await isKnown)) await pulumi.log.info(placementLine(placement), this);
    });
  }
}
