import { definePolicy } from "../definePolicy";
import { eachKnown, known } from "../known";
import { bucketOf } from "../s3Uri";

interface ArtifactConfig {
  buckets: string[];
  bucketRegions: Record<string, string>;
}

/** Arguments that are code, by how they end; data is no artefact. */
const codeSuffix = /\.(jar|py|pyc|zip|egg|whl|sh|js|sql|hql|q|pig|r|rb|pl)$/i;

/**
 * The cluster's own files; and `local-file`, which stands for an address in the pool's store until the store is known
 * (`provider/steps/localFile.ts`): the update judges the address.
 */
const passedOver = /^(file|local|hdfs|local-file):\/\//i;

export const artifactBucketAllowed = definePolicy<ArtifactConfig>({
  name: "artifact-bucket-allowed",
  description: "Jars and scripts of steps must come from allowed buckets, in the job's region.",
  why: "Code from elsewhere can be changed by others, and from another region is slow and billed for transfer.",
  remediationSteps:
    "Copy the artefact to an allowed bucket in the job's region and refer to it by its s3:// address.",
  severity: "medium",
  tags: ["supply-chain", "steps"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html",
  level: "mandatory",
  config: {
    buckets: {
      type: "array",
      items: { type: "string", minLength: 3, maxLength: 63 },
      maxItems: 200,
      default: [],
      description: "Allowed buckets; empty: all buckets, but nothing outside S3 and the cluster's own files.",
    },
    bucketRegions: {
      type: "object",
      additionalProperties: { type: "string" },
      default: {},
      description: "Region by bucket, for buckets that must be used in their own region only.",
    },
  },
  kinds: ["job", "cluster"],
  check({ cluster, props }, { buckets, bucketRegions }, report) {
    const region = known(() => props.region as string | undefined, undefined);
    const judge = (path: string, uri: string) => {
      if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(uri) || passedOver.test(uri)) return;
      const bucket = bucketOf(uri);
      if (bucket === undefined || (buckets.length > 0 && !buckets.includes(bucket))) {
        // An address outside S3 may hold credentials, so only its scheme and host are shown.
        const shown =
          bucket === undefined ? uri.replace(/^([a-z0-9+.-]+:\/\/)(?:[^/@]*@)?([^/?#]*).*$/i, "$1$2/…") : uri;
        report(`${path} is ${shown}.`, `Allowed: artefacts in ${buckets.join(", ") || "S3"}.`);
        return;
      }
      const home = bucketRegions[bucket];
      if (home !== undefined && region !== undefined && home !== region)
        report(`${path} is ${uri}, in ${home}, for a job in ${region}.`, `Allowed: buckets in ${region}.`);
    };
    eachKnown(cluster.steps, (step) => {
      known(() => judge(`${step.path}.hadoopJarStep.jar`, step.jar), undefined);
      const { args } = step;
      eachKnown(Array.from({ length: args.length }), (_item, index) => {
        // `--py-files` and `-files` take lists, in which `#` gives a file its name on the cluster.
        for (const item of args[index]!.split(",")) {
          const uri = item.replace(/#.*$/, "");
          if (codeSuffix.test(uri)) judge(`${step.path}.hadoopJarStep.args[${index}]`, uri);
        }
      });
    });
  },
});
