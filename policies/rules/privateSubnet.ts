import { definePolicy } from "../definePolicy";
import { securityHub } from "../frameworks";
import { eachKnown } from "../known";
import { listed } from "../patterns";
import { clusterKinds } from "../resource";

export const privateSubnet = definePolicy<{ subnets: string[] }>({
  name: "private-subnet",
  description: "A cluster must run in private subnets.",
  why: "Nodes with public addresses can be reached from outside, and without a subnet EMR takes one that is public.",
  remediationSteps:
    "Set ec2SubnetId or ec2SubnetIds (aws.emr.Cluster: subnetId, subnetIds) to private subnets.",
  severity: "high",
  tags: ["security", "network"],
  framework: securityHub("EMR.1", "Amazon EMR cluster primary nodes should not have public IP addresses"),
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/emr-controls.html#emr-1",
  level: "mandatory",
  config: {
    subnets: {
      type: "array",
      items: { type: "string", pattern: "^subnet-" },
      maxItems: 500,
      default: [],
      description: "Private subnets; empty: any subnet of which the stack doesn't say that it is public.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { subnets }, report) {
    const { path, value } = cluster.subnetIds;
    if (value.length === 0) report(`${path} is not set.`, `Allowed: ${listed(subnets, "private subnets")}.`);
    if (subnets.length === 0) return;
    eachKnown(value, (_item, index) => {
      const id = value[index]!;
      if (!subnets.includes(id)) report(`${path} has ${id}.`, `Allowed: ${subnets.join(", ")}.`);
    });
  },
  checkStack(stack, _config, report) {
    eachKnown(stack.ofType("aws:ec2/subnet:Subnet"), (subnet) => {
      if (subnet.props.mapPublicIpOnLaunch !== true) return;
      eachKnown(stack.ofKind(...clusterKinds), (resource) => {
        if (stack.isLinked(resource, subnet, (id) => resource.cluster.subnetIds.value.includes(id)))
          report(
            resource,
            `Subnet ${subnet.name} of the cluster gives nodes public addresses.`,
            "Allowed: private subnets.",
          );
      });
    });
  },
});
