import { iamPolicy } from "../../../provider/iam/iamPolicy";
import { type PermissionScope, type PolicyKind, permissions } from "../../../provider/iam/permissions";

const scopeText: Record<PermissionScope, string> = {
  any: "`*` (the action knows no resources)",
  clusters: "clusters of the account",
  newClusters: "`*`, with the pool's tag if its name is given",
  launch: "`cluster/?`: a cluster that has no id yet",
  poolClusters: "clusters with the pool's tag if its name is given",
  store: "objects below `<store>/v1/`",
  storeBucket: "the store's bucket, keys below `<store>/v1/`",
  logs: "objects below the log folders given",
  logBucket: "the log buckets, keys below the folders given",
  bootstrapScripts: "the scripts given",
  roles: "the roles given, to EMR, EC2 and automatic scaling",
  keys: "the keys given",
};

const kinds: readonly PolicyKind[] = ["preview", "up", "cli"];

/** The text of `docs/iam.md`, from the permissions in the code. */
export function iamDocument(): string {
  const rows = permissions.map(
    ({ action, scope, kinds: has, reason }) =>
      `| \`${action}\` | ${kinds.map((kind) => (has.includes(kind) ? "yes" : "")).join(" | ")} | ${scopeText[scope]} | ${reason} |`,
  );
  const example = iamPolicy({
    kind: "up",
    store: "s3://my-bucket/emr-pool",
    region: "eu-west-1",
    accountId: "123456789012",
    poolName: "etl",
    logUris: ["s3://my-bucket/logs/"],
    roleArns: [
      "arn:aws:iam::123456789012:role/EMR_DefaultRole",
      "arn:aws:iam::123456789012:role/EMR_EC2_DefaultRole",
    ],
  });
  return `# IAM: the least a pool's users need

Made from \`provider/iam/permissions.ts\`; a test keeps this page, and another compares the actions with the calls the
test suite really makes.

\`emrpool iam-policy\` prints a policy for your pool. Three kinds of work differ:

- **preview**: \`pulumi preview\`. It only reads. Without these permissions a preview still succeeds, with
  \`placement.action: "unknown"\` and the reason.
- **up**: \`pulumi up\`, \`refresh\` and \`destroy\`.
- **cli**: \`emrpool\`, without launching and submitting.

| action | preview | up | cli | on | needed to |
|---|---|---|---|---|---|
${rows.join("\n")}

The clusters' own roles (service role, the machines' role, execution role, automatic scaling role) are another
matter: \`EmrPool\` makes them with least privilege.

## Example

The policy for \`up\` on one pool whose store is not encrypted with KMS:

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\`

## Notes

- **Pool name.** With it, launches must carry the pool's tag, and only clusters that have it can be submitted to,
  changed or ended. No other cluster can be given the tag: \`AddTags\` is allowed on clusters that already have it and,
  like idle timeout and scaling limits, on the one that is being launched. That one has no id yet, and EMR asks for
  \`cluster/*\` literally; \`cluster/?\` fits that name and no cluster that exists. AWS prints
  [the same for \`AddTags\`](https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-fine-grained-cluster-access.html)
  by the tag alone; the policy allows both. Taken from AWS's pages and refusals, not measured on AWS.
- **What the pool name does not limit.** Within the pool, whoever may deploy may submit to, cancel on, retag and end
  every cluster, those of other teams too, and may take the pool's tag off or change it to another pool's. All
  clusters of the account can be looked at. And the tag is only as good as the other policies of the account: a
  principal with \`AddTags\` on every cluster (AWS's \`AmazonEMRFullAccessPolicy_v2\`) can put it on any. Leave
  \`--pool\` out, and the policy is for every cluster of the account.
- **Clusters from outside the pool** (\`pool.clusterId\`) don't have the tag: leave the name out for jobs that join
  those.
- **PassRole.** Only the roles of the pool's clusters, and only to the services that take them on. Whoever may pass a
  role can run code with its rights.
- **Runtime roles.** \`executionRoleArns\` limits which role steps may use (\`elasticmapreduce:ExecutionRoleArn\`).
- **No deletes.** Nothing under the store is ever deleted, so no one needs \`s3:DeleteObject\`; \`EmrPool\`'s bucket policy
  denies it, and unconditional writes too.
- **Listing the store's bucket.** S3 tells a missing object from a forbidden one only to principals that may list the
  bucket, and checks that without a prefix; the condition is therefore \`StringLikeIfExists\`. Names of other objects of
  the bucket can be seen by it, so give the pool a bucket of its own.
- **Launching** checks more actions than it calls: tags, idle timeout and scaling limits in \`RunJobFlow\` need the
  permissions of the calls that would set them (statements \`Launch\` and \`PoolClusters\`).
`;
}
