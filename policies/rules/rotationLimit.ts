import { definePolicy } from "../definePolicy";
import { clusterKinds } from "../resource";

interface RotationConfig {
  maxDays: number;
  tagKey: string;
}

export const rotationLimit = definePolicy<RotationConfig>({
  name: "rotation-limit",
  description:
    "A cluster should say by a tag after how many days it is to be drained and replaced, within the limit.",
  why: "A busy pool never goes idle, so that its clusters would grow old without security fixes.",
  remediationSteps: "Add the tag with a number of days to the cluster, and drain clusters by it.",
  severity: "low",
  tags: ["lifecycle", "reliability"],
  url: "https://aws.github.io/aws-emr-best-practices/docs/bestpractices/Reliability/best_practices/",
  level: "advisory",
  levels: { dev: "disabled" },
  config: {
    maxDays: {
      type: "number",
      minimum: 1,
      maximum: 365,
      default: 7,
      description: "Greatest age of a cluster, in days; what a remediation writes.",
    },
    tagKey: {
      type: "string",
      minLength: 1,
      maxLength: 128,
      default: "max-age-days",
      description: "Key of the tag that says the greatest age.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { maxDays, tagKey }, report) {
    const { path, value } = cluster.tags;
    const days = value[tagKey];
    if (!isWithin(days, maxDays))
      report(`Tag ${tagKey} in ${path} is ${days ?? "not set"}.`, `Allowed: 1 to ${maxDays} days.`);
  },
  remediate({ cluster, pooled, props }, { maxDays, tagKey }) {
    if (isWithin(cluster.tags.value[tagKey], maxDays)) return false;
    if (pooled === undefined) {
      props.tags ??= {};
      props.tags[tagKey] = String(maxDays);
      return true;
    }
    pooled.cluster.tags ??= [];
    const own = pooled.cluster.tags.find((tag) => tag.key === tagKey);
    if (own === undefined) pooled.cluster.tags.push({ key: tagKey, value: String(maxDays) });
    else own.value = String(maxDays);
    return true;
  },
});

function isWithin(days: string | undefined, maxDays: number): boolean {
  return days !== undefined && Number(days) > 0 && Number(days) <= maxDays;
}
