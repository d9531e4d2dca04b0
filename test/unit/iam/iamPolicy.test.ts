import { describe, expect, test } from "vitest";
import { type IamPolicyOptions, iamPolicy } from "../../../provider/iam/iamPolicy";
import { type PolicyKind, permissions } from "../../../provider/iam/permissions";
import { fullPolicy as full } from "./fullPolicy";
import { iamDocument } from "./iamDocument";

const statement = (options: IamPolicyOptions, sid: string) =>
  iamPolicy(options).Statement.find(({ Sid }) => Sid === sid);

test("docs/iam.md says what the code says", async () => {
  // Update it with `npx vitest run test/unit/iam -u`.
  await expect(iamDocument()).toMatchFileSnapshot("../../../docs/iam.md");
});

test.each<PolicyKind>(["preview", "up", "cli"])(
  "the policy for %s has each of its actions once a scope, and no other",
  (kind) => {
    const granted = iamPolicy({ ...full, kind }).Statement.flatMap(({ Action }) => Action);
    const needed = permissions.filter(({ kinds }) => kinds.includes(kind)).map(({ action }) => action);
    expect([...new Set(granted)].sort()).toEqual([...new Set(needed)].sort());
  },
);

test("preview can't change anything", () => {
  const actions = iamPolicy({ ...full, kind: "preview" }).Statement.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => !/:(List|Get|Describe|Decrypt)/.test(action))).toEqual([]);
});

describe("scopes", () => {
  test("the store is the prefix's v1, written, read and listed", () => {
    expect(statement(full, "Store")).toEqual({
      Sid: "Store",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: ["arn:aws:s3:::pools/etl/v1/*"],
    });
    expect(statement(full, "StoreBucket")).toMatchObject({
      Resource: ["arn:aws:s3:::pools"],
      Condition: { StringLikeIfExists: { "s3:prefix": "etl/v1/*" } },
    });
    expect(statement({ ...full, store: "s3://pools" }, "Store")?.Resource).toEqual([
      "arn:aws:s3:::pools/v1/*",
    ]);
  });

  test("a pool's name limits launches and submissions to its clusters", () => {
    expect(statement(full, "NewClusters")).toMatchObject({
      Condition: { StringEquals: { "elasticmapreduce:RequestTag/pulumi-pooled-emr:pool": "etl" } },
    });
    expect(statement(full, "PoolClusters")).toMatchObject({
      Action: expect.arrayContaining([
        "elasticmapreduce:AddJobFlowSteps",
        "elasticmapreduce:CancelSteps",
        "elasticmapreduce:TerminateJobFlows",
      ]),
      Resource: ["arn:aws:elasticmapreduce:eu-west-1:123456789012:cluster/*"],
      Condition: {
        StringEquals: { "elasticmapreduce:ResourceTag/pulumi-pooled-emr:pool": "etl" },
        StringEqualsIfExists: {
          "elasticmapreduce:ExecutionRoleArn": ["arn:aws:iam::123456789012:role/jobs"],
        },
      },
    });
  });

  test("a log folder is listed by its own prefix", () => {
    expect(statement(full, "LogBucket1")?.Condition).toEqual({ StringLike: { "s3:prefix": "emr/*" } });
    expect(statement(full, "LogBucket2")?.Condition).toEqual({ StringLike: { "s3:prefix": "*" } });
    expect(statement(full, "Logs")?.Resource).toEqual([
      "arn:aws:s3:::logs/emr/*",
      "arn:aws:s3:::more-logs/*",
    ]);
  });

  test("what isn't given isn't granted: no role, key, log or script", () => {
    const least = iamPolicy({ kind: "up", store: "s3://pools/etl" });
    expect(least.Statement.map(({ Sid }) => Sid)).toEqual([
      "Any",
      "Clusters",
      "NewClusters",
      "Launch",
      "PoolClusters",
      "Store",
      "StoreBucket",
    ]);
    expect(least.Statement.filter(({ Condition }) => Condition).map(({ Sid }) => Sid)).toEqual([
      "StoreBucket",
    ]);
  });

  test("another partition", () => {
    const text = JSON.stringify(
      iamPolicy({ ...full, partition: "aws-cn" }).Statement.map(({ Resource }) => Resource),
    );
    expect(text).toContain("arn:aws-cn:s3:::pools/etl/v1/*");
    expect(text).not.toContain("arn:aws:s3");
  });

  test("only actions without resource types are allowed on every resource", () => {
    const wide = iamPolicy(full).Statement.filter(({ Resource }) => Resource?.includes("*"));
    expect(wide.flatMap(({ Action }) => Action).sort()).toEqual([
      "cloudwatch:GetMetricData",
      "elasticmapreduce:ListClusters",
      "elasticmapreduce:ListSupportedInstanceTypes",
      "elasticmapreduce:RunJobFlow",
    ]);
  });
});
