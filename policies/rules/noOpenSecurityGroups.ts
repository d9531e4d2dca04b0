import { definePolicy } from "../definePolicy";
import { eachKnown, known } from "../known";
import type { Resource } from "../resource";
import { clusterKinds } from "../resource";
import type { Stack } from "../stack";
import { lazyItems } from "../views/clusterView";

/** An ingress rule, of whichever of the three resource types. */
interface Ingress {
  fromPort?: number;
  toPort?: number;
  cidrBlocks?: string[];
  ipv6CidrBlocks?: string[];
  cidrIpv4?: string;
  cidrIpv6?: string;
}

const groupType = "aws:ec2/securityGroup:SecurityGroup";
const ruleTypes = [
  "aws:ec2/securityGroupRule:SecurityGroupRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
];

export const noOpenSecurityGroups = definePolicy<{ ports: number[] }>({
  name: "no-open-security-groups",
  description: "A cluster's security groups in the same stack must not be open to the world.",
  why: "The web interfaces and services of a cluster have no sign-in of their own.",
  remediationSteps: "Limit the ingress rules to known addresses or security groups.",
  severity: "critical",
  tags: ["security", "network"],
  framework: {
    name: "CIS AWS Foundations Benchmark",
    version: "3.0.0",
    reference: "5.2, 5.3",
    specification:
      "Ensure no security groups allow ingress from 0.0.0.0/0 or ::/0 to remote server administration ports",
  },
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-security-groups.html",
  level: "mandatory",
  config: {
    ports: {
      type: "array",
      items: { type: "integer", minimum: 0, maximum: 65535 },
      maxItems: 20,
      default: [],
      description: "Ports that may be open to the world.",
    },
  },
  checkStack(stack, { ports }, report) {
    eachKnown(stack.ofKind(...clusterKinds), (resource) =>
      eachKnown(stack.ofType(groupType), (group) => {
        if (!stack.isLinked(resource, group, (id) => resource.cluster.securityGroupIds.includes(id))) return;
        eachKnown(ingressOf(stack, group), (read) => {
          const ingress = read();
          const { fromPort, toPort } = ingress;
          const isAllowedPort = fromPort !== undefined && fromPort === toPort && ports.includes(fromPort);
          if (isOpen(ingress) && !isAllowedPort)
            report(
              resource,
              `Security group ${group.name} of the cluster is open to the world on ports ${fromPort ?? 0} to ${toPort ?? 65535}.`,
              `Allowed: ${ports.length === 0 ? "no port" : `port ${ports.join(", ")}`}.`,
            );
        });
      }),
    );
  },
});

/** The group's ingress rules, each read only when it is judged: one that is unknown must not hide the others. */
function ingressOf(stack: Stack, group: Resource): (() => Ingress)[] {
  const own = known(() => (group.props.ingress ?? []) as Ingress[], []);
  const rules = stack.ofType(...ruleTypes).filter((rule) => {
    const isIngress = known(() => rule.props.type === undefined || rule.props.type === "ingress", false);
    return isIngress && stack.isLinked(rule, group, (id) => rule.props.securityGroupId === id);
  });
  return [...lazyItems(own, (ingress) => ingress), ...rules.map((rule) => () => rule.props)];
}

function isOpen({ cidrBlocks = [], ipv6CidrBlocks = [], cidrIpv4, cidrIpv6 }: Ingress): boolean {
  return (
    cidrBlocks.includes("0.0.0.0/0") ||
    ipv6CidrBlocks.includes("::/0") ||
    cidrIpv4 === "0.0.0.0/0" ||
    cidrIpv6 === "::/0"
  );
}
