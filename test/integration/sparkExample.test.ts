import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { SparkExampleWorld } from "./sparkExampleWorld";

let folder: string;
let world: SparkExampleWorld;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "without spark "));
  world = await SparkExampleWorld.start();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A machine that has Node and nothing else: its PATH for the local EMR, in this process, and for the program. */
function withNodeOnly(): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  vi.stubEnv("PATH", bin);
  vi.stubEnv("SPARK_HOME", undefined);
  vi.stubEnv("PYSPARK_PYTHON", undefined);
  return bin;
}

test("examples/flight-delays-spark without Spark: preview warns, the job fails and its diagnosis says why", async () => {
  withNodeOnly();
  const request = world.request("origin");
  const warning = /There is no spark-submit on this machine.* its step will fail/;
  const preview = await world.pulumi.preview(request);
  expect(preview.exitCode, preview.output).toBe(0);
  expect(preview.output).toMatch(warning);

  const up = await world.pulumi.up(request);
  expect(up.exitCode).toBe(1);
  expect(up.output).toMatch(warning);
  expect(up.output).toMatch(
    /ended FAILED: .*Spark is not installed on this machine\. Install it where the local EMR server runs/,
  );
  const { resources = [] } = (await world.pulumi.exportState(request)).deployment;
  const outputs = resources.find(({ type }) => type === "pulumi-nodejs:dynamic/emr:PooledEmrJob")?.outputs;
  expect(outputs).toMatchObject({
    state: "FAILED",
    diagnosis: { excerpt: expect.stringContaining("Spark is not installed on this machine") },
  });
});
