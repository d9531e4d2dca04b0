import { definePolicy } from "../definePolicy";
import { eachKnown, known } from "../known";
import { listed } from "../patterns";
import { clusterKinds } from "../resource";

export const customAmiApproved = definePolicy<{ approved: string[] }>({
  name: "custom-ami-approved",
  description: "A custom AMI must be one of the approved images.",
  why: "An image brings its own software, keys and agents to every job of the pool.",
  remediationSteps: "Use an approved image, or leave customAmiId out.",
  severity: "medium",
  tags: ["security", "image"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-custom-ami.html",
  level: "advisory",
  config: {
    approved: {
      type: "array",
      items: { type: "string", pattern: "^ami-" },
      maxItems: 500,
      default: [],
      description: "Ids of approved images; empty: no custom AMI is approved.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { approved }, report) {
    const judge = (path: string, id: string | undefined) => {
      if (id !== undefined && !approved.includes(id))
        report(`${path} is ${id}.`, `Allowed: ${listed(approved, "no custom AMI")}.`);
    };
    known(() => judge(cluster.customAmiId.path, cluster.customAmiId.value), undefined);
    eachKnown(cluster.nodes, (nodes) =>
      eachKnown(nodes.types, (type) => judge(`${type.path}.customAmiId`, type.customAmiId)),
    );
  },
});
