import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decide } from "../../../provider/pool/decide";
import { readSnapshot } from "../../../provider/pool/snapshotCase";

interface ExpectedCase {
  id: string;
  why: string;
  rules: string[];
  expect: { join: number | null };
}

const path = join(__dirname, "../../cases/matching-dev.json");
const json = JSON.parse(readFileSync(path, "utf8")) as { cases: ExpectedCase[] };
const expected = new Map(json.cases.map((item) => [item.id, item]));
const cases = readSnapshot(json, path, new Map());

describe("cases of test/cases/matching-dev.json", () => {
  it.each(cases)("$id", (item) => {
    const { join: index, verdicts } = decide(item.request, item.candidates, item.context);
    const { why, rules, expect: wanted } = expected.get(item.id)!;
    expect(index, `${why}\n${JSON.stringify(verdicts, null, 1)}`).toBe(wanted.join);
    for (const { refused } of verdicts.filter(({ joinable }) => !joinable)) {
      expect(rules).toContain(refused[0]!.rule);
      expect(refused[0]!.reason).toContain(`(${refused[0]!.rule})`);
    }
  });

  it("has them all", () => {
    expect(cases.length).toBe(133);
  });
});
