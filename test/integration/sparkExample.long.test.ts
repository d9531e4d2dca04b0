import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
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
  beforeAll(async () => {
    path = await sparkPath();
    if (typeof path !== "string") return;
    // Of the local EMR, which is in this process, and of the example's program.
    vi.stubEnv("PATH", path);
    world = await SparkExampleWorld.start();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await world?.stop();
  });

  test.for<GroupBy>(["origin", "destination", "hour"])(
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

  test("where the S3 connector can't be fetched, the step says what to do", async ({ skip }) => {
    if (typeof path !== "string") return skip(path.skipped);
    const { local } = world!;
    const settings = join(local.folder, "ivysettings.xml");
    writeFileSync(
      settings,
      `<ivysettings>
         <settings defaultResolver="empty"/>
         <resolvers><filesystem name="empty"><artifact pattern="${tmpdir()}/none/[artifact].[ext]"/></filesystem></resolvers>
       </ivysettings>`,
    );
    const clusterId = await local.launch({ LogUri: "s3://flight-delays/logs/" });
    const [stepId] = await local.addSteps(
      clusterId,
      commandStep(
        "spark-submit",
        ...[
          "--conf",
          `spark.jars.ivySettings=${pathToFileURL(settings)}`,
          "--conf",
          `spark.jars.ivy=${local.folder}/ivy`,
        ],
        ...["s3://flight-delays/flights/2001-01.tsv", "in", "out"],
      ),
    );
    const status = async () => (await local.step(clusterId, stepId!)).Status;
    // Java on a busy machine takes its time.
    await expect
      .poll(async () => (await status())?.State, { timeout: 300_000, interval: 500 })
      .toBe("FAILED");
    expect((await status())?.FailureDetails?.Message).toMatch(
      /Spark could not fetch org\.apache\.hadoop#hadoop-aws;3\.3\.4, .*access to Maven Central.*pyspark\/jars\.$/,
    );
  });

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
});
