import { describe, expect, it } from "vitest";
import { decide } from "../../../provider/pool/decide";
import { rules } from "../../../provider/pool/rules";
import { clusterExamples } from "./clusterRuleExamples";
import { instanceExamples } from "./instanceRuleExamples";
import { settingExamples } from "./settingRuleExamples";
import { context } from "./specBuilders";

const only = [...clusterExamples, ...instanceExamples, ...settingExamples];

describe("each rule alone", () => {
  it.each(only)("%s refuses, and only it", (rule, asked, candidate, reason) => {
    const { join, verdicts } = decide(asked, [candidate], context);
    expect(verdicts[0]!.refused.map((failed) => failed.rule)).toEqual([rule]);
    expect(verdicts[0]!.refused[0]!.reason).toContain(reason);
    expect(verdicts[0]!.refused[0]!.reason.endsWith(` (${rule})`)).toBe(true);
    expect(join).toBeNull();
  });

  it.each(rules.map(({ number }) => number))("without %s a cluster is joined that must not be", (number) => {
    const without = rules.filter((rule) => rule.number !== number);
    const examples = only.filter(([rule]) => rule === number);
    expect(examples.length).toBeGreaterThan(0);
    for (const [, asked, candidate] of examples)
      expect(decide(asked, [candidate], context, without).join).toBe(0);
  });
});
