import { definePolicy } from "../definePolicy";
import { known } from "../known";
import { listed } from "../patterns";
import { clusterKinds } from "../resource";
import { bucketOf } from "../s3Uri";

export const logUriRequired = definePolicy<{ buckets: string[] }>({
  name: "log-uri-required",
  description: "A cluster must write its logs, those of applications included, to an allowed bucket.",
  why: "Without logs on S3, the cause of a failure is gone with the cluster.",
  remediationSteps:
    "Set logUri to an s3:// address in an allowed bucket, and don't disable application logs.",
  severity: "medium",
  tags: ["operations", "logging"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-debugging.html",
  level: "mandatory",
  config: {
    buckets: {
      type: "array",
      items: { type: "string", minLength: 3, maxLength: 63 },
      maxItems: 200,
      default: [],
      description: "Allowed buckets; empty: all.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { buckets }, report) {
    known(() => {
      const { path, value } = cluster.logUri;
      const bucket = value === undefined ? undefined : bucketOf(value);
      const allowed = `Allowed: ${listed(
        buckets.map((name) => `s3://${name}/…`),
        "an s3:// address",
      )}.`;
      if (value === undefined) report(`${path} is not set.`, allowed);
      else if (bucket === undefined || (buckets.length > 0 && !buckets.includes(bucket)))
        report(`${path} is ${value}.`, allowed);
    }, undefined);
    const { path, value } = cluster.applicationLogUpload;
    if (value === "disabled") report(`${path} is disabled.`, "Allowed: enabled, or on-customer-s3only.");
  },
});
