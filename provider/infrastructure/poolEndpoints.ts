import type * as pulumi from "@pulumi/pulumi";
import type { AwsModules } from "./awsModules";
import type { VpcEndpointsArgs } from "./emrPoolArgs";

const defaultServices = ["elasticmapreduce", "kms", "sts", "logs"];

/** S3 by a gateway (free), the other services by interface endpoints (billed by the hour). */
export function vpcEndpoints(
  name: string,
  { ec2 }: AwsModules,
  args: VpcEndpointsArgs,
  region: pulumi.Output<string>,
  tags: pulumi.Input<Record<string, pulumi.Input<string>>>,
  parent: pulumi.Resource,
): void {
  const serviceName = (service: string) => region.apply((id) => `com.amazonaws.${id}.${service}`);
  const common = { vpcId: args.vpcId, tags };
  new ec2.VpcEndpoint(
    `${name}-s3`,
    {
      ...common,
      serviceName: serviceName("s3"),
      vpcEndpointType: "Gateway",
      routeTableIds: args.routeTableIds,
    },
    { parent },
  );
  for (const service of args.services ?? defaultServices) {
    new ec2.VpcEndpoint(
      `${name}-${service}`,
      {
        ...common,
        serviceName: serviceName(service),
        vpcEndpointType: "Interface",
        subnetIds: args.subnetIds,
        securityGroupIds: args.securityGroupIds,
        privateDnsEnabled: true,
      },
      { parent },
    );
  }
}
