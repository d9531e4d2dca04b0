import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Diagnosis, Placement, StepStatus } from "../../../provider/args";
import { withinLimit } from "../../../provider/diagnosis/sizeLimit";
import type { JobRecord } from "../../../provider/lease/records";
import { outputsOf } from "../../../provider/lifecycle/outputs";
import { keptInputs, type ProviderInputs } from "../../../provider/lifecycle/state";
import { validInputs } from "./inputs";

/** Text of up to so many characters, among them those of several bytes and those that JSON escapes. */
const text = (length: number) =>
  fc
    .tuple(
      fc.integer({ min: 0, max: length }),
      fc.constantFrom("a", "Zb 0", '"', "\\x", "\nat", "é", "語", "😀 "),
    )
    .map(([count, unit]) => unit.repeat(count).slice(0, count));
const long = (length: number) => fc.constant("x".repeat(length));

const placement: fc.Arbitrary<Placement> = fc.record({
  action: fc.constantFrom("join" as const, "launch" as const, "wait" as const),
  clusterId: fc.constant("j-2AXXXXXXGAPLF"),
  launchId: fc.constant("planned-abcdefgh"),
  fingerprint: fc.constant("0123456789abcdef"),
  instances: text(900),
  reason: text(2000),
  refused: fc.array(
    fc.record({ clusterId: fc.constant("j-2AXXXXXXGAPLF"), rule: fc.constant("R26"), reason: text(600) }),
    { maxLength: 20, size: "max" },
  ),
});

const diagnosis: fc.Arbitrary<Diagnosis> = fc
  .record({
    kind: fc.constant("user-code"),
    message: text(3000),
    advice: text(300),
    logUri: long(300),
    excerpt: text(9000),
  })
  .map((found) => withinLimit(found));

const step: fc.Arbitrary<StepStatus> = fc.record({
  id: fc.constant("s-0123456789ABCDEF"),
  name: text(256),
  state: fc.constant("FAILED"),
  createdAt: fc.constant("2026-11-20T12:00:00.000Z"),
  startedAt: fc.constant("2026-11-20T12:00:00.000Z"),
  endedAt: fc.constant("2026-11-20T12:00:00.000Z"),
  failure: fc.option(text(500), { nil: undefined }),
});

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** Bytes that the outputs have beside what the user wrote: the kept inputs, and the names of the steps. */
function added(outputs: object, inputs: ProviderInputs, steps: readonly StepStatus[]): number {
  const kept = Object.fromEntries(keptInputs.map((name) => [name, inputs[name]]));
  return bytes(outputs) - bytes(kept) - steps.reduce((sum, { name }) => sum + bytes(name), 0);
}

describe("what a job adds to the stack's state", () => {
  test("is below 4 KiB, and 400 bytes for each step beyond the first", () => {
    fc.assert(
      fc.property(
        placement,
        fc.option(diagnosis, { nil: undefined }),
        fc.array(step, { minLength: 1, maxLength: 20, size: "max" }),
        long(256),
        long(1000),
        (planned, cause, steps, clusterName, reason) => {
          const inputs = {
            ...validInputs(),
            placement: planned,
            __urn: "urn:x",
          } as unknown as ProviderInputs;
          const outputs = outputsOf(inputs, {
            record: { key: "a".repeat(26), inc: 1234, cluster: "j-2AXXXXXXGAPLF", moves: 3 } as JobRecord,
            observation: { state: "NEVER_STARTED", steps, message: reason },
            cluster: { name: clusterName, masterPublicDnsName: "x".repeat(70), logUri: "s3n://b/logs/" },
            region: "ap-southeast-2",
            placement: planned,
            diagnosis: cause,
          });
          expect(added(outputs, inputs, steps)).toBeLessThan(4096 + 400 * (steps.length - 1));
          expect(bytes(outputs.placement)).toBeLessThanOrEqual(1024);
          // Plain JSON: what comes back from the state is what was given to it.
          expect(JSON.parse(JSON.stringify(outputs))).toEqual(outputs);
          expect(JSON.stringify(outputs)).not.toContain("undefined");
        },
      ),
      { numRuns: 200 },
    );
  });
});
