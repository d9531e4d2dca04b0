import { definePolicy } from "../definePolicy";
import { clusterKinds } from "../resource";

export const multiSubnet = definePolicy<{ min: number }>({
  name: "multi-subnet",
  description: "A cluster of fleets should list several subnets.",
  why: "EMR chooses the availability zone with most capacity among the subnets it is given.",
  remediationSteps:
    "List subnets of several availability zones in ec2SubnetIds (aws.emr.Cluster: subnetIds).",
  severity: "low",
  tags: ["reliability", "network"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-instance-fleet.html",
  level: "advisory",
  config: {
    min: { type: "integer", minimum: 2, maximum: 16, default: 2, description: "Fewest subnets." },
  },
  kinds: clusterKinds,
  check({ cluster }, { min }, report) {
    if (!cluster.nodes.some((nodes) => nodes.form === "fleet")) return;
    const { path, value } = cluster.subnetIds;
    if (value.length < min) report(`${path} lists ${value.length} subnets.`, `Allowed: at least ${min}.`);
  },
});
