// biome-ignore-all lint/suspicious/noExplicitAny: inputs and policy documents of any resource, as the mocks see them
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../../provider/args";
import { EmrPool } from "../../../provider/infrastructure/emrPool";
import { mergeCluster } from "../../../provider/infrastructure/mergeCluster";
import { lifecycleRules } from "../../../provider/infrastructure/poolBucket";
import { PooledEmrJob } from "../../../provider/resource";
import { sparkStep } from "../../../provider/steps/sparkStep";
import { fullArgs, ofType, policyOf, type Registered, resourcesOf } from "./poolProgram";

test("a pool launches nothing", async () => {
  const resources = await resourcesOf(() => new EmrPool("etl", fullArgs));
  expect(ofType(resources, "aws:emr/cluster:Cluster")).toEqual([]);
  expect([...new Set(resources.map(({ type }) => type))].sort()).toEqual([
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:emr/securityConfiguration:SecurityConfiguration",
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "pulumi-pooled-emr:index:EmrPool",
  ]);
});

describe("the bucket", () => {
  let resources: Registered[];
  beforeAll(async () => {
    resources = await resourcesOf(() => new EmrPool("etl", fullArgs));
  });
  const only = (type: string) => ofType(resources, type)[0]!.inputs;

  test("is private, encrypted under the pool's key, versioned", () => {
    expect(only("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(
      only("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").rules,
    ).toEqual([
      {
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: "aws:kms",
          kmsMasterKeyId: "arn:aws:x:::etl",
        },
        bucketKeyEnabled: true,
      },
    ]);
    expect(only("aws:s3/bucketVersioning:BucketVersioning").versioningConfiguration).toEqual({
      status: "Enabled",
    });
  });

  test("has no lifecycle rule that touches a journal, and none that ends a current object of the store", () => {
    const { rules } = only("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
    const matching = (key: string) => rules.filter((rule: any) => key.startsWith(rule.filter.prefix));
    expect(matching("pool/v1/job/abc.json")).toEqual([]);
    expect(matching("pool/v1/assets/abc/x.py")).toEqual([]);
    const [ledger, ...others] = matching("pool/v1/pool/etl/x/c/e.json");
    expect(others).toEqual([]);
    expect(ledger.expiration).toBeUndefined();
    expect(matching("logs/j-1/steps/s-1/stderr.gz")[0].expiration).toEqual({ days: 30 });
  });

  test.each([0, -1, 1.5, Number.NaN])("keeps no logs for %d days", (days) => {
    expect(() => lifecycleRules(days)).toThrow(
      /^EmrPool\.logRetentionDays is not a number of days .*INVALID_INPUT/,
    );
  });

  test("takes only conditional writes and no deletes under the store", () => {
    const statements = policyOf(resources, "aws:s3/bucketPolicy:BucketPolicy", "etl").Statement;
    expect(statements.map(({ Sid, Effect }: any) => `${Effect} ${Sid}`)).toEqual([
      "Deny OnlyTls",
      "Deny OnlyConditionalWritesUnderTheStore",
      "Deny NoDeletesUnderTheStore",
    ]);
    expect(statements[1]).toMatchObject({
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::etl-bucket/pool/v1/*"],
      Condition: { Null: { "s3:if-match": "true", "s3:if-none-match": "true" } },
    });
    expect(statements[2]).toMatchObject({ Resource: ["arn:aws:s3:::etl-bucket/pool/v1/*"] });
  });
});

test("the security configuration encrypts at rest and in transit, and asks for metadata version 2", async () => {
  const resources = await resourcesOf(() => new EmrPool("etl", fullArgs));
  const [{ inputs }] = ofType(resources, "aws:emr/securityConfiguration:SecurityConfiguration") as [
    Registered,
  ];
  expect(JSON.parse(inputs.configuration)).toMatchObject({
    EncryptionConfiguration: {
      EnableAtRestEncryption: true,
      EnableInTransitEncryption: true,
      InTransitEncryptionConfiguration: {
        TLSCertificateConfiguration: { S3Object: "s3://certificates/pool.zip" },
      },
    },
    InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: 2 },
    AuthorizationConfiguration: { IAMConfiguration: { EnableApplicationScopedIAMRole: true } },
  });
});

describe("args", () => {
  test("are a job's pool, cluster, region and execution role", async () => {
    const resources = await resourcesOf(() => {
      const pool = new EmrPool("etl", { ...fullArgs, pool: { maxConcurrentSteps: 4 } });
      new PooledEmrJob("count", {
        ...pool.args,
        steps: [sparkStep({ name: "count", script: "s3://raw/count.py" })],
      });
    });
    const [{ inputs }] = ofType(resources, "pulumi-nodejs:dynamic/emr:PooledEmrJob") as [Registered];
    expect(inputs.pool).toEqual({
      name: "etl",
      store: "s3://etl-bucket/pool",
      maxClusters: 4,
      maxConcurrentSteps: 4,
    });
    expect(inputs.region).toBe("eu-west-1");
    expect(inputs.executionRoleArn).toBe("arn:aws:x:::etl-execution");
    expect(inputs.cluster).toMatchObject({
      serviceRole: "etl-service",
      jobFlowRole: "etl",
      securityConfiguration: "etl",
      logUri: "s3://etl-bucket/logs/",
      autoTerminationPolicy: { idleTimeout: 600 },
      instances: { ec2SubnetId: "subnet-1" },
    });
    expect(inputs.cluster.tags).toContainEqual({
      key: "for-use-with-amazon-emr-managed-policies",
      value: "true",
    });
  });

  test("two pools make the same arguments for the same settings", async () => {
    const made: unknown[] = [];
    await resourcesOf(() => {
      for (let i = 0; i < 2; i++)
        pulumi.output(new EmrPool("etl", fullArgs).args).apply((args) => made.push(args));
    });
    expect(made[0]).toEqual(made[1]);
  });

  const defaults = {
    releaseLabel: "emr-7.5.0",
    instances: { instanceGroups: [{}], unhealthyNodeReplacement: true },
    tags: [
      { key: "a", value: "1" },
      { key: "b", value: "2" },
    ],
  } as unknown as ClusterSpec;

  test.each<[string, Partial<ClusterSpec>, Partial<ClusterSpec>]>([
    ["nothing of one's own", {}, defaults],
    ["a field", { releaseLabel: "emr-7.9.0" }, { ...defaults, releaseLabel: "emr-7.9.0" }],
    [
      "a field of instances keeps the others",
      { instances: { ec2KeyName: "k" } },
      { ...defaults, instances: { ...defaults.instances, ec2KeyName: "k" } as never },
    ],
    [
      "fleets take the place of groups",
      { instances: { instanceFleets: [] } },
      { ...defaults, instances: { unhealthyNodeReplacement: true, instanceFleets: [] } as never },
    ],
    [
      "a tag of the same key",
      { tags: [{ key: "a", value: "9" }] },
      {
        ...defaults,
        tags: [
          { key: "b", value: "2" },
          { key: "a", value: "9" },
        ],
      },
    ],
  ])("%s", (_, own, expected) => {
    expect(mergeCluster(defaults, own as ClusterSpec)).toEqual(expected);
  });

  const fleets = { instances: { instanceFleets: [] } };
  test.each<[string, readonly string[], object, object]>([
    ["no subnet: EMR chooses", [], {}, {}],
    ["groups run in one", ["s-1"], {}, { ec2SubnetId: "s-1" }],
    ["fleets choose among several", ["s-1", "s-2"], fleets, { ec2SubnetIds: ["s-1", "s-2"] }],
    ["fleets with one", ["s-1"], fleets, { ec2SubnetIds: ["s-1"] }],
    [
      "the cluster's own subnet instead",
      ["s-1", "s-2"],
      { instances: { ec2SubnetId: "s-3" } },
      { ec2SubnetId: "s-3" },
    ],
    [
      "the cluster's own subnets instead",
      ["s-1"],
      { instances: { instanceFleets: [], ec2SubnetIds: ["s-3", "s-4"] } },
      { ec2SubnetIds: ["s-3", "s-4"] },
    ],
  ])("subnets: %s", (_, subnetIds, own, expected) => {
    const { ec2SubnetId, ec2SubnetIds } = mergeCluster(defaults, own as ClusterSpec, subnetIds).instances!;
    expect({ ec2SubnetId, ec2SubnetIds }).toEqual({
      ec2SubnetId: undefined,
      ec2SubnetIds: undefined,
      ...expected,
    });
  });

  test("several subnets for groups are refused", () => {
    expect(() => mergeCluster(defaults, undefined, ["s-1", "s-2"])).toThrow(
      /^EmrPool\.subnetIds has several subnets, .* \(got \["s-1","s-2"\]; allowed: one subnet, or several with .*INVALID_INPUT/,
    );
  });
});
