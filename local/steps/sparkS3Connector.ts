import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** An option of `spark-submit`, with its value unless it is a flag. */
export interface SparkOption {
  readonly option: string;
  readonly value?: string;
}

/**
 * `hadoop-aws` 3.3 depends on the whole AWS SDK in one jar of 281 MB. These modules are what it uses of it: 11 MB.
 * The version is the one `hadoop-aws` 3.3.4 is built with.
 */
const sdkModules = ["s3", "sts", "dynamodb"].map((name) => `com.amazonaws:aws-java-sdk-${name}:1.12.262`);
const sdkBundle = "com.amazonaws:aws-java-sdk-bundle";

/**
 * The packages of the S3 connector that Spark has to fetch, since EMR has one and Apache Spark has none. Empty when a
 * `hadoop-aws` jar is in Spark's `jars` folder, or is brought by the step.
 * @param home Spark's folder.
 */
export function missingS3Connector(home: string, options: readonly SparkOption[]): string[] {
  const jars = readdirSync(join(home, "jars"));
  const isThere = jars.some((jar) => jar.startsWith("hadoop-aws-"));
  const isBrought = options.some(
    ({ option, value }) => /^(--packages|--jars|--conf|-c)$/.test(option) && value?.includes("hadoop-aws"),
  );
  const hadoop = jars.map((jar) => /^hadoop-client-api-([\d.]+)\.jar$/.exec(jar)?.[1]).find(Boolean);
  if (isThere || isBrought || hadoop === undefined) return [];
  const connector = `org.apache.hadoop:hadoop-aws:${hadoop}`;
  return hadoop.startsWith("3.3.") ? [connector, ...sdkModules] : [connector];
}

/** The step's options with `packages` among those that it names itself: of `--packages` Spark takes the last only. */
export function withPackages(options: readonly SparkOption[], packages: readonly string[]): SparkOption[] {
  if (packages.length === 0) return [...options];
  const property = "spark.jars.packages=";
  const isPackages = ({ option, value }: SparkOption) =>
    option === "--packages" || (/^(--conf|-c)$/.test(option) && value?.startsWith(property));
  const isExclusion = ({ option }: SparkOption) => option === "--exclude-packages";
  // The option stands above the property, wherever either is.
  const own =
    options.findLast(({ option }) => option === "--packages")?.value ??
    options.findLast(isPackages)?.value?.slice(property.length);
  const excluded = [
    packages.includes(sdkModules[0]!) ? sdkBundle : "",
    options.findLast(isExclusion)?.value ?? "",
  ].filter(Boolean);
  return [
    // Java takes a user's home from the user database, which in a container may name none.
    { option: "--conf", value: `spark.jars.ivy=${join(homedir(), ".ivy2")}` },
    { option: "--packages", value: [...packages, own].filter(Boolean).join(",") },
    ...(excluded.length > 0 ? [{ option: "--exclude-packages", value: excluded.join(",") }] : []),
    ...options.filter((option) => !isPackages(option) && !isExclusion(option)),
  ];
}

/** https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/index.html */
export function s3Settings(endpoint: string, region: string): Record<string, string> {
  return {
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3n.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3a.endpoint": endpoint,
    "spark.hadoop.fs.s3a.endpoint.region": region,
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
    "spark.hadoop.fs.s3a.directory.marker.retention": "keep",
  };
}
