// biome-ignore-all lint/suspicious/noExplicitAny: inputs and policy documents of any resource, as the mocks see them
import * as pulumi from "@pulumi/pulumi";
import type { EmrPoolArgs } from "../../../provider/infrastructure/emrPoolArgs";

/** A resource as a program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, any>;
}

/** Everything a program registers in account 123456789012, after all its outputs are resolved. */
export async function resourcesOf(program: () => void, partition = "aws"): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        const bucket = inputs.bucket ?? `${name}-bucket`;
        return { id: `${name}-id`, state: { ...inputs, name, arn: `arn:aws:x:::${name}`, bucket } };
      },
      call: ({ token }) =>
        ({
          "aws:index/getRegion:getRegion": { region: "eu-west-1" },
          "aws:index/getPartition:getPartition": { partition },
          "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
        })[token] ?? {},
    },
    "project",
    "stack",
    false,
    "organization",
  );
  program();
  await pulumi.runtime.disconnect();
  return registered;
}

export const ofType = (resources: Registered[], type: string) =>
  resources.filter((resource) => resource.type === type);

export const policyOf = (resources: Registered[], type: string, name: string) =>
  JSON.parse(ofType(resources, type).find((resource) => resource.name === name)!.inputs.policy);

/** Every argument of a pool. */
export const fullArgs: EmrPoolArgs = {
  subnetIds: ["subnet-1"],
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
