import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";
import { bucketOf } from "../s3Uri";

interface BootstrapConfig {
  buckets: string[];
  pinned: string;
}

export const bootstrapPinned = definePolicy<BootstrapConfig>({
  name: "bootstrap-pinned",
  description:
    "A bootstrap script should be pinned by a version or digest in its path, in an allowed bucket.",
  why: "Whoever can change the script runs code as root on every cluster launched later.",
  remediationSteps: "Put the script under a path with its version or SHA-256, in an allowed bucket.",
  severity: "medium",
  tags: ["security", "supply-chain"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-bootstrap.html",
  level: "advisory",
  config: {
    buckets: {
      type: "array",
      items: { type: "string", minLength: 3, maxLength: 63 },
      maxItems: 200,
      default: [],
      description: "Allowed buckets; empty: all.",
    },
    pinned: {
      type: "string",
      format: "regex",
      default: "(^|[/._-])(v?\\d+\\.\\d+(\\.\\d+)?|[0-9a-f]{12,64})([/._-]|$)",
      description: "Regular expression that a pinned path matches somewhere.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { buckets, pinned }, report) {
    eachKnown(cluster.bootstrapActions, ({ path, scriptPath }) => {
      const bucket = bucketOf(scriptPath);
      // Scripts of the image, such as file:/usr/share/aws/emr/…, change with the release only.
      if (bucket === undefined && /^(file:|\/)/.test(scriptPath)) return;
      if (!new RegExp(pinned).test(scriptPath))
        report(`${path}.path is ${scriptPath}.`, "Allowed: a path that holds a version or a digest.");
      if (bucket === undefined || (buckets.length > 0 && !buckets.includes(bucket)))
        report(`${path}.path is ${scriptPath}.`, `Allowed: scripts in ${buckets.join(", ") || "S3"}.`);
    });
  },
});
