import { definePolicy } from "../definePolicy";
import { clusterKinds } from "../resource";

export const requiredTags = definePolicy<{ keys: string[] }>({
  name: "required-tags",
  description: "A cluster must carry the required tags.",
  why: "Without them nobody can tell whose a cluster is and who pays for it.",
  remediationSteps: "Add the tags to the cluster.",
  severity: "medium",
  tags: ["cost", "tags"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-tags.html",
  level: "mandatory",
  config: {
    keys: {
      type: "array",
      items: { type: "string", minLength: 1, maxLength: 128 },
      maxItems: 50,
      default: ["owner", "cost-centre", "env"],
      description:
        "Keys of tags that must be there with a value; a remediation takes them from the stack's tags.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { keys }, report) {
    const { path, value } = cluster.tags;
    const missing = keys.filter((key) => (value[key] ?? "") === "");
    if (missing.length > 0)
      report(`${path} lacks ${missing.join(", ")}.`, `Allowed: clusters with the tags ${keys.join(", ")}.`);
  },
  remediate({ cluster, pooled, props, stackTags }, { keys }) {
    const { value } = cluster.tags;
    const found = keys.filter((key) => (value[key] ?? "") === "" && stackTags.has(key));
    if (found.length === 0) return false;
    if (pooled === undefined) props.tags ??= {};
    else pooled.cluster.tags ??= [];
    for (const key of found) {
      const tag = { key, value: stackTags.get(key)! };
      if (pooled === undefined) props.tags[key] = tag.value;
      else {
        const own = pooled.cluster.tags!.find((item) => item.key === key);
        if (own === undefined) pooled.cluster.tags!.push(tag);
        else own.value = tag.value;
      }
    }
    return true;
  },
});
