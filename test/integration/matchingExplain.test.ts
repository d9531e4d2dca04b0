import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "matching explain "));
const script = join(folder, "run.ts");
const cases = join(root, "test/cases/matching-dev.json");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a function of the command line in a process of its own, without any way to AWS. */
async function output(module: string, call: string): Promise<string> {
  writeFileSync(
    script,
    `import { ${call.split("(")[0]} } from ${JSON.stringify(join(root, module))};\nvoid ${call};\n`,
  );
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const env = { PATH: process.env.PATH, AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
  const { stdout } = await run(process.execPath, [tsx, script], { cwd: folder, env, maxBuffer: 1 << 26 });
  return stdout;
}

describe("explain and fingerprint", () => {
  it("prints every case of a snapshot in the form of the contract", async () => {
    const text = await output(
      "provider/cli/explainSnapshot",
      `explainSnapshot(${JSON.stringify(cases)}, { json: true })`,
    );
    const explained = JSON.parse(text) as { id: string; join: number | null; clusters: unknown[] }[];
    expect(explained.length).toBe(133);
    expect(explained.find(({ id }) => id === "groups-one-short")).toEqual({
      id: "groups-one-short",
      join: null,
      clusters: [
        {
          id: "j-A",
          joinable: false,
          refused: [
            {
              rule: "R25",
              reason: "CORE: 12 vCPUs running (3 x m5.xlarge) < 16 asked (4 x m5.xlarge) (R25)",
            },
          ],
        },
      ],
    });
  });

  it("prints the fingerprint of a job's cluster, and of the cluster alone", async () => {
    const cluster = { releaseLabel: "emr-7.5.0", instances: {}, applications: [{ name: "Spark" }] };
    const printed = await Promise.all(
      [{ cluster, pool: { name: "etl" } }, cluster].map(async (spec, index) => {
        const file = join(folder, `spec${index}.json`);
        writeFileSync(file, JSON.stringify(spec));
        return file;
      }),
    );
    const outputs = [];
    for (const file of printed)
      outputs.push(
        JSON.parse(
          await output(
            "provider/cli/fingerprint",
            `fingerprintSpec(${JSON.stringify(file)}, { json: true })`,
          ),
        ),
      );
    expect(outputs[0]).toEqual(outputs[1]);
    expect(outputs[0]).toMatchObject({
      schema: 1,
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      canonicalForm: { release: "emr-7.5.0", applications: ["spark"] },
    });
  });
});
