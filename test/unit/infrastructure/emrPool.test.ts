// biome-ignore-all lint/suspicious/noExplicitAny: inputs and policy documents of any resource, as the mocks see them
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../../policies/catalog";
import { pulumiPolicy } from "../../../policies/pulumiPolicy";
import type { ClusterSpec } from "../../../provider/args";
import { EmrPool, mergeCluster } from "../../../provider/infrastructure/emrPool";
import type { EmrPoolArgs } from "../../../provider/infrastructure/emrPoolArgs";
import { PooledEmrJob } from "../../../provider/resource";
import { sparkStep } from "../../../provider/steps/sparkStep";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, any>;
}

let registered: Registered[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        const id = `${name}-id`;
        return {
          id,
          state: { ...inputs, name, arn: `arn:aws:x:::${name}`, bucket: inputs.bucket ?? `${name}-bucket` },
        };
      },
      call: ({ token }) =>
        ({
          "aws:index/getRegion:getRegion": { region: "eu-west-1" },
          "aws:index/getPartition:getPartition": { partition: "aws" },
          "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
        })[token] ?? {},
    },
    "project",
    "stack",
    false,
    "organization",
  );
});

/** Everything a program registers, after all its outputs are resolved. */
async function resourcesOf(program: () => void): Promise<Registered[]> {
  registered = [];
  program();
  await pulumi.runtime.disconnect();
  return registered;
}

const ofType = (resources: Registered[], type: string) => resources.filter((one) => one.type === type);
const policyOf = (resources: Registered[], type: string, name: string) =>
  JSON.parse(ofType(resources, type).find((one) => one.name === name)!.inputs.policy);

const fullArgs: EmrPoolArgs = {
  subnetIds: ["subnet-1", "subnet-2"],
  data: { read: ["s3://raw"], write: ["s3://reports/daily"], kmsKeyArns: ["arn:aws:kms:eu-west-1:1:key/d"] },
  inTransitCertificates: "s3://certificates/pool.zip",
  runtimeRoles: true,
  vpcEndpoints: {
    vpcId: "vpc-1",
    subnetIds: ["subnet-1"],
    routeTableIds: ["rtb-1"],
    securityGroupIds: ["sg-1"],
  },
  logRetentionDays: 30,
  tags: { owner: "data", "cost-centre": "42", env: "prod" },
};

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

describe("roles", () => {
  const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
  const sids = (document: any) => document.Statement.map(({ Sid }: any) => Sid);
  const reads = (document: any) =>
    document.Statement.find(({ Sid }: any) => Sid === "ReadDataAndUploadedFiles").Resource;

  test("without runtime roles the machines read and write the data", async () => {
    const resources = await resourcesOf(() => new EmrPool("etl", { data: fullArgs.data }));
    const machine = policyOf(resources, rolePolicy, "etl-instance");
    expect(reads(machine)).toEqual([
      "arn:aws:s3:::etl-bucket/pool/v1/assets/*",
      "arn:aws:s3:::raw/*",
      "arn:aws:s3:::reports/daily/*",
      "arn:aws:s3:::elasticmapreduce/*",
      "arn:aws:s3:::*.elasticmapreduce/*",
    ]);
    expect(sids(machine)).toEqual([
      "WriteLogs",
      "UseThePoolsKey",
      "ReadDataAndUploadedFiles",
      "ListData1",
      "ListData2",
      "WriteData",
      "UseKeysOfData",
    ]);
  });

  test("with runtime roles only the execution role does", async () => {
    const resources = await resourcesOf(() => new EmrPool("etl", fullArgs));
    const machine = policyOf(resources, rolePolicy, "etl-instance");
    expect(JSON.stringify(machine)).not.toContain("reports");
    expect(sids(machine)).toContain("RunStepsAsExecutionRole");
    expect(machine.Statement[0]).toMatchObject({
      Sid: "ReadCertificates",
      Resource: ["arn:aws:s3:::certificates/pool.zip"],
    });
    const execution = policyOf(resources, rolePolicy, "etl-execution");
    expect(reads(execution)).toContain("arn:aws:s3:::raw/*");
    expect(sids(execution)).not.toContain("WriteLogs");
    const trust = ofType(resources, "aws:iam/role:Role").find(({ name }) => name === "etl-execution")!;
    expect(JSON.parse(trust.inputs.assumeRolePolicy).Statement[0]).toMatchObject({
      Principal: { AWS: "arn:aws:x:::etl-instance" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    });
  });

  test("the service may take on its role for clusters of this account only, and pass only the machines' role", async () => {
    const resources = await resourcesOf(() => new EmrPool("etl"));
    const service = ofType(resources, "aws:iam/role:Role").find(({ name }) => name === "etl-service")!;
    expect(JSON.parse(service.inputs.assumeRolePolicy).Statement[0]).toMatchObject({
      Principal: { Service: "elasticmapreduce.amazonaws.com" },
      Condition: {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnLike: { "aws:SourceArn": "arn:aws:elasticmapreduce:eu-west-1:123456789012:*" },
      },
    });
    const [pass] = policyOf(resources, rolePolicy, "etl-service").Statement;
    expect(pass).toMatchObject({ Action: ["iam:PassRole"], Resource: ["arn:aws:x:::etl-instance"] });
  });

  test("no statement of any role allows every action", async () => {
    const resources = await resourcesOf(() => new EmrPool("etl", fullArgs));
    for (const { inputs } of ofType(resources, rolePolicy)) {
      for (const { Action } of JSON.parse(inputs.policy).Statement) {
        expect(Action.filter((action: string) => action.includes("*"))).toEqual([]);
      }
    }
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
      instances: { ec2SubnetIds: ["subnet-1", "subnet-2"] },
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
});

test("a pool and its job have no violation under the policy pack's profile strict", async () => {
  const resources = await resourcesOf(() => {
    const pool = new EmrPool("etl", fullArgs);
    new PooledEmrJob("count", {
      ...pool.args,
      steps: [sparkStep({ name: "count", script: "s3://raw/count.py" })],
    });
  });
  const violations: string[] = [];
  const sources = resources.map(({ type, name, inputs }) => ({
    type,
    name,
    props: inputs,
    urn: `urn:pulumi:stack::project::${type}::${name}`,
    propertyDependencies: {},
  }));
  const host = { stackTags: new Map(), getConfig: () => ({}) };
  for (const definition of catalog) {
    const policy = pulumiPolicy(definition, "strict");
    const report = (message: unknown) =>
      violations.push(`${definition.name} (${policy.enforcementLevel}): ${JSON.stringify(message)}`);
    for (const source of sources) {
      const validate = policy.validateResource as ((args: unknown, report: unknown) => void) | undefined;
      validate?.({ ...source, ...host }, report);
    }
    (policy.validateStack as ((args: unknown, report: unknown) => void) | undefined)?.(
      { resources: sources, ...host },
      report,
    );
  }
  expect(violations).toEqual([]);
});
