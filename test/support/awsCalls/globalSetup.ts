import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { productCalls, recordedCalls, uncovered } from "./recordedCalls";

/**
 * Records every AWS call the whole test run makes, in all its processes, and fails the run if the product made one
 * that the policies of `docs/iam.md` don't allow.
 */
export default function recordAwsCalls(): () => void {
  // Every project of the configuration runs this; one recording is for all.
  if (process.env.RECORD_AWS_CALLS !== undefined) return () => undefined;
  const folder = mkdtempSync(join(tmpdir(), "aws-calls-"));
  const recorder = join(__dirname, "recorder.cjs");
  const before = process.env.NODE_OPTIONS;
  process.env.RECORD_AWS_CALLS = folder;
  process.env.NODE_OPTIONS = `${before ?? ""} --require ${JSON.stringify(recorder)}`.trim();
  return () => {
    const calls = recordedCalls(folder);
    rmSync(folder, { recursive: true, force: true });
    const missing = uncovered(productCalls(calls), ["preview", "up", "cli"]);
    if (missing.length === 0) return;
    // Vitest prints what a teardown throws but ends with 0.
    process.exitCode = 1;
    throw new Error(
      `The test run made AWS calls that no policy of docs/iam.md allows: ${missing.join(", ")}. Add them to provider/iam/permissions.ts, with the reason.`,
    );
  };
}
