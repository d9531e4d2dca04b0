import fc from "fast-check";
import { expect, test } from "vitest";
import { diagnose } from "../../../provider/diagnosis/diagnose";
import type { LogReader } from "../../../provider/diagnosis/logReader";
import { cutToBytes, diagnosisLimit, jsonBytes, withinLimit } from "../../../provider/diagnosis/sizeLimit";

/** Text of all planes, with what weighs most in JSON: control characters, quotes, halves of characters. */
const text = (maxLength: number) =>
  fc.string({
    maxLength,
    unit: fc.oneof(
      fc.constantFrom("x", "\n", "\u0001", '"', "\\", "é", "語", "𝄞", "👩‍👩‍👧", "\ud83d"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
  });

test("a diagnosis is at most 2 KiB of JSON, whatever its parts are, and keeps kind and advice", () => {
  expect(diagnosisLimit).toBe(2 * 1024);
  fc.assert(
    fc.property(text(3000), text(3000), text(900), (message, excerpt, key) => {
      const whole = { kind: "memory", message, advice: "Use more.", logUri: `s3://b/${key}`, excerpt };
      const limited = withinLimit(whole);
      expect(jsonBytes(limited)).toBeLessThanOrEqual(diagnosisLimit);
      expect(limited).toMatchObject({ kind: "memory", advice: "Use more." });
      expect(message.startsWith(limited.message.replace(/…$/, ""))).toBe(true);
      if (jsonBytes(whole) <= diagnosisLimit) expect(limited).toEqual(whole);
    }),
  );
});

test("a cut text is the longest that fits, in whole characters", () => {
  fc.assert(
    fc.property(text(400), fc.integer({ min: 0, max: 500 }), (whole, bytes) => {
      const cut = cutToBytes(whole, bytes);
      expect(jsonBytes(cut) - 2).toBeLessThanOrEqual(bytes);
      if (cut === whole || cut === "") return;
      const kept = [...cut.slice(0, -1)];
      expect([...whole].slice(0, kept.length)).toEqual(kept);
      const oneMore = `${[...whole].slice(0, kept.length + 1).join("")}…`;
      expect(jsonBytes(oneMore) - 2).toBeGreaterThan(bytes);
    }),
  );
});

test("from any log, without the secrets in it, and plain JSON for Pulumi's state", async () => {
  const secret = "s3cr3t-välue-語";
  await fc.assert(
    fc.asyncProperty(text(2000), text(2000), text(300), async (before, after, name) => {
      const log = `${before}\nTraceback (most recent call last):\n  File "a"\nValueError: ${secret}${after}\n`;
      const logs: LogReader = {
        list: async (folder) => [{ uri: `${folder}stderr`, size: log.length }],
        tail: async () => ({ text: log, firstLine: 1 }),
      };
      const diagnosis = await diagnose({
        clusterId: "j-1",
        logUri: "s3://logs",
        steps: [{ Id: "s-1", Name: `${name} ${secret}`, Status: { State: "FAILED" } }],
        logs,
        now: new Date(0),
        secrets: [secret],
      });
      expect(jsonBytes(diagnosis)).toBeLessThanOrEqual(diagnosisLimit);
      expect(JSON.stringify(diagnosis)).not.toContain(secret);
      expect(JSON.parse(JSON.stringify(diagnosis))).toStrictEqual(diagnosis);
      expect(diagnosis?.message).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
    }),
  );
});
