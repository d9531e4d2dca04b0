import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findSpark } from "../../../../local/steps/sparkInstallation";
import { missingS3Connector } from "../../../../local/steps/sparkS3Connector";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spark installation "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(...path: string[]): string {
  const name = join(folder, ...path);
  mkdirSync(join(name, ".."), { recursive: true });
  writeFileSync(name, "#!/bin/sh\n");
  chmodSync(name, 0o755);
  return name;
}

/** A `python3` that knows the package in `home`. */
function python(home: string): void {
  writeFileSync(file("bin", "python3"), `#!/bin/sh\necho '${home}'\n`);
}

describe("findSpark", () => {
  const bin = () => ({ PATH: [join(folder, "none"), join(folder, "bin")].join(delimiter) });

  test("Spark's own folder, with its program on the PATH", () => {
    const program = file("bin", "spark-submit");
    file("jars", "spark-core.jar");
    file("bin", "java");
    expect(findSpark(bin())).toEqual({ program, home: folder });
  });

  test("pip's package, with pip's script on the PATH", () => {
    const program = file("bin", "spark-submit");
    file("pyspark", "jars", "spark-core.jar");
    file("bin", "java");
    python(join(folder, "pyspark"));
    expect(findSpark(bin())).toEqual({ program, home: join(folder, "pyspark") });
  });

  test("pip's package, with nothing on the PATH, and Java by JAVA_HOME", () => {
    const program = file("pyspark", "bin", "spark-submit");
    file("pyspark", "jars", "spark-core.jar");
    python(join(folder, "pyspark"));
    file("jdk", "bin", "java");
    expect(findSpark({ ...bin(), JAVA_HOME: join(folder, "jdk") })).toEqual({
      program,
      home: join(folder, "pyspark"),
    });
  });

  test("a program that isn't Spark's own has no home, and needs no Java", () => {
    expect(findSpark({ PATH: join(file("bin", "spark-submit"), "..") }).home).toBeUndefined();
  });

  test("no Spark", () => {
    expect(() => findSpark(bin())).toThrow(/Spark is not installed on this machine\. Install it/);
  });

  test.each(["", "gone"])("Spark without Java, JAVA_HOME %j", (java) => {
    file("bin", "spark-submit");
    file("jars", "spark-core.jar");
    if (java !== "") file("bin", "java");
    expect(() => findSpark({ ...bin(), JAVA_HOME: java && join(folder, java) })).toThrow(/Spark needs Java/);
  });
});

describe("the S3 connector", () => {
  const modules = ["s3", "sts", "dynamodb"].map((name) => `com.amazonaws:aws-java-sdk-${name}:1.12.262`);
  const small = {
    packages: ["org.apache.hadoop:hadoop-aws:3.3.4", ...modules],
    excluded: ["com.amazonaws:aws-java-sdk-bundle"],
  };
  const spark35 = ["hadoop-client-api-3.3.4.jar"];

  test.each<[string, string[], string[], object | undefined]>([
    ["is fetched for Spark 3.5, without the SDK's bundle", spark35, ["s3://b/job.py"], small],
    [
      "is fetched for another Hadoop with what it depends on",
      ["hadoop-client-api-3.4.1.jar"],
      [],
      { packages: ["org.apache.hadoop:hadoop-aws:3.4.1"], excluded: [] },
    ],
    ["is there", [...spark35, "hadoop-aws-3.3.4.jar"], [], undefined],
    ["is of no known version", ["spark-core.jar"], [], undefined],
    ["is brought as a package", spark35, ["--packages", "a:b:1,o:hadoop-aws:3.3.4"], undefined],
    ["is brought as a jar", spark35, ["--jars=s3://b/hadoop-aws-3.3.4.jar"], undefined],
    ["is only spoken of", spark35, ["--name", "hadoop-aws"], small],
  ])("%s", (_, jars, args, expected) => {
    for (const jar of jars) file("jars", jar);
    expect(missingS3Connector(folder, args)).toEqual(expected);
  });
});
