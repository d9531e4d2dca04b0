import { describe, expect, test } from "vitest";
import { iamPolicy } from "../../../provider/iam/iamPolicy";
import type { PolicyKind } from "../../../provider/iam/permissions";
import { fullPolicy } from "./fullPolicy";
import { isAllowed } from "./isAllowed";

const up = iamPolicy(fullPolicy);
const emr = (action: string) => `elasticmapreduce:${action}`;
const clusters = "arn:aws:elasticmapreduce:eu-west-1:123456789012:cluster";
const existing = `${clusters}/j-2AXXXXXXGAPLF`;
/** What EMR names where a cluster has no id yet. */
const unborn = `${clusters}/*`;
const poolTag = "pulumi-pooled-emr:pool";
const tagged = (pool: string) => ({
  [`elasticmapreduce:ResourceTag/${poolTag}`]: pool,
  [`aws:ResourceTag/${poolTag}`]: pool,
});
const tagging = (pool: string) => ({
  [`elasticmapreduce:RequestTag/${poolTag}`]: pool,
  [`aws:RequestTag/${poolTag}`]: pool,
  "aws:TagKeys": poolTag,
});

describe("a deployer to pool etl", () => {
  test.each([
    ["launches a cluster of the pool", "RunJobFlow", unborn, tagging("etl"), true],
    ["launches none of another pool", "RunJobFlow", unborn, tagging("ml"), false],
    ["launches none of no pool", "RunJobFlow", unborn, {}, false],
    // As EMR's refusals name the resource within RunJobFlow.
    ["gives it tags", "AddTags", unborn, tagging("etl"), true],
    ["gives it an idle timeout", "PutAutoTerminationPolicy", unborn, {}, true],
    ["gives it scaling limits", "PutManagedScalingPolicy", unborn, {}, true],
    // As AWS's page on tags has it: the tags of the launch count as the new cluster's.
    [
      "gives it tags, if EMR asks for the new id",
      "AddTags",
      existing,
      { ...tagging("etl"), ...tagged("etl") },
      true,
    ],
    ["draws no cluster into the pool", "AddTags", existing, tagging("etl"), false],
    ["draws none from another pool", "AddTags", existing, { ...tagging("etl"), ...tagged("ml") }, false],
    ["tags one of the pool", "AddTags", existing, tagged("etl"), true],
    ["submits to one of the pool", "AddJobFlowSteps", existing, tagged("etl"), true],
    ["submits to no other", "AddJobFlowSteps", existing, tagged("ml"), false],
    // https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-cluster-deny-modifyinstancegroup.html
    ["resizes nothing by the group's id alone", "ModifyInstanceGroups", "*", {}, false],
    ["looks at any cluster", "DescribeCluster", existing, {}, true],
    ["reaches no other Region", "AddJobFlowSteps", existing.replace("eu-", "us-"), tagged("etl"), false],
    ["reaches no other account", "AddJobFlowSteps", existing.replace("1234", "9999"), tagged("etl"), false],
  ])("%s", (_, action, resource, context, expected) => {
    expect(isAllowed(up, { action: emr(action), resource, context })).toBe(expected);
  });

  const given = "arn:aws:iam::123456789012:role/jobs";
  test.each([
    ["the one given", { "elasticmapreduce:ExecutionRoleArn": given }, true],
    ["another", { "elasticmapreduce:ExecutionRoleArn": `${given}-of-others` }, false],
    ["none", {}, true],
  ])("submits steps under an execution role: %s", (_, context, expected) => {
    const request = { action: emr("AddJobFlowSteps"), resource: existing };
    expect(isAllowed(up, { ...request, context: { ...tagged("etl"), ...context } })).toBe(expected);
  });

  test.each([
    ["arn:aws:iam::123456789012:role/service", "elasticmapreduce.amazonaws.com", true],
    ["arn:aws:iam::123456789012:role/service", "lambda.amazonaws.com", false],
    ["arn:aws:iam::123456789012:role/admin", "elasticmapreduce.amazonaws.com", false],
  ])("passes %s to %s: %s", (resource, service, expected) => {
    const context = { "iam:PassedToService": service };
    expect(isAllowed(up, { action: "iam:PassRole", resource, context })).toBe(expected);
  });

  test.each([
    ["s3:GetObject", "pools/etl/v1/pool/etl/x.json", undefined, true],
    ["s3:PutObject", "pools/etl/v1/job/x.json", undefined, true],
    ["s3:PutObject", "pools/etl/data.csv", undefined, false],
    ["s3:GetObject", "pools/other/v1/job/x.json", undefined, false],
    ["s3:DeleteObject", "pools/etl/v1/job/x.json", undefined, false],
    ["s3:GetObject", "logs/emr/j-1/steps/s-1/stderr.gz", undefined, true],
    ["s3:PutObject", "logs/emr/j-1/steps/s-1/stderr.gz", undefined, false],
    ["s3:GetObject", "scripts/install.sh", undefined, true],
    ["s3:GetObject", "scripts/secret.sh", undefined, false],
    ["s3:ListBucket", "pools", "etl/v1/job/", true],
    ["s3:ListBucket", "pools", "other/", false],
    // How S3 tells missing objects from forbidden ones.
    ["s3:ListBucket", "pools", undefined, true],
    ["s3:ListBucket", "logs", "emr/j-1/", true],
    ["s3:ListBucket", "logs", undefined, false],
  ])("%s on %s, prefix %s: %s", (action, name, prefix, expected) => {
    const context = { "s3:prefix": prefix };
    expect(isAllowed(up, { action, resource: `arn:aws:s3:::${name}`, context })).toBe(expected);
  });
});

test.each<PolicyKind>(["preview", "up", "cli"])(
  "with the policy for %s nothing changes a cluster of no pool or of another, whatever the call brings along",
  (kind) => {
    const policy = iamPolicy({ ...fullPolicy, kind });
    const allowed = policy.Statement.flatMap(({ Action }) => Action).filter((action) =>
      [{}, tagged("ml"), { "elasticmapreduce:ResourceTag/owner": "etl" }]
        .flatMap((own) => [own, { ...own, ...tagging("etl") }])
        .some((context) => isAllowed(policy, { action, resource: existing, context })),
    );
    // RunJobFlow knows no clusters that exist; EMR asks for it on `cluster/*`.
    const changing = allowed.filter((action) => !/:(List|Get|Describe)/.test(action));
    expect([...new Set(changing)]).toEqual(kind === "up" ? [emr("RunJobFlow")] : []);
  },
);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticmapreduce.html */
const keysOfActions: Record<string, readonly string[]> = {
  RunJobFlow: ["elasticmapreduce:RequestTag"],
  AddTags: ["elasticmapreduce:RequestTag", "elasticmapreduce:ResourceTag"],
  AddJobFlowSteps: ["elasticmapreduce:ResourceTag", "elasticmapreduce:ExecutionRoleArn"],
};

test("a condition that must hold has a key that EMR sends with the action", () => {
  for (const { Action, Condition = {} } of up.Statement) {
    const needed = Object.entries(Condition)
      .filter(([operator]) => !operator.endsWith("IfExists"))
      .flatMap(([, keys]) => Object.keys(keys).map((key) => key.split("/")[0]!));
    for (const action of Action.filter((name) => name.startsWith("elasticmapreduce:"))) {
      const known = keysOfActions[action.split(":")[1]!] ?? ["elasticmapreduce:ResourceTag"];
      expect([action, needed.filter((key) => !known.includes(key))]).toEqual([action, []]);
    }
  }
});
