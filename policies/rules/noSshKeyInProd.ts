import { definePolicy } from "../definePolicy";
import { matchesAny, patternList, productionStacks } from "../patterns";
import { clusterKinds } from "../resource";

export const noSshKeyInProd = definePolicy<{ stacks: string[] }>({
  name: "no-ssh-key-in-prod",
  description: "Clusters of production stacks should have no EC2 key pair.",
  why: "Whoever holds the key signs in as hadoop, with the rights and the data of every job.",
  remediationSteps: "Leave ec2KeyName (aws.emr.Cluster: keyName) out and use Session Manager.",
  severity: "medium",
  tags: ["security", "identity"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-connect-master-node.html",
  level: "advisory",
  config: { stacks: patternList("Production stacks, or regular expressions.", productionStacks) },
  kinds: clusterKinds,
  check(resource, { stacks }, report) {
    if (!matchesAny(resource.stackName, stacks)) return;
    const { path, value } = resource.cluster.keyName;
    if (value !== undefined) report(`${path} is ${value}.`, "Allowed: no key pair.");
  },
});
