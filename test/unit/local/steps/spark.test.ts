import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findSpark } from "../../../../local/steps/sparkInstallation";
import { missingS3Connector, withPackages } from "../../../../local/steps/sparkS3Connector";

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
  const small = ["org.apache.hadoop:hadoop-aws:3.3.4", ...modules];

  test.each<[string, string[], [string, string][], string[]]>([
    ["is fetched for Spark 3.5, without the SDK's bundle", ["hadoop-client-api-3.3.4.jar"], [], small],
    [
      "is fetched for another Hadoop with what it depends on",
      ["hadoop-client-api-3.4.1.jar"],
      [],
      ["org.apache.hadoop:hadoop-aws:3.4.1"],
    ],
    ["is there", ["hadoop-client-api-3.3.4.jar", "hadoop-aws-3.3.4.jar"], [], []],
    ["is of no known version", ["spark-core.jar"], [], []],
    [
      "is brought as a package",
      ["hadoop-client-api-3.3.4.jar"],
      [["--packages", "a:b:1,o:hadoop-aws:3"]],
      [],
    ],
    ["is brought as a jar", ["hadoop-client-api-3.3.4.jar"], [["--jars", "s3://b/hadoop-aws-3.3.4.jar"]], []],
    ["is brought by a property", ["hadoop-client-api-3.3.4.jar"], [["-c", "spark.jars=hadoop-aws.jar"]], []],
    ["is only spoken of", ["hadoop-client-api-3.3.4.jar"], [["--name", "hadoop-aws"]], small],
  ])("%s", (_, jars, options, expected) => {
    for (const jar of jars) file("jars", jar);
    expect(
      missingS3Connector(
        folder,
        options.map(([option, value]) => ({ option, value })),
      ),
    ).toEqual(expected);
  });

  const ivy = `--conf spark.jars.ivy=${join(homedir(), ".ivy2")}`;
  test.each<[string, string[], string[], string[]]>([
    ["nothing to fetch", [], ["--packages a:b:1", "--verbose"], ["--packages a:b:1", "--verbose"]],
    ["no packages of its own", ["x:y:1"], ["--verbose"], [ivy, "--packages x:y:1", "--verbose"]],
    [
      "the last packages and exclusions of its own, which are those that Spark takes",
      ["x:y:1"],
      ["--packages a:a:1", "--exclude-packages c:c", "--packages b:b:1", "--exclude-packages d:d"],
      [ivy, "--packages x:y:1,b:b:1", "--exclude-packages d:d"],
    ],
    [
      "packages by a property, which the option would hide",
      ["x:y:1"],
      ["--conf spark.jars.packages=a:a:1", "--conf spark.a=b"],
      [ivy, "--packages x:y:1,a:a:1", "--conf spark.a=b"],
    ],
    [
      "the SDK's modules, so not its bundle",
      small,
      ["--exclude-packages d:d"],
      [ivy, `--packages ${small}`, "--exclude-packages com.amazonaws:aws-java-sdk-bundle,d:d"],
    ],
  ])("joins the step's packages: %s", (_, packages, options, expected) => {
    const parsed = options.map((text) => {
      const [option, value] = text.split(" ") as [string, string | undefined];
      return { option, value };
    });
    const joined = withPackages(parsed, packages);
    expect(joined.map(({ option, value }) => (value === undefined ? option : `${option} ${value}`))).toEqual(
      expected,
    );
  });
});
