/** For whom a policy is: `pulumi preview`; `pulumi up`, `refresh` and `destroy`; the command line `emrpool`. */
export type PolicyKind = "preview" | "up" | "cli";

/** What a permission is about; {@link iamPolicy} turns it into ARNs and conditions. */
export type PermissionScope =
  | "any"
  | "clusters"
  | "newClusters"
  | "launch"
  | "poolClusters"
  | "store"
  | "storeBucket"
  | "logs"
  | "logBucket"
  | "bootstrapScripts"
  | "roles"
  | "keys";

/** One action this package needs, and why. */
export interface Permission {
  /** As IAM names it. */
  readonly action: string;
  readonly scope: PermissionScope;
  readonly kinds: readonly PolicyKind[];
  /** Ends the sentence "needed to …". */
  readonly reason: string;
  /**
   * Operations of the SDK that need it, when they have another name. Empty: no call of ours, but AWS checks it
   * within another one.
   */
  readonly operations?: readonly string[];
}

const all = ["preview", "up", "cli"] as const;
const deployAndCli = ["up", "cli"] as const;

/**
 * Every action, with its reason: the source of {@link iamPolicy} and of `docs/iam.md`. A test compares it with the
 * calls the test suite really makes.
 */
export const permissions: readonly Permission[] = [
  // Finding clusters. Listing knows no resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticmapreduce.html
  {
    action: "elasticmapreduce:ListClusters",
    scope: "any",
    kinds: all,
    reason: "see which clusters of the pool are alive",
  },
  {
    action: "elasticmapreduce:ListSupportedInstanceTypes",
    scope: "any",
    kinds: all,
    reason: "compare instance types by EMR's own figures of memory and vCPUs",
  },
  {
    action: "elasticmapreduce:DescribeCluster",
    scope: "clusters",
    kinds: all,
    reason: "compare a cluster with what the job asks for, and see how it ended",
  },
  {
    action: "elasticmapreduce:ListInstanceGroups",
    scope: "clusters",
    kinds: all,
    reason: "compare sizes, types, markets and volumes of instance groups",
  },
  {
    action: "elasticmapreduce:ListInstanceFleets",
    scope: "clusters",
    kinds: all,
    reason: "compare capacities of instance fleets",
  },
  {
    action: "elasticmapreduce:ListBootstrapActions",
    scope: "clusters",
    kinds: all,
    reason: "compare the bootstrap actions of a cluster the pool did not launch",
  },
  {
    action: "elasticmapreduce:ListSteps",
    scope: "clusters",
    kinds: all,
    reason: "count free step slots, find the job's own steps again and follow their states",
  },
  {
    action: "elasticmapreduce:GetAutoTerminationPolicy",
    scope: "clusters",
    kinds: all,
    reason: "not join a cluster that is about to end",
  },
  {
    action: "elasticmapreduce:GetManagedScalingPolicy",
    scope: "clusters",
    kinds: all,
    reason: "judge a scaled cluster by its limits instead of its size of the moment",
  },
  {
    action: "cloudwatch:GetMetricData",
    scope: "any",
    kinds: all,
    reason: "read a cluster's free memory, for pools with `minAvailable` only",
  },

  // Launching, submitting, cancelling
  {
    action: "elasticmapreduce:RunJobFlow",
    scope: "newClusters",
    kinds: ["up"],
    reason: "launch a cluster when none can be joined",
  },
  {
    action: "elasticmapreduce:AddTags",
    scope: "launch",
    kinds: ["up"],
    reason: "launch a cluster with its tags",
    operations: [],
  },
  {
    action: "elasticmapreduce:PutAutoTerminationPolicy",
    scope: "launch",
    kinds: ["up"],
    reason: "launch a cluster that ends by itself when idle",
    operations: [],
  },
  {
    action: "elasticmapreduce:PutManagedScalingPolicy",
    scope: "launch",
    kinds: ["up"],
    reason: "launch a cluster with `managedScalingPolicy`",
    operations: [],
  },
  {
    action: "elasticmapreduce:AddTags",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "launch a cluster with its tags; change those of a `PooledEmrCluster`",
  },
  {
    action: "elasticmapreduce:PutAutoTerminationPolicy",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "change the idle timeout of a `PooledEmrCluster`",
  },
  {
    action: "elasticmapreduce:PutManagedScalingPolicy",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "change the scaling limits of a `PooledEmrCluster`",
  },
  {
    action: "elasticmapreduce:RemoveTags",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "change the tags of a `PooledEmrCluster`",
  },
  {
    action: "elasticmapreduce:RemoveManagedScalingPolicy",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "take the scaling limits off a `PooledEmrCluster`",
  },
  {
    action: "elasticmapreduce:ModifyInstanceGroups",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "resize the instance groups of a `PooledEmrCluster`",
  },
  {
    action: "elasticmapreduce:ModifyInstanceFleet",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "resize the instance fleets of a `PooledEmrCluster`",
  },
  {
    action: "elasticmapreduce:SetTerminationProtection",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "protect a `PooledEmrCluster`, and end a protected one when it is deleted",
  },
  {
    action: "iam:PassRole",
    scope: "roles",
    kinds: ["up"],
    reason: "launch a cluster with its service role, instance profile and automatic scaling role",
    operations: [],
  },
  {
    action: "elasticmapreduce:AddJobFlowSteps",
    scope: "poolClusters",
    kinds: ["up"],
    reason: "submit the job's steps",
  },
  {
    action: "elasticmapreduce:CancelSteps",
    scope: "poolClusters",
    kinds: deployAndCli,
    reason: "take back the job's own unfinished steps when it is deleted",
  },
  {
    action: "elasticmapreduce:TerminateJobFlows",
    scope: "poolClusters",
    kinds: deployAndCli,
    reason: "end a cluster that was launched twice or is drained; never one that others use",
  },

  // The store
  {
    action: "s3:GetObject",
    scope: "store",
    kinds: all,
    reason: "read the pool's ledger, journals and uploaded step files",
    operations: ["GetObject", "HeadObject"],
  },
  {
    action: "s3:ListBucket",
    scope: "storeBucket",
    kinds: ["preview"],
    reason: "be told that an object of the store is missing, not forbidden",
    operations: [],
  },
  {
    action: "s3:ListBucket",
    scope: "storeBucket",
    kinds: deployAndCli,
    reason: "list the store when it is cleaned up, and tell missing objects from forbidden ones",
    operations: ["ListObjectsV2"],
  },
  {
    action: "s3:PutObject",
    scope: "store",
    kinds: deployAndCli,
    reason: "write journal and ledger and upload step files, always conditionally",
  },
  {
    action: "kms:Decrypt",
    scope: "keys",
    kinds: all,
    reason: "read a store that is encrypted with KMS",
    operations: [],
  },
  {
    action: "kms:GenerateDataKey",
    scope: "keys",
    kinds: deployAndCli,
    reason: "write to a store that is encrypted with KMS",
    operations: [],
  },

  // Logs and bootstrap scripts
  {
    action: "s3:GetObject",
    scope: "logs",
    kinds: deployAndCli,
    reason: "find the cause of a failure in the cluster's logs",
  },
  {
    action: "s3:ListBucket",
    scope: "logBucket",
    kinds: deployAndCli,
    reason: "find the logs of a step and its containers",
    operations: ["ListObjectsV2"],
  },
  {
    action: "s3:GetObject",
    scope: "bootstrapScripts",
    kinds: ["preview", "up"],
    reason: "compare the content of bootstrap scripts",
    operations: ["GetObject", "HeadObject"],
  },
];
