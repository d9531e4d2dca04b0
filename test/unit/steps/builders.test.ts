import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StepConfig } from "../../../provider/args";
import { secretPaths } from "../../../provider/secretPaths";
import { hiveStep } from "../../../provider/steps/hiveStep";
import { jarStep } from "../../../provider/steps/jarStep";
import { localFile } from "../../../provider/steps/localFile";
import { pigStep } from "../../../provider/steps/pigStep";
import { s3DistCpStep } from "../../../provider/steps/s3DistCpStep";
import { scriptStep } from "../../../provider/steps/scriptStep";
import { shellStep } from "../../../provider/steps/shellStep";
import { sparkStep } from "../../../provider/steps/sparkStep";
import { streamingStep } from "../../../provider/steps/streamingStep";

const runner = (...args: string[]) => ({ jar: "command-runner.jar", args });

/** Each builder once with the least and once with every option it has. */
const cases: [string, () => StepConfig, StepConfig["hadoopJarStep"]][] = [
  [
    "sparkStep, least",
    () => sparkStep({ name: "s", script: "s3://b/wc.py" }),
    runner("spark-submit", "s3://b/wc.py"),
  ],
  [
    "sparkStep, every option",
    () =>
      sparkStep({
        name: "s",
        script: "s3://b/app.jar",
        args: ["in", "out"],
        mainClass: "org.example.Main",
        deployMode: "cluster",
        master: "yarn",
        conf: { "spark.a": "1", "spark.b": "x y" },
        pyFiles: ["s3://b/a.py", "s3://b/b.zip"],
        jars: ["s3://b/a.jar", "/usr/lib/not-on-this-machine/b.jar"],
        files: ["s3://b/f.txt#renamed"],
        archives: ["s3://b/env.tar.gz#env"],
        packages: ["g:a:1", "g:b:2"],
        excludePackages: ["g:c"],
        repositories: ["https://maven.example"],
        driverMemory: "2g",
        driverCores: 2,
        driverJavaOptions: "-Dx=y",
        executorMemory: "4g",
        executorCores: 4,
        numExecutors: 8,
        queue: "q",
        propertiesFile: "s3://b/p.conf",
        submitArgs: ["--verbose"],
      }),
    runner(
      ...["spark-submit", "--master", "yarn", "--deploy-mode", "cluster", "--class", "org.example.Main"],
      ...["--driver-memory", "2g", "--driver-cores", "2", "--driver-java-options", "-Dx=y"],
      ...["--executor-memory", "4g", "--executor-cores", "4", "--num-executors", "8", "--queue", "q"],
      ...["--properties-file", "s3://b/p.conf", "--conf", "spark.a=1", "--conf", "spark.b=x y"],
      ...[
        "--packages",
        "g:a:1,g:b:2",
        "--exclude-packages",
        "g:c",
        "--repositories",
        "https://maven.example",
      ],
      ...[
        "--jars",
        "s3://b/a.jar,/usr/lib/not-on-this-machine/b.jar",
        "--py-files",
        "s3://b/a.py,s3://b/b.zip",
      ],
      ...["--files", "s3://b/f.txt#renamed", "--archives", "s3://b/env.tar.gz#env", "--verbose"],
      ...["s3://b/app.jar", "in", "out"],
    ),
  ],
  [
    "streamingStep, least: map only",
    () => streamingStep({ name: "s", mapper: "cat", input: "s3://b/in", output: "s3://b/out" }),
    runner(
      ...["hadoop-streaming", "-D", "mapreduce.job.reduces=0"],
      ...["-input", "s3://b/in", "-output", "s3://b/out", "-mapper", "cat"],
    ),
  ],
  [
    "streamingStep, every option",
    () =>
      streamingStep({
        name: "s",
        mapper: "node m.js",
        reducer: "node r.js",
        combiner: "node c.js",
        input: ["s3://b/a/*", "s3://b/{c,d}"],
        output: "s3://b/out",
        files: ["s3://b/m.js", "s3://b/r-2.js#r.js"],
        archives: ["s3://b/lib.tgz#lib"],
        libJars: ["s3://b/l.jar"],
        environment: { TZ: "UTC", EMPTY: "" },
        properties: { "mapreduce.map.memory.mb": "2048" },
        numReduceTasks: 0,
        inputFormat: "I",
        outputFormat: "O",
        partitioner: "P",
        jar: "s3://b/streaming.jar",
        extraArgs: ["-verbose"],
      }),
    {
      jar: "s3://b/streaming.jar",
      args: [
        ...["-D", "mapreduce.map.memory.mb=2048", "-files", "s3://b/m.js,s3://b/r-2.js#r.js"],
        ...["-archives", "s3://b/lib.tgz#lib", "-libjars", "s3://b/l.jar"],
        ...["-input", "s3://b/a/*", "-input", "s3://b/{c,d}", "-output", "s3://b/out"],
        ...["-mapper", "node m.js", "-combiner", "node c.js", "-reducer", "node r.js"],
        ...["-cmdenv", "TZ=UTC", "-cmdenv", "EMPTY=", "-numReduceTasks", "0"],
        ...["-inputformat", "I", "-outputformat", "O", "-partitioner", "P", "-verbose"],
      ],
    },
  ],
  [
    "hiveStep",
    () =>
      hiveStep({
        name: "h",
        script: "s3://b/q.hql",
        variables: { IN: "s3://b/in" },
        hiveConf: { "hive.x": "1" },
        args: ["-v"],
      }),
    runner(
      ...["hive-script", "--run-hive-script", "--args", "-f", "s3://b/q.hql"],
      ...["-d", "IN=s3://b/in", "-hiveconf", "hive.x=1", "-v"],
    ),
  ],
  [
    "pigStep",
    () =>
      pigStep({ name: "p", script: "s3://b/s.pig", parameters: { IN: "s3://b/in" }, args: ["-x", "tez"] }),
    runner(
      ...["pig-script", "--run-pig-script", "--args", "-f", "s3://b/s.pig"],
      ...["-p", "IN=s3://b/in", "-x", "tez"],
    ),
  ],
  ["jarStep, least", () => jarStep({ name: "j", jar: "s3://b/j.jar" }), { jar: "s3://b/j.jar" }],
  [
    "jarStep, every option",
    () =>
      jarStep({
        name: "j",
        jar: "command-runner.jar",
        mainClass: "M",
        args: ["state"],
        properties: { a: "1", b: "" },
      }),
    {
      jar: "command-runner.jar",
      mainClass: "M",
      args: ["state"],
      properties: [
        { key: "a", value: "1" },
        { key: "b", value: "" },
      ],
    },
  ],
  [
    "scriptStep, least",
    () => scriptStep({ name: "s", script: "s3://b/s.sh" }),
    { jar: "s3://elasticmapreduce/libs/script-runner/script-runner.jar", args: ["s3://b/s.sh"] },
  ],
  [
    "scriptStep, region and arguments",
    () => scriptStep({ name: "s", script: "s3://b/s.sh", args: ["1", "two words"], region: "eu-west-1" }),
    {
      jar: "s3://eu-west-1.elasticmapreduce/libs/script-runner/script-runner.jar",
      args: ["s3://b/s.sh", "1", "two words"],
    },
  ],
  ["shellStep, least", () => shellStep({ name: "s", command: "date" }), runner("bash", "-c", "date")],
  [
    "shellStep, arguments become $1 and $2",
    () => shellStep({ name: "s", command: 'echo "$1" "$2"', args: ["a", "b"] }),
    runner("bash", "-c", 'echo "$1" "$2"', "bash", "a", "b"),
  ],
  [
    "s3DistCpStep, least",
    () => s3DistCpStep({ name: "c", src: "s3://b/in/", dest: "hdfs:///in" }),
    runner("s3-dist-cp", "--src=s3://b/in/", "--dest=hdfs:///in"),
  ],
  [
    "s3DistCpStep, every option",
    () =>
      s3DistCpStep({
        name: "c",
        src: "s3://b/in/",
        dest: "s3://b/out/",
        srcPattern: ".*\\.gz",
        groupBy: ".*(2026).*",
        targetSize: 128,
        appendToLastFile: false,
        outputCodec: "gz",
        deleteOnSuccess: true,
        disableMultipartUpload: true,
        multipartUploadChunkSize: 64,
        numberFiles: true,
        startingIndex: 1,
        outputManifest: "m.gz",
        previousManifest: "s3://b/m.gz",
        requirePreviousManifest: false,
        copyFromManifest: true,
        s3Endpoint: "s3.eu-west-1.amazonaws.com",
        storageClass: "STANDARD_IA",
        srcPrefixesFile: "s3://b/prefixes",
        s3ServerSideEncryption: true,
      }),
    runner(
      ...["s3-dist-cp", "--src=s3://b/in/", "--dest=s3://b/out/", "--srcPattern=.*\\.gz"],
      ...["--groupBy=.*(2026).*", "--targetSize=128", "--outputCodec=gz", "--deleteOnSuccess"],
      ...["--disableMultipartUpload", "--multipartUploadChunkSize=64", "--numberFiles", "--startingIndex=1"],
      ...["--outputManifest=m.gz", "--previousManifest=s3://b/m.gz", "--requirePreviousManifest=false"],
      ...["--copyFromManifest", "--s3Endpoint=s3.eu-west-1.amazonaws.com", "--storageClass=STANDARD_IA"],
      ...["--srcPrefixesFile=s3://b/prefixes", "--s3ServerSideEncryption"],
    ),
  ],
];

describe("plain options give a plain StepConfig", () => {
  test.each(cases)("%s", (_, build, hadoopJarStep) => {
    const step = build();
    expect(step.hadoopJarStep).toEqual(hadoopJarStep);
    expect(JSON.parse(JSON.stringify(step))).toEqual(step);
  });

  test("name, action and monitoring are the same for every builder", () => {
    const monitoring = { logUri: "s3://b/logs/", encryptionKeyArn: "arn:aws:kms:eu-west-1:1:key/2" };
    expect(shellStep({ name: "n", command: "date", actionOnFailure: "CONTINUE", monitoring })).toEqual({
      name: "n",
      actionOnFailure: "CONTINUE",
      hadoopJarStep: runner("bash", "-c", "date"),
      stepMonitoringConfiguration: { s3MonitoringConfiguration: monitoring },
    });
  });
});

describe("limits", () => {
  test.each([
    ["an empty name", { name: "" }, /shellStep\(""\)\.name is missing .*1 to 256.*INVALID_INPUT/],
    ["a name of 257 characters", { name: "n".repeat(257) }, /is too long \(got "257 characters"/],
    [
      "10,241 characters of arguments",
      { command: "c".repeat(10_241 - 24) },
      /got "10241 characters"; allowed: 10240 characters/,
    ],
  ])("%s is refused", (_, change, message) => {
    expect(() => shellStep({ name: "n", command: "date", ...change })).toThrow(message);
  });

  const spark = (change: object) => () => sparkStep({ name: "n", script: "s3://b/x.py", ...change });
  const streaming = (change: object) => () =>
    streamingStep({ name: "n", mapper: "cat", input: "s3://b/in", output: "s3://b/out", ...change });
  const distCp = (change: object) => () =>
    s3DistCpStep({ name: "n", src: "s3://b/in", dest: "s3://b/out", ...change });

  test.each<[string, string, number, (change: object) => () => StepConfig]>([
    ["sparkStep", "driverCores", 1, spark],
    ["sparkStep", "executorCores", 1, spark],
    ["sparkStep", "numExecutors", 0, spark],
    ["streamingStep", "numReduceTasks", 0, streaming],
    ["s3DistCpStep", "targetSize", 1, distCp],
    ["s3DistCpStep", "multipartUploadChunkSize", 1, distCp],
    ["s3DistCpStep", "startingIndex", 0, distCp],
  ])("%s(…).%s is a whole number from %i", (builder, option, from, step) => {
    for (const taken of [from, from + 1, 2 ** 31 - 1])
      expect(JSON.stringify(step({ [option]: taken })())).toContain(String(taken));
    for (const refused of [
      from - 1,
      -3,
      from + 0.5,
      2 ** 31,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      null,
      "x",
    ]) {
      const got = typeof refused === "number" ? `"${refused}"` : JSON.stringify(refused);
      expect(step({ [option]: refused })).toThrow(
        `${builder}("n").${option} is not a number this option takes (got ${got}; allowed: a whole number from ${from} to`,
      );
    }
  });

  test("10,240 characters and a name of 256 are taken", () => {
    const step = shellStep({ name: "n".repeat(256), command: "c".repeat(10_240 - 24) });
    expect(step.name).toHaveLength(256);
  });

  test("the message shows no argument: it may be secret", () => {
    const build = () => shellStep({ name: "n", command: `hunter2 ${"c".repeat(11_000)}` });
    expect(build).toThrow(/longer strings than EMR takes/);
    expect(build).not.toThrow(/hunter2/);
  });

  test("a comma would tear a file in two", () => {
    const options = { name: "s", mapper: "cat", input: "s3://b/in", output: "s3://b/out" };
    expect(() => streamingStep({ ...options, files: ["s3://b/a,b"] })).toThrow(
      /-files has an entry with a comma/,
    );
    expect(() => streamingStep({ ...options, input: [] })).toThrow(/streamingStep\("s"\)\.input is empty/);
  });
});

describe("Pulumi inputs", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "step builders "));
    writeFileSync(join(folder, "wc.py"), "print(1)\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

  test("an output at any depth gives an output of the same step", async () => {
    const step = sparkStep({
      name: "s",
      script: pulumi.output("s3://b/wc.py"),
      args: ["in", pulumi.output("out")],
      conf: pulumi.output({ "spark.a": pulumi.output("1") }),
      numExecutors: Promise.resolve(2),
    });
    expect(pulumi.Output.isInstance(step)).toBe(true);
    expect(await resolved(step)).toEqual(
      sparkStep({
        name: "s",
        script: "s3://b/wc.py",
        args: ["in", "out"],
        conf: { "spark.a": "1" },
        numExecutors: 2,
      }),
    );
  });

  /** What a program throws inside `apply` reaches Pulumi, and so the user, as an unhandled rejection. */
  async function reported(make: () => unknown): Promise<string> {
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    try {
      const error = new Promise((resolve) => process.on("unhandledRejection", resolve));
      make();
      const text = String(await error);
      await new Promise(setImmediate);
      return text;
    } finally {
      process.removeAllListeners("unhandledRejection");
      for (const listener of listeners) process.on("unhandledRejection", listener);
    }
  }

  test("limits are checked when the value is known", async () => {
    const make = () => shellStep({ name: "n", command: pulumi.output("c".repeat(11_000)) });
    expect(await reported(make)).toMatch(/longer strings than EMR takes.*INVALID_INPUT/);
  });

  test("a secret stays secret", async () => {
    expect(await pulumi.isSecret(shellStep({ name: "n", command: pulumi.secret("x") }))).toBe(true);
    expect(await pulumi.isSecret(shellStep({ name: "n", command: pulumi.output("x") }))).toBe(false);
  });

  /** As the SDK makes it at a preview of a resource that is not there yet. */
  function unknownSecret(): pulumi.Output<string> {
    const Output = pulumi.Output as unknown as new (...parts: unknown[]) => pulumi.Output<string>;
    const [no, yes] = [false, true].map((flag) => Promise.resolve(flag));
    return new Output(new Set(), Promise.resolve(undefined), no, yes, Promise.resolve(new Set()));
  }

  const args = (...places: number[]) => places.map((place) => `[0].hadoopJarStep.args[${place}]`);
  test.each<[string, () => unknown, string[]]>([
    ["a command", () => shellStep({ name: "n", command: pulumi.secret("hunter2") }), args(2)],
    [
      "an argument, twice",
      () => shellStep({ name: "n", command: "x", args: [pulumi.secret("hunter2"), "y", "--pw=hunter2"] }),
      args(4, 6),
    ],
    [
      "a property, whose name it is not",
      () => sparkStep({ name: "n", script: "s3://b/x.py", conf: { "spark.pw": pulumi.secret("hunter2") } }),
      args(2),
    ],
    [
      "all properties",
      () =>
        sparkStep({ name: "n", script: "s3://b/x.py", conf: pulumi.secret({ a: "hunter2", b: "tiger" }) }),
      args(2, 4),
    ],
    [
      "a number",
      () => sparkStep({ name: "n 2", script: "s3://b/x.py", numExecutors: pulumi.secret(2) }),
      args(2),
    ],
    [
      "the location of logs",
      () => shellStep({ name: "n", command: "x", monitoring: { logUri: pulumi.secret("s3://b/l") } }),
      ["[0].stepMonitoringConfiguration.s3MonitoringConfiguration.logUri"],
    ],
    ["the name", () => shellStep({ name: pulumi.secret("hunter2"), command: "echo hunter2" }), ["[0].name"]],
    ["nothing of it", () => shellStep({ name: "n", command: "x", args: pulumi.secret([]) }), []],
    [
      "what is not in the step",
      () => sparkStep({ name: "n", script: pulumi.secret(join(folder, "wc.py")) }),
      ["[0]"],
    ],
    ["what a preview does not know", () => shellStep({ name: "n", command: unknownSecret() }), ["[0]"]],
    ["an output of the whole step", () => pulumi.secret(shellStep({ name: "n", command: "x" })), ["[0]"]],
  ])("only the words that hold the secret are one: %s", async (_, make, expected) => {
    expect(await secretPaths([make()])).toEqual(expected);
  });

  test.each<[string, (value: pulumi.Input<string>) => unknown]>([
    ["an entry", (value) => sparkStep({ name: "n", script: "s3://b/x.py", packages: [value] })],
    ["a number", (value) => sparkStep({ name: "n", script: "s3://b/x.py", numExecutors: value as never })],
  ])("an error shows %s got only if no option is a secret", async (_, make) => {
    expect(await reported(() => make(pulumi.output("hunter2,x")))).toContain("hunter2");
    const hidden = await reported(() => make(pulumi.secret("hunter2,x")));
    expect(hidden).toContain("[INVALID_INPUT]");
    expect(hidden).not.toContain("hunter2");
  });

  test("a FileAsset is the same as the path of its file", async () => {
    const path = join(folder, "wc.py");
    const asset = new pulumi.asset.FileAsset(path);
    const step = await resolved(sparkStep({ name: "s", script: asset, files: [asset] }));
    expect(step).toEqual(sparkStep({ name: "s", script: path, files: [path] }));
    expect(step.hadoopJarStep?.args).toEqual([
      "spark-submit",
      "--files",
      `${localFile(path)}#${basename(path)}`,
      localFile(path),
    ]);
  });

  test("an asset without a path is refused", () => {
    const asset = new pulumi.asset.StringAsset("text") as unknown as pulumi.asset.FileAsset;
    expect(() => sparkStep({ name: "s", script: asset })).toThrow(/is a Pulumi asset without a path/);
  });
});
