// biome-ignore-all lint/suspicious/noExplicitAny: inputs and policy documents of any resource, as the mocks see them
import { expect, test } from "vitest";
import { EmrPool } from "../../../provider/infrastructure/emrPool";
import { fullArgs, ofType, policyOf, type Registered, resourcesOf } from "./poolProgram";

const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const trustOf = (resources: Registered[], name: string) =>
  JSON.parse(
    ofType(resources, "aws:iam/role:Role").find((role) => role.name === name)!.inputs.assumeRolePolicy,
  );
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
  expect(trustOf(resources, "etl-execution").Statement[0]).toMatchObject({
    Principal: { AWS: "arn:aws:x:::etl-instance" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
  });
});

/** As AWS prints it, but for names; account 123456789012 is AWS's example as well. */
const awsTrust = (service: string, sourceArn: string) => ({
  Effect: "Allow",
  Principal: { Service: service },
  Action: ["sts:AssumeRole"],
  Condition: {
    StringEquals: { "aws:SourceAccount": "123456789012" },
    ArnLike: { "aws:SourceArn": sourceArn },
  },
});
// https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role.html
const emrTrust = {
  Sid: "EmrForThisAccount",
  ...awsTrust("elasticmapreduce.amazonaws.com", "arn:aws:elasticmapreduce:*:123456789012:*"),
};
// https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-automatic-scaling.html
const scalingTrust = {
  Sid: "AutoScalingForThisAccount",
  ...awsTrust(
    "application-autoscaling.amazonaws.com",
    "arn:aws:application-autoscaling:*:123456789012:scalable-target/*",
  ),
};
// https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-for-ec2.html
const machineTrust = {
  Sid: "Machines",
  Effect: "Allow",
  Principal: { Service: "ec2.amazonaws.com" },
  Action: ["sts:AssumeRole"],
};

test.each([
  ["etl-service", [emrTrust]],
  ["etl-autoscaling", [scalingTrust, emrTrust]],
  ["etl-instance", [machineTrust]],
])("%s is trusted to whom AWS's page says", async (name, statements) => {
  const resources = await resourcesOf(() => new EmrPool("etl"));
  expect(trustOf(resources, name)).toEqual({ Version: "2012-10-17", Statement: statements });
});

test("in China ARNs and services are those of its partition", async () => {
  const resources = await resourcesOf(() => new EmrPool("etl"), "aws-cn");
  const text = JSON.stringify(
    ["etl-service", "etl-autoscaling", "etl-instance"].map((name) => trustOf(resources, name)),
  );
  expect(text.match(/arn:[^"]+/g)).toEqual([
    "arn:aws-cn:elasticmapreduce:*:123456789012:*",
    "arn:aws-cn:application-autoscaling:*:123456789012:scalable-target/*",
    "arn:aws-cn:elasticmapreduce:*:123456789012:*",
  ]);
  // As the AWS CLI names them there (`aws emr create-default-roles`).
  expect(text.match(/[a-z0-9-]+\.amazonaws\.[a-z.]+/g)).toEqual([
    "elasticmapreduce.amazonaws.com.cn",
    "application-autoscaling.amazonaws.com.cn",
    "elasticmapreduce.amazonaws.com.cn",
    "ec2.amazonaws.com.cn",
  ]);
});

test("the service passes the pool's roles, whose names AWS's managed policy doesn't know, and no others", async () => {
  const resources = await resourcesOf(() => new EmrPool("etl"));
  const passed = policyOf(resources, rolePolicy, "etl-service").Statement.filter(({ Action }: any) =>
    Action.includes("iam:PassRole"),
  );
  expect(
    passed.map(({ Resource, Condition }: any) => [Resource, Condition.StringLike["iam:PassedToService"]]),
  ).toEqual([
    [["arn:aws:x:::etl-instance"], "ec2.amazonaws.com*"],
    [["arn:aws:x:::etl-autoscaling"], "application-autoscaling.amazonaws.com*"],
  ]);
});

test("no statement of any role allows every action", async () => {
  const resources = await resourcesOf(() => new EmrPool("etl", fullArgs));
  for (const { inputs } of ofType(resources, rolePolicy)) {
    for (const { Action } of JSON.parse(inputs.policy).Statement) {
      expect(Action.filter((action: string) => action.includes("*"))).toEqual([]);
    }
  }
});
