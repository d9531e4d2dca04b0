import * as pulumi from "@pulumi/pulumi";
import type { ClusterSpec, DeepInput, PooledEmrJobArgs } from "../args";
import { loadAws } from "./awsModules";
import type { EmrPoolArgs } from "./emrPoolArgs";
import { mergeCluster } from "./mergeCluster";
import { poolBucket } from "./poolBucket";
import { type PoolData, securityConfiguration } from "./poolDocuments";
import { vpcEndpoints } from "./poolEndpoints";
import { poolRoles } from "./poolRoles";

/** The tag by which EMR's managed policy knows what it may touch. */
const managedPolicyTag = "for-use-with-amazon-emr-managed-policies";

/**
 * The AWS around a pool: bucket for store and logs, key, roles, security configuration, private endpoints, and
 * cluster settings that fit them. It launches nothing: clusters come with the first job.
 *
 * Everything is encrypted at rest under a key of its own, private, and granted least, without an argument. What has no
 * safe default asks for one: `subnetIds` (else EMR takes a public subnet), `inTransitCertificates` (else the machines
 * talk to each other unencrypted) and `tags` (else nobody knows whose it is). The policy pack's profile prod refuses a
 * pool without these three, the profile strict one without `runtimeRoles` too.
 *
 * Needs the package `@pulumi/aws` 7. A bucket that holds journals can't be destroyed by accident: empty it first,
 * when no job of the pool is in any stack.
 *
 * @example
 * ```ts
 * const pool = new EmrPool("etl", { data: { read: ["s3://raw"], write: ["s3://reports/daily"] } });
 * new PooledEmrJob("count", { ...pool.args, steps: [sparkStep({ name: "count", script: "count.py" })] });
 * ```
 * @throws PooledEmrError AWS_PACKAGE_MISSING without `@pulumi/aws`, INVALID_INPUT for `logRetentionDays` below 1 or
 * several `subnetIds` without fleets
 */
export class EmrPool extends pulumi.ComponentResource {
  /** `s3://<bucket>/pool`: the `pool.store` of every job. */
  readonly store: pulumi.Output<string>;
  /** `s3://<bucket>/logs/`. */
  readonly logUri: pulumi.Output<string>;
  readonly bucketName: pulumi.Output<string>;
  readonly kmsKeyArn: pulumi.Output<string>;
  /** Name of EMR's service role. */
  readonly serviceRole: pulumi.Output<string>;
  /** Name of the machines' instance profile. */
  readonly instanceProfile: pulumi.Output<string>;
  /** Role of the machines: what buckets of other accounts have to let in. */
  readonly instanceRoleArn: pulumi.Output<string>;
  /** Name of the role of automatic scaling policies. */
  readonly autoScalingRole: pulumi.Output<string>;
  /** Role the steps run under, with `runtimeRoles`. */
  readonly executionRoleArn: pulumi.Output<string> | undefined;
  readonly securityConfiguration: pulumi.Output<string>;
  /**
   * For `new PooledEmrJob(name, { ...pool.args, steps })`: pool, region, execution role, and a cluster of one
   * primary and two core machines (m6g.xlarge, 64 GiB gp3) of release emr-7.5.0 with Spark that ends after ten idle
   * minutes and, by its tag `max-age-days`, is to be drained after a week.
   */
  readonly args: Pick<PooledEmrJobArgs, "pool" | "cluster" | "region" | "executionRoleArn">;

  /**
   * @param name - name of the component and, unless `args.pool.name` says otherwise, of the pool
   * @param args - see {@link EmrPoolArgs}
   */
  constructor(name: string, args: EmrPoolArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("pulumi-pooled-emr:index:EmrPool", name, {}, opts);
    const aws = loadAws();
    const invoke = { parent: this };
    const tags = args.tags ?? {};
    const region = aws.getRegion.getRegionOutput({}, invoke).region;
    const location = pulumi.output({
      partition: aws.getPartition.getPartitionOutput({}, invoke).partition,
      accountId: aws.getCallerIdentity.getCallerIdentityOutput({}, invoke).accountId,
    });

    this.kmsKeyArn = pulumi.output<string>(
      args.kmsKeyArn ??
        new aws.kms.Key(
          name,
          { description: `Pool ${name} of EMR clusters`, enableKeyRotation: true, tags },
          { parent: this },
        ).arn,
    );
    const bucket = poolBucket(
      name,
      aws,
      {
        partition: location.partition,
        kmsKeyArn: this.kmsKeyArn,
        logRetentionDays: args.logRetentionDays ?? 90,
        tags,
      },
      this,
    );
    const runtimeRoles = args.runtimeRoles ?? false;
    const roles = poolRoles(
      name,
      aws,
      {
        ...bucket,
        location,
        kmsKeyArn: this.kmsKeyArn,
        data: poolData(args.data),
        inTransitCertificates: args.inTransitCertificates,
        runtimeRoles,
        tags,
      },
      this,
    );
    const security = new aws.emr.SecurityConfiguration(
      name,
      {
        configuration: pulumi
          .all([this.kmsKeyArn, args.inTransitCertificates])
          .apply(([kmsKeyArn, inTransitCertificates]) =>
            JSON.stringify(securityConfiguration({ kmsKeyArn, inTransitCertificates, runtimeRoles })),
          ),
      },
      { parent: this },
    );
    if (args.vpcEndpoints) vpcEndpoints(name, aws, args.vpcEndpoints, region, tags, this);

    this.bucketName = bucket.bucketName;
    this.store = bucket.store;
    this.logUri = bucket.logUri;
    this.serviceRole = roles.serviceRole;
    this.instanceProfile = roles.instanceProfile;
    this.instanceRoleArn = roles.instanceRoleArn;
    this.autoScalingRole = roles.autoScalingRole;
    this.executionRoleArn = roles.executionRoleArn;
    this.securityConfiguration = security.name;
    this.args = {
      pool: { name, maxClusters: 4, ...args.pool, store: this.store },
      cluster: pulumi
        .all([this.defaultCluster(args), args.cluster, args.subnetIds])
        .apply(([defaults, own, subnetIds]) =>
          mergeCluster(defaults as ClusterSpec, own as ClusterSpec | undefined, subnetIds),
        ),
      region,
      ...(this.executionRoleArn && { executionRoleArn: this.executionRoleArn }),
    };
    this.registerOutputs({ store: this.store, logUri: this.logUri });
  }

  private defaultCluster(args: EmrPoolArgs): DeepInput<ClusterSpec> {
    const ebsConfiguration = {
      ebsBlockDeviceConfigs: [
        { volumeSpecification: { volumeType: "gp3", sizeInGB: 64 }, volumesPerInstance: 1 },
      ],
    };
    const machine = { instanceType: "m6g.xlarge", ebsConfiguration };
    const tags = { "max-age-days": "7", ...args.tags, [managedPolicyTag]: "true" };
    return {
      releaseLabel: "emr-7.5.0",
      applications: [{ name: "Hadoop" }, { name: "Spark" }],
      instances: {
        instanceGroups: [
          { ...machine, instanceRole: "MASTER", instanceCount: 1 },
          { ...machine, instanceRole: "CORE", instanceCount: 2 },
        ],
        unhealthyNodeReplacement: true,
      },
      serviceRole: this.serviceRole,
      jobFlowRole: this.instanceProfile,
      autoScalingRole: this.autoScalingRole,
      securityConfiguration: this.securityConfiguration,
      logUri: this.logUri,
      logEncryptionKmsKeyId: this.kmsKeyArn,
      autoTerminationPolicy: { idleTimeout: 600 },
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    };
  }
}

function poolData(data: EmrPoolArgs["data"]): pulumi.Output<PoolData> {
  return pulumi
    .all([data?.read ?? [], data?.write ?? [], data?.kmsKeyArns ?? []])
    .apply(([read, write, kmsKeyArns]) => ({ read, write, kmsKeyArns }));
}
