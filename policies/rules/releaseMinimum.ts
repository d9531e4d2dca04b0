import { definePolicy } from "../definePolicy";
import { listed } from "../patterns";
import { isRelease, releaseAtLeast } from "../release";
import { clusterKinds } from "../resource";

interface ReleaseConfig {
  min: string;
  deny: string[];
}

export const releaseMinimum = definePolicy<ReleaseConfig>({
  name: "release-minimum",
  description: "A cluster must use a release that is recent enough and not denied.",
  why: "Old releases get no security fixes, cost more for the same work and lack features that pools rely on.",
  remediationSteps: "Set releaseLabel to a later EMR release.",
  severity: "medium",
  tags: ["security", "release"],
  url: "https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-release-components.html",
  level: "mandatory",
  config: {
    min: {
      type: "string",
      pattern: "^emr-\\d+\\.\\d+(\\.\\d+)?$",
      default: "emr-6.15.0",
      description: "Oldest allowed release.",
    },
    deny: {
      type: "array",
      items: { type: "string", pattern: "^emr-" },
      maxItems: 200,
      default: [],
      description: "Releases that are refused although they are recent enough.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { min, deny }, report) {
    const { path, value } = cluster.releaseLabel;
    const allowed = `Allowed: ${min} or later, without ${listed(deny, "exceptions")}.`;
    if (value === undefined) report(`${path} is not set.`, allowed);
    else if (deny.includes(value) || !isRelease(value) || !releaseAtLeast(value, min))
      report(`${path} is ${value}.`, allowed);
  },
});
