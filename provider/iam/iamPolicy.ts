import { poolTags } from "../pool/launchRequest";
import { type PermissionScope, type PolicyKind, permissions } from "./permissions";
import {
  bucketArn,
  objectsArn,
  type PolicyDocument,
  type PolicyStatement,
  policyDocument,
  s3Location,
} from "./policyDocument";

/** What {@link iamPolicy} writes a policy for. */
export interface IamPolicyOptions {
  readonly kind: PolicyKind;
  /** `pool.store`: `s3://bucket[/prefix]`. */
  readonly store: string;
  /** Default: every Region. */
  readonly region?: string;
  /** 12 digits. Default: every account, which only your own can mean. */
  readonly accountId?: string;
  /** `aws` (default), `aws-cn` or `aws-us-gov`. */
  readonly partition?: string;
  /** Name of the pool: steps are submitted to, and launches made for, its clusters only. Default: any cluster. */
  readonly poolName?: string;
  /** `s3://` folders of the clusters' logs. Default: none; the cause of a failure is then told by EMR alone. */
  readonly logUris?: readonly string[];
  /** `s3://` addresses of bootstrap scripts. Default: none; their content is then not compared. */
  readonly bootstrapScripts?: readonly string[];
  /** ARNs of the service role, the machines' role and the automatic scaling role. Default: none; launches are then refused unless allowed elsewhere. */
  readonly roleArns?: readonly string[];
  /** ARNs of runtime roles the steps may use. Default: any. */
  readonly executionRoleArns?: readonly string[];
  /** ARNs of the KMS keys of store and logs. Default: none. */
  readonly kmsKeyArns?: readonly string[];
}

/** The least policy for one kind of work on one pool; `docs/iam.md` says why each action is in it. */
export function iamPolicy(options: IamPolicyOptions): PolicyDocument {
  const scopes = [...new Set(permissions.map(({ scope }) => scope))];
  return policyDocument(scopes.flatMap((scope) => statements(scope, options)));
}

type Condition = NonNullable<PolicyStatement["Condition"]>;

/** One statement for the actions of a scope; for buckets one each, as the prefix is a condition of the bucket. */
function statements(scope: PermissionScope, options: IamPolicyOptions): PolicyStatement[] {
  const actions = permissions
    .filter((permission) => permission.scope === scope && permission.kinds.includes(options.kind))
    .map(({ action }) => action);
  if (actions.length === 0) return [];
  const targets = targetsOf(scope, options);
  return targets.map(({ resources, condition }, index) => ({
    Sid: `${scope.charAt(0).toUpperCase()}${scope.slice(1)}${targets.length > 1 ? index + 1 : ""}`,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(condition && { Condition: condition }),
  }));
}

function targetsOf(
  scope: PermissionScope,
  options: IamPolicyOptions,
): { resources: readonly string[]; condition?: Condition }[] {
  const { partition = "aws", region = "*", accountId = "*", poolName, logUris = [] } = options;
  const clusters = (id: string) => [`arn:${partition}:elasticmapreduce:${region}:${accountId}:cluster/${id}`];
  const listing = (uri: string, below: string, operator: string) => ({
    resources: [bucketArn(partition, uri)],
    condition: conditionOf({ [operator]: { "s3:prefix": `${prefixOf(uri)}${below}` } }),
  });
  switch (scope) {
    case "any":
      return [{ resources: ["*"] }];
    case "clusters":
      return [{ resources: clusters("*") }];
    case "newClusters":
      return [
        {
          resources: ["*"],
          condition: conditionOf({
            StringEquals: { [`elasticmapreduce:RequestTag/${poolTags.pool}`]: poolName },
          }),
        },
      ];
    case "launch":
      // Within RunJobFlow EMR asks for these on `cluster/*`, literally, as the cluster has no id yet:
      // https://github.com/gchq/sleeper/issues/2584. One character fits that and no id (j-…), so that a cluster that
      // exists can't be given the pool's tag, which would make it the pool's.
      return [{ resources: clusters("?") }];
    case "poolClusters":
      return [
        {
          // AddTags: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-fine-grained-cluster-access.html
          resources: clusters("*"),
          condition: conditionOf({
            StringEquals: { [`elasticmapreduce:ResourceTag/${poolTags.pool}`]: poolName },
            // Only AddJobFlowSteps has the key, and only for steps with a runtime role.
            StringEqualsIfExists: { "elasticmapreduce:ExecutionRoleArn": options.executionRoleArns },
          }),
        },
      ];
    case "store":
      return [{ resources: [objectsArn(partition, options.store, "v1/*")] }];
    case "storeBucket":
      // S3 says 404 of a missing object only to who may list the bucket, and then asks without a prefix.
      return [listing(options.store, "v1/*", "StringLikeIfExists")];
    case "logs":
      return [{ resources: logUris.map((uri) => objectsArn(partition, uri)) }];
    case "logBucket":
      return logUris.map((uri) => listing(uri, "*", "StringLike"));
    case "bootstrapScripts":
      return [
        {
          resources: (options.bootstrapScripts ?? []).map((uri) => {
            const { bucket, prefix } = s3Location(uri);
            return `arn:${partition}:s3:::${bucket}/${prefix}`;
          }),
        },
      ];
    case "roles":
      return [
        {
          resources: options.roleArns ?? [],
          condition: {
            StringLike: {
              "iam:PassedToService": [
                "elasticmapreduce.amazonaws.com*",
                "ec2.amazonaws.com*",
                "application-autoscaling.amazonaws.com*",
              ],
            },
          },
        },
      ];
    case "keys":
      return [{ resources: options.kmsKeyArns ?? [] }];
  }
}

/** The operators that have a value to compare with. */
function conditionOf(
  operators: Record<string, Record<string, string | readonly string[] | undefined>>,
): Condition | undefined {
  const given = Object.entries(operators).filter(([, keys]) => Object.values(keys).some(Boolean));
  return given.length > 0 ? (Object.fromEntries(given) as Condition) : undefined;
}

function prefixOf(uri: string): string {
  const { prefix } = s3Location(uri);
  return prefix === "" ? "" : `${prefix}/`;
}
