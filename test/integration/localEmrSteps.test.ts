import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import * as tar from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandStep, LocalEmrHarness } from "./localEmrHarness";

let harness: LocalEmrHarness;
let clusterId: string;

beforeAll(async () => {
  harness = await LocalEmrHarness.start();
  await harness.putObjects("logs", {});
  clusterId = await harness.launch({ LogUri: "s3n://logs/emr/", StepConcurrencyLevel: 4 });
});

afterAll(() => harness.stop());

const countWords = "while read -r word; do printf '%s\\t1\\n' \"$word\"; done";
const sumCounts = "awk -F '\\t' '{ sum[$1] += $2 } END { for (word in sum) print word \"\\t\" sum[word] }'";

async function result(bucket: string, folder: string): Promise<Record<string, string>> {
  const keys = (await harness.keys(bucket, `${folder}/`)).filter((key) => !key.endsWith("_SUCCESS"));
  const parts = await Promise.all(
    keys.map(async (key) => [key.slice(folder.length + 1), await harness.getText(bucket, key)]),
  );
  return Object.fromEntries(parts);
}

describe("hadoop-streaming", () => {
  beforeAll(async () => {
    await harness.putObjects("words", {
      "in/2001/a.txt": "pear\napple\n",
      "in/2001/b.txt": "apple\nfigs",
      "in/2002/c.txt.gz": gzipSync("pear\r\npear\r\n"),
      "in/2002/_hidden": "never\n",
      "in/2003/sub/d.txt": "deep\n",
      "map.sh": `#!/bin/sh\n${countWords}\n`,
      "sum.sh": `#!/bin/sh\n${sumCounts}\n`,
    });
  });

  const scripts = ["-files", "s3://words/map.sh,s3://words/sum.sh#total"];

  it("maps, sorts and reduces several inputs with globs", async () => {
    const step = await harness.runStep(
      clusterId,
      ...[
        "hadoop-streaming",
        ...scripts,
        "-input",
        "s3://words/in/200[12]/*",
        "-input",
        "s3://words/in/2001/a.txt",
      ],
      ...["-output", "s3://words/out/globs", "-mapper", "map.sh", "-reducer", "total"],
    );
    expect(step.Status).toMatchObject({ State: "COMPLETED" });
    const parts = await result("words", "out/globs");
    expect(Object.keys(parts)).toEqual(["part-00000"]);
    expect(parts["part-00000"]!.split("\n").sort()).toEqual(["", "apple\t3", "figs\t1", "pear\t4"]);
    expect(await harness.keys("words", "out/globs/_SUCCESS")).toHaveLength(1);
  });

  it("gives each key to the reducer that Hadoop's hash gives it to, in byte order", async () => {
    const step = await harness.runStep(
      clusterId,
      ...["hadoop-streaming", ...scripts, "-numReduceTasks", "2", "-input", "s3://words/in/2001", "-output"],
      ...["s3://words/out/two", "-mapper", "map.sh", "-combiner", "total", "-reducer", "cat"],
    );
    expect(step.Status).toMatchObject({ State: "COMPLETED" });
    // Text.hashCode: the hashes of "apple" and "pear" are odd, that of "figs" is even. One line a mapper: the combiner ran.
    expect(await result("words", "out/two")).toEqual({
      "part-00000": "figs\t1\n",
      "part-00001": "apple\t1\napple\t1\npear\t1\n",
    });
  });

  it("without reducers writes what each mapper wrote", async () => {
    await harness.runStep(
      clusterId,
      ...["hadoop-streaming", "-D", "mapreduce.job.reduces=0", "-input", "s3://words/in/2001/b.txt"],
      ...["-D", "mapreduce.job.maps=1", "-output", "s3://words/out/maps", "-mapper", "cat"],
    );
    // Hadoop writes a tab behind a line that has none.
    expect(await result("words", "out/maps")).toEqual({ "part-00000": "apple\t\nfigs\t\n" });
  });

  it("gives tasks archives, environment, properties and the input's name", async () => {
    await mkdir(join(harness.folder, "archive"), { recursive: true });
    await writeFile(join(harness.folder, "archive", "list.txt"), "from archive");
    const archive = join(harness.folder, "a.tar.gz");
    await tar.create({ gzip: true, file: archive, cwd: join(harness.folder, "archive") }, ["list.txt"]);
    await harness.putObjects("archives", { "a.tar.gz": await readFile(archive) });
    const show = `sh -c 'cat >/dev/null; cat lists/list.txt; echo; echo "$COLOUR $my_property $mapreduce_map_input_file"'`;
    const step = await harness.runStep(
      clusterId,
      ...["hadoop-streaming", "-D", "my.property=7", "-archives", "s3://archives/a.tar.gz#lists"],
      ...[
        "-cmdenv",
        "COLOUR=dark blue",
        "-input",
        "s3://words/in/2001/a.txt",
        "-output",
        "s3://words/out/environment",
      ],
      ...["-D", "mapreduce.job.maps=1", "-mapper", show, "-numReduceTasks", "0"],
    );
    expect(step.Status).toMatchObject({ State: "COMPLETED" });
    expect(await result("words", "out/environment")).toEqual({
      "part-00000": "from archive\t\ndark blue 7 s3://words/in/2001/a.txt\t\n",
    });
  });

  it("sums with the reducer aggregate and compresses when asked", async () => {
    await harness.runStep(
      clusterId,
      ...["hadoop-streaming", "-D", "mapreduce.output.fileoutputformat.compress=true", "-D"],
      "mapreduce.output.fileoutputformat.compress.codec=org.apache.hadoop.io.compress.GzipCodec",
      ...["-input", "s3://words/in/2001/*", "-output", "s3://words/out/aggregate"],
      ...[
        "-mapper",
        `sh -c 'while read -r word; do echo "LongValueSum:$word\t1"; done'`,
        "-reducer",
        "aggregate",
      ],
    );
    const part = await harness.getBytes("words", "out/aggregate/part-00000.gz");
    // `b.txt` ends without a line end; its last word still counts.
    expect(gunzipSync(part).toString()).toBe("apple\t2\nfigs\t1\npear\t1\n");
  });

  it.each([
    {
      why: "an output that exists",
      args: ["-input", "s3://words/in/2001", "-output", "s3://words/in", "-mapper", "cat"],
      message:
        "org.apache.hadoop.mapred.FileAlreadyExistsException: Output directory s3://words/in already exists",
    },
    {
      why: "an input that doesn't exist",
      args: ["-input", "s3://words/nothing", "-output", "s3://words/out/n", "-mapper", "cat"],
      message: "Input path does not exist: s3://words/nothing",
    },
    {
      why: "a glob without matches",
      args: ["-input", "s3://words/in/*.csv", "-output", "s3://words/out/n", "-mapper", "cat"],
      message: "Input Pattern s3://words/in/*.csv matches 0 files",
    },
    {
      why: "a mapper that fails",
      args: [
        "-input",
        "s3://words/in/2001",
        "-output",
        "s3://words/out/n",
        "-mapper",
        "sh -c 'cat >/dev/null; exit 3'",
      ],
      message: "PipeMapRed.waitOutputThreads(): subprocess failed with code 3",
    },
    {
      why: "a mapper that isn't there",
      args: ["-input", "s3://words/in/2001", "-output", "s3://words/out/n", "-mapper", "no-such-mapper"],
      message: 'Cannot run program "no-such-mapper"',
    },
    {
      why: "an option that Hadoop doesn't know",
      args: ["-inputs", "s3://words/in"],
      message: "Unrecognized option: -inputs",
    },
  ])("fails as Hadoop does for $why and leaves no result", async ({ args, message }) => {
    const step = await harness.runStep(clusterId, "hadoop-streaming", ...args);
    expect(step.Status?.State).toBe("FAILED");
    expect(step.Status?.FailureDetails?.Message).toContain(message);
    expect(await harness.keys("words", "out/n")).toEqual([]);
    expect(await harness.stepLog("logs", "emr/", { clusterId, stepId: step.Id! }, "stderr")).toContain(
      message,
    );
  });
});

describe("command-runner.jar", () => {
  it("runs a command with stdout, stderr and controller in the log folder", async () => {
    const step = await harness.runStep(clusterId, "bash", "-c", "echo out; echo err >&2; exit 7");
    expect(step.Status).toMatchObject({
      State: "FAILED",
      FailureDetails: {
        Message: "exit code 7",
        LogFile: `s3://logs/emr/${clusterId}/steps/${step.Id}/stderr.gz`,
      },
    });
    const where = { clusterId, stepId: step.Id! };
    expect(await harness.stepLog("logs", "emr/", where, "stdout")).toBe("out\n");
    expect(await harness.stepLog("logs", "emr/", where, "stderr")).toBe("err\n");
    expect(await harness.stepLog("logs", "emr/", where, "controller")).toContain("exit code 7");
    expect(await harness.stepLog("logs", "emr/", where, "syslog")).toBe("");
  });

  it("uses no shell unless the step does", async () => {
    const step = await harness.runStep(clusterId, "echo", "$HOME", "*", "; exit 1");
    expect(step.Status?.State).toBe("COMPLETED");
    const where = { clusterId, stepId: step.Id! };
    expect(await harness.stepLog("logs", "emr/", where, "stdout")).toBe("$HOME * ; exit 1\n");
  });

  it("gives steps the local server and none of the machine's credentials", async () => {
    process.env.AWS_SESSION_TOKEN = "of the machine";
    const step = await harness.runStep(clusterId, "bash", "-c", "env");
    delete process.env.AWS_SESSION_TOKEN;
    const output = await harness.stepLog("logs", "emr/", { clusterId, stepId: step.Id! }, "stdout");
    expect(output).toContain(`AWS_ENDPOINT_URL_S3=${harness.server.url}`);
    expect(output).toContain(`EMR_STEP_ID=${step.Id}`);
    expect(output).not.toContain("of the machine");
  });

  it.each(["no-such-program", "hive-script"])(
    "fails with a clear line when %s is missing",
    async (program) => {
      const step = await harness.runStep(clusterId, program, "--run", "--args", "-e", "1");
      expect(step.Status?.FailureDetails?.Message).toMatch(/Cannot run program "(no-such-program|hive)"/);
    },
  );
});

describe("other steps", () => {
  it("script-runner.jar runs a script from S3, with and without an interpreter line", async () => {
    await harness.putObjects("scripts", { "a.sh": "#!/bin/bash\necho with $1", "b.sh": "echo without $1" });
    const ids = await harness.addSteps(
      clusterId,
      ...["a.sh", "b.sh"].map((script) => ({
        ...commandStep(script),
        HadoopJarStep: {
          Jar: "s3://elasticmapreduce/libs/script-runner/script-runner.jar",
          Args: [`s3://scripts/${script}`, "argument"],
        },
      })),
    );
    const output = await Promise.all(
      ids.map(async (stepId) => {
        await harness.stepIn(clusterId, stepId, "COMPLETED");
        return harness.stepLog("logs", "emr/", { clusterId, stepId }, "stdout");
      }),
    );
    expect(output).toEqual(["with argument\n", "without argument\n"]);
  });

  it("s3-dist-cp copies what matches, and groups", async () => {
    await harness.putObjects("copy", {
      "in/1-a.log": "1a\n",
      "in/2-a.log": "2a\n",
      "in/3-b.log": "3b\n",
      "in/x.txt": "x",
    });
    const copied = await harness.runStep(
      clusterId,
      ...["s3-dist-cp", "--src", "s3://copy/in/", "--dest=s3://copy/out", "--srcPattern", ".*\\.log"],
    );
    const grouped = await harness.runStep(
      clusterId,
      ...["s3-dist-cp", "--src=s3://copy/in", "--dest=s3://copy/grouped", "--groupBy=.*/\\d-(\\w).*(\\.log)"],
    );
    expect([copied.Status?.State, grouped.Status?.State]).toEqual(["COMPLETED", "COMPLETED"]);
    expect(await result("copy", "out")).toEqual({ "1-a.log": "1a\n", "2-a.log": "2a\n", "3-b.log": "3b\n" });
    expect(await result("copy", "grouped")).toEqual({ "a.log": "1a\n2a\n", "b.log": "3b\n" });
  });

  it("a jar that can't be fetched fails the step", async () => {
    const [stepId] = await harness.addSteps(clusterId, {
      ...commandStep("jar"),
      HadoopJarStep: { Jar: "s3://scripts/none.jar" },
    });
    const step = await harness.stepIn(clusterId, stepId!, "FAILED");
    expect(step.Status?.FailureDetails?.Message).toContain("Error fetching jar file s3://scripts/none.jar");
  });
});
