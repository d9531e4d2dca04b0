import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type GroupBy, meanDelays, readFlights } from "../../examples/flight-delays/flights";
import { readResult } from "../../examples/flight-delays/objects";
import { sparkPath } from "../support/tools/spark";
import type { Skipped } from "../support/tools/toolServer";
import { commandStep } from "./localEmrHarness";
import { SparkExampleWorld } from "./sparkExampleWorld";

describe("examples/flight-delays-spark on a real Spark", () => {
  let path: string | Skipped;
  let world: SparkExampleWorld | undefined;
  let home: string | undefined;
  beforeAll(async () => {
    path = await sparkPath();
    if (typeof path !== "string") return;
    // Of the local EMR, which is in this process, and of the example's program.
    vi.stubEnv("PATH", path);
    // The S3 connector is fetched by the first steps, as on a new machine.
    home = mkdtempSync(join(tmpdir(), "spark home "));
    vi.stubEnv("HOME", home);
    world = await SparkExampleWorld.start();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await world?.stop();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  // At once: two of them fetch the connector at the same time, the third waits for a cluster.
  test.concurrent.for<GroupBy>(["origin", "destination", "hour"])(
    "by %s: reads s3://, writes s3://, and finds what plain TypeScript finds",
    async (groupBy, { skip }) => {
      if (typeof path !== "string") return skip(path.skipped);
      const { pulumi, local, request } = world!;
      const up = await pulumi.up(request(groupBy));
      expect(up.exitCode, up.output).toBe(0);
      expect(up.output).not.toContain("no spark-submit");
      const folder = `delays-spark/${groupBy}`;
      expect(await readResult(`s3://flight-delays/${folder}`, local.s3)).toEqual(
        meanDelays(readFlights(), groupBy),
      );
      // One file, as the example asks for, and Spark's mark of a whole result; nothing temporary.
      expect(await local.keys("flight-delays", `${folder}/`)).toEqual([
        `${folder}/_SUCCESS`,
        expect.stringMatching(/\/part-00000-[^/]*\.txt$/),
      ]);
    },
  );

  test("without its input it fails, and the diagnosis is of what Spark says", async ({ skip }) => {
    if (typeof path !== "string") return skip(path.skipped);
    const { pulumi, request } = world!;
    const up = await pulumi.up(
      request("origin", { stack: "nothing", input: "s3://flight-delays/nothing/*.tsv" }),
    );
    expect(up.exitCode).toBe(1);
    expect(up.output).toMatch(/missing-data/);
    expect(up.output).toMatch(/Path does not exist: s3:\/\/flight-delays\/nothing\/\*\.tsv/);
  });

  test("where the S3 connector can't be fetched, the step says what to do", async ({ skip }) => {
    if (typeof path !== "string") return skip(path.skipped);
    const { local } = world!;
    // A machine that has fetched nothing yet, and whose Java meets a proxy that isn't there.
    const java = join(local.folder, "jdk", "bin", "java");
    mkdirSync(dirname(java), { recursive: true });
    const proxy = "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1";
    writeFileSync(java, `#!/bin/sh\nPATH='${path}' exec java ${proxy} "$@"\n`, { mode: 0o755 });
    vi.stubEnv("HOME", local.folder);
    vi.stubEnv("JAVA_HOME", join(local.folder, "jdk"));
    const clusterId = await local.launch({ LogUri: "s3://flight-delays/logs/" });
    const [stepId] = await local.addSteps(
      clusterId,
      commandStep("spark-submit", "s3://flight-delays/flights/2001-01.tsv"),
    );
    const status = async () => (await local.step(clusterId, stepId!)).Status;
    // Java on a busy machine takes its time.
    await expect
      .poll(async () => (await status())?.State, { timeout: 300_000, interval: 500 })
      .toBe("FAILED");
    expect((await status())?.FailureDetails?.Message).toMatch(
      /Spark could not fetch org\.apache\.hadoop#hadoop-aws;3\.3\.4, .*access to Maven Central.*pyspark\/jars\.$/,
    );
    expect(readdirSync(join(local.folder, ".cache", "pulumi-pooled-emr"))).toEqual([]);
  });
});
