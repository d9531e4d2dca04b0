import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { StepConfig as EmrStepConfig } from "@aws-sdk/client-emr";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { meanDelays, readFlights } from "../../examples/flight-delays/flights";
import { readResult, uploadFlights } from "../../examples/flight-delays/objects";
import type { StepConfig } from "../../provider/args";
import { toEmrFields } from "../../provider/emr/fieldNames";
import { collectAssets, uploadAssets } from "../../provider/steps/assets";
import { hiveStep } from "../../provider/steps/hiveStep";
import { jarStep } from "../../provider/steps/jarStep";
import { pigStep } from "../../provider/steps/pigStep";
import { s3DistCpStep } from "../../provider/steps/s3DistCpStep";
import { scriptStep } from "../../provider/steps/scriptStep";
import { shellStep } from "../../provider/steps/shellStep";
import { sparkStep } from "../../provider/steps/sparkStep";
import { streamingStep } from "../../provider/steps/streamingStep";
import { LocalEmrHarness } from "./localEmrHarness";

/**
 * Every builder's step runs on the local EMR; what it writes is checked. The programs that a machine without Hadoop
 * has not (hive, pig, spark-submit, java) are small scripts that print what they get.
 */
let local: LocalEmrHarness;
let clusterId: string;
let folder: string;
const path = process.env.PATH;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "step builders "));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const program of ["hive", "pig", "spark-submit", "java"]) {
    // One argument a line, then the content of the argument that is a file of the step.
    writeFileSync(
      join(bin, program),
      `#!/bin/sh\necho ${program}\nfor a in "$@"; do echo "[$a]"; done\nfor a in "$@"; do [ -f "$a" ] && cat "$a"; done; true\n`,
    );
    chmodSync(join(bin, program), 0o755);
  }
  process.env.PATH = `${bin}${delimiter}${path}`;
  local = await LocalEmrHarness.start();
  await local.putObjects("data", { "in/a.txt": "b a\n", "in/b.txt": "a c\n" });
  clusterId = await local.launch({ LogUri: "s3://data/logs/" });
});
afterAll(async () => {
  process.env.PATH = path;
  await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Uploads the step's files, runs it as `create` would, and gives its standard output. */
async function run(step: StepConfig): Promise<string> {
  const { steps, assets } = collectAssets([step], "s3://data/pool");
  await uploadAssets(assets, local.s3);
  const [stepId] = await local.addSteps(clusterId, {
    ...toEmrFields<EmrStepConfig>(steps[0]!),
    ActionOnFailure: "CONTINUE",
  });
  const ended = await local.stepIn(clusterId, stepId!, "COMPLETED", "FAILED", "CANCELLED");
  expect(ended.Status?.FailureDetails).toBeUndefined();
  expect(ended.Status?.State).toBe("COMPLETED");
  return local.stepLog("data", "logs/", { clusterId, stepId: stepId! }, "stdout");
}

function localScript(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe("a step of each builder", () => {
  test("streamingStep: mapper, combiner and reducer from local files", async () => {
    const words = 'require("node:readline").createInterface({ input: process.stdin })';
    const mapper = localScript(
      "mapper.js",
      `${words}.on("line", (line) => { for (const word of line.split(" ")) console.log(word + "\\t" + process.env.STEP_WEIGHT); });`,
    );
    const reducer = localScript(
      "sum up.js",
      `const sums = new Map(); ${words}.on("line", (line) => { const [word, count] = line.split("\\t"); sums.set(word, (sums.get(word) ?? 0) + Number(count)); }).on("close", () => { for (const [word, sum] of sums) console.log(word + "\\t" + sum); });`,
    );
    await run(
      streamingStep({
        name: "word count",
        mapper: "node mapper.js",
        combiner: "node sum.js",
        reducer: "node sum.js",
        files: [mapper, `${reducer}#sum.js`],
        input: ["s3://data/in/a.txt", "s3://data/in/b*"],
        output: "s3://data/counts",
        environment: { STEP_WEIGHT: "2" },
        numReduceTasks: 1,
      }),
    );
    expect(await local.getText("data", "counts/part-00000")).toBe("a\t4\nb\t2\nc\t2\n");
  });

  test("streamingStep: without a reducer the mappers' output is the result", async () => {
    await run(
      streamingStep({ name: "copy", mapper: "cat", input: "s3://data/in/", output: "s3://data/copied" }),
    );
    const parts = (await local.keys("data", "copied/")).filter((key) => key.includes("part-"));
    const texts = await Promise.all(parts.map((key) => local.getText("data", key)));
    expect(
      texts
        .join("")
        .split("\n")
        .filter(Boolean)
        .map((line) => line.trim())
        .sort(),
    ).toEqual(["a c", "b a"]);
  });

  test("shellStep: arguments are the command's $1, $2", async () => {
    expect(
      await run(shellStep({ name: "shell", command: 'echo "$2-$1"', args: ["two words", "$HOME"] })),
    ).toBe("$HOME-two words\n");
  });

  test("scriptStep: a local script runs by its own #! line", async () => {
    const script = localScript(
      "report.js",
      '#!/usr/bin/env node\nconsole.log(process.argv.slice(2).join("|"));\n',
    );
    expect(await run(scriptStep({ name: "script", script, args: ["a", "b c"], region: "eu-west-1" }))).toBe(
      "a|b c\n",
    );
  });

  test("s3DistCpStep: joins files by a group and deletes the sources", async () => {
    const logs = { "2026-01-31-a.log": "1\n", "2026-01-31-b.log": "2\n", "2026-02-01-a.log": "3\n" };
    for (const [name, Body] of Object.entries(logs)) {
      await local.s3.send(new PutObjectCommand({ Bucket: "data", Key: `raw/${name}`, Body }));
    }
    await run(
      s3DistCpStep({
        name: "join",
        src: "s3://data/raw/",
        dest: "s3://data/joined/",
        groupBy: ".*/(\\d{4}-\\d{2}-\\d{2})[^/]*\\.log",
        deleteOnSuccess: true,
      }),
    );
    expect(await local.keys("data", "joined/")).toEqual(["joined/2026-01-31", "joined/2026-02-01"]);
    expect(await local.getText("data", "joined/2026-01-31")).toBe("1\n2\n");
    expect(await local.keys("data", "raw/")).toEqual([]);
  });

  test("sparkStep: spark-submit gets options, application and arguments, local files at the cluster", async () => {
    const script = localScript("count.py", "print('counted')\n");
    const output = await run(
      sparkStep({ name: "spark", script, args: ["in", "out"], conf: { "spark.a": "b c" }, numExecutors: 2 }),
    );
    expect(output).toMatch(/^spark-submit\n/);
    expect(output).toMatch(/\[--num-executors\]\n\[2\]\n\[--conf\]\n\[spark\.a=b c\]\n/);
    expect(output).toMatch(/count\.py\]\n\[in\]\n\[out\]\nprint\('counted'\)\n$/);
  });

  test("hiveStep: hive gets script, variables and properties", async () => {
    const script = localScript("report.hql", "SELECT '${NAME}';\n");
    const output = await run(
      hiveStep({ name: "hive", script, variables: { NAME: "x" }, hiveConf: { "hive.y": "z" }, args: ["-v"] }),
    );
    expect(output).toMatch(
      /^hive\n\[-f\]\n\[.*report\.hql\]\n\[-d\]\n\[NAME=x\]\n\[-hiveconf\]\n\[hive\.y=z\]\n\[-v\]\nSELECT '\$\{NAME\}';\n$/,
    );
  });

  test("pigStep: pig gets script and parameters", async () => {
    const script = localScript("clean.pig", "A = LOAD '$INPUT';\n");
    const output = await run(pigStep({ name: "pig", script, parameters: { INPUT: "s3://data/in" } }));
    expect(output).toMatch(
      /^pig\n\[-f\]\n\[.*clean\.pig\]\n\[-p\]\n\[INPUT=s3:\/\/data\/in\]\nA = LOAD '\$INPUT';\n$/,
    );
  });

  test("jarStep: the machine's Java gets properties, class and arguments", async () => {
    const jar = localScript("sort.jar", "jar\n");
    const output = await run(
      jarStep({ name: "jar", jar, mainClass: "org.example.Sort", args: ["in"], properties: { a: "1" } }),
    );
    expect(output).toMatch(
      /^java\n\[-Da=1\]\n\[-cp\]\n\[.*sort\.jar\]\n\[org\.example\.Sort\]\n\[in\]\njar\n$/,
    );
  });
});

test("flight-delays: the job's result is what plain TypeScript computes", async () => {
  const flights = readFlights();
  await uploadFlights(flights, "s3://flight-delays/flights", local.s3);
  const example = join(__dirname, "../../examples/flight-delays");
  await run(
    streamingStep({
      name: "mean delay by hour",
      mapper: "node mapper.js hour",
      combiner: "node reducer.js totals",
      reducer: "node reducer.js means",
      files: [join(example, "mapper.js"), join(example, "reducer.js")],
      input: "s3://flight-delays/flights/*.tsv",
      output: "s3://flight-delays/delays/by-hour",
    }),
  );
  expect(await readResult("s3://flight-delays/delays/by-hour", local.s3)).toEqual(
    meanDelays(flights, "hour"),
  );
});
