import type * as pulumi from "@pulumi/pulumi";
import type { ClusterSpec, DeepInput, PoolSpec } from "../args";

// No type of `@pulumi/aws` in here: declarations of this package must not make every user's compiler read them.

/**
 * Inputs of `EmrPool`. All have a default; what the policy pack's profile prod asks for beyond the defaults only you
 * can say: `subnetIds`, `inTransitCertificates` and `tags`.
 */
export interface EmrPoolArgs {
  /** The pool's settings but for its store, which the component makes. Default: the component's name, `maxClusters` 4. */
  pool?: Partial<Omit<PoolSpec, "store">>;
  /** Fields of the clusters' `RunJobFlow` over the component's defaults, field by field. Default: see `EmrPool.args`. */
  cluster?: DeepInput<ClusterSpec>;
  /**
   * Subnet of the clusters, or several when `cluster.instances.instanceFleets` is given: EMR chooses one of them for
   * each cluster. Tag them and their VPC `for-use-with-amazon-emr-managed-policies = true`. Default: EMR's choice in
   * the default VPC, which is public: policy `private-subnet` refuses it.
   */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** What the steps read and write. Default: nothing but the pool's own files. */
  data?: {
    /** `s3://` folders. */
    read?: pulumi.Input<pulumi.Input<string>[]>;
    /** `s3://` folders, read as well. */
    write?: pulumi.Input<pulumi.Input<string>[]>;
    /** Keys of buckets encrypted with KMS. */
    kmsKeyArns?: pulumi.Input<pulumi.Input<string>[]>;
  };
  /** Key for the bucket, logs, disks and volumes. Default: a key of the pool's own, rotated each year. */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * `s3://` address of a zip of PEM certificates for encryption in transit. Default: none, traffic between machines is
   * not encrypted: policy `encryption-in-transit` refuses that.
   * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html#emr-encryption-certificates
   */
  inTransitCertificates?: pulumi.Input<string>;
  /**
   * Steps run under an execution role and the machines can't read the data. Needs steps EMR supports this for, and
   * release 6.7 or later. Default false: policies `runtime-role-for-shared` and `kerberos-or-runtime-role` advise
   * against that, and refuse it in the profile strict.
   */
  runtimeRoles?: boolean;
  /** Private endpoints of AWS services. Default: none. */
  vpcEndpoints?: VpcEndpointsArgs;
  /** Days the logs are kept, 1 or more. Default 90. */
  logRetentionDays?: number;
  /** Tags of everything made, and of the clusters. Default: none; policy `required-tags` asks for `owner`, `cost-centre` and `env`. */
  tags?: Record<string, pulumi.Input<string>>;
}

/** Where private endpoints are made, so that clusters in subnets without internet reach AWS. */
export interface VpcEndpointsArgs {
  vpcId: pulumi.Input<string>;
  /** One or more subnets, in zones of their own, for the interface endpoints. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Route tables of the clusters' subnets, for S3's gateway endpoint. */
  routeTableIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Must let the clusters' machines in at port 443. */
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Interface endpoints beside S3's. Default `["elasticmapreduce", "kms", "sts", "logs"]`: what a cluster calls by itself. */
  services?: string[];
}
