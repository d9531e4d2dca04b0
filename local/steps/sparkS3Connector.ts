import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "./runCommand";
import type { StepContext } from "./stepContext";
import { StepFailure } from "./stepFailure";

/** The S3 connector that Spark lacks, as Maven coordinates. */
export interface S3Connector {
  readonly packages: readonly string[];
  /** `group:artifact` left out of what the packages depend on. */
  readonly excluded: readonly string[];
}

/**
 * `hadoop-aws` 3.3 depends on the whole AWS SDK in one jar of 281 MB. These modules are what it uses of it: 11 MB.
 * The version is the one `hadoop-aws` 3.3.4 is built with.
 */
const sdkModules = ["s3", "sts", "dynamodb"].map((name) => `com.amazonaws:aws-java-sdk-${name}:1.12.262`);
const sdkBundle = "com.amazonaws:aws-java-sdk-bundle";

/**
 * What to fetch so that Spark reads `s3://`: EMR has an S3 connector and Apache Spark has none. Undefined when a
 * `hadoop-aws` jar is in Spark's `jars` folder or brought by the step.
 * @param home Spark's folder.
 * @param args of the step.
 */
export function missingS3Connector(home: string, args: readonly string[]): S3Connector | undefined {
  const jars = readdirSync(join(home, "jars"));
  const isThere = jars.some((jar) => jar.startsWith("hadoop-aws-"));
  const isBrought = args.some((arg) => /\bhadoop-aws[-:]\d/.test(arg));
  const hadoop = jars.map((jar) => /^hadoop-client-api-([\d.]+)\.jar$/.exec(jar)?.[1]).find(Boolean);
  if (isThere || isBrought || hadoop === undefined) return undefined;
  const connector = `org.apache.hadoop:hadoop-aws:${hadoop}`;
  return hadoop.startsWith("3.3.")
    ? { packages: [connector, ...sdkModules], excluded: [sdkBundle] }
    : { packages: [connector], excluded: [] };
}

/**
 * Fetches the connector from Maven Central into `~/.cache/pulumi-pooled-emr/`, unless an earlier step has.
 * @returns its jars, as a Java class path.
 * @throws StepFailure when it can't be fetched.
 */
export async function fetchS3Connector(
  context: StepContext,
  program: string,
  home: string,
  { packages, excluded }: S3Connector,
): Promise<string> {
  const name = packages[0]!.split(":").slice(1).join("-");
  const folder = join(homedir(), ".cache", "pulumi-pooled-emr", name);
  const jars = join(folder, "jars", "*");
  if (existsSync(folder)) return jars;
  context.controller(`spark-submit: Spark has no S3 connector: fetching ${packages.join(", ")} to ${folder}`);
  mkdirSync(dirname(folder), { recursive: true });
  // Ivy's own folder does not bear two processes that fetch the same at once; a whole folder is moved in one piece.
  const fetched = mkdtempSync(`${folder}.`);
  try {
    const nothing = join(context.folder.work, "nothing.py");
    writeFileSync(nothing, "");
    const options = ["--packages", packages.join(","), "--conf", `spark.jars.ivy=${fetched}`];
    if (excluded.length > 0) options.push("--exclude-packages", excluded.join(","));
    const exitCode = await runCommand(context, program, ["--master", "local", ...options, nothing]);
    if (exitCode !== 0) throw notFetched(context, home, packages);
    rmSync(join(fetched, "cache"), { recursive: true, force: true });
    moveUnlessThere(fetched, folder);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return jars;
}

function moveUnlessThere(fetched: string, folder: string): void {
  try {
    renameSync(fetched, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function notFetched({ folder }: StepContext, home: string, packages: readonly string[]): StepFailure {
  const stderr = readFileSync(folder.log("stderr"), "utf8");
  const found = stderr.matchAll(/(?:unresolved dependency|download failed): ([^\s:,!\]]+)/g);
  const unresolved = [...new Set([...found].map(([, name]) => name))];
  return new StepFailure(
    `unresolved dependency: Spark could not fetch ${unresolved.join(", ") || "packages"}. Its S3 connector is ` +
      `${packages.join(", ")}: give this machine access to Maven Central for the first run, or put the connector's ` +
      `jars into ${join(home, "jars")}.`,
  );
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
