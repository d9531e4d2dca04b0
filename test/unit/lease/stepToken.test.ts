import fc from "fast-check";
import { expect, test } from "vitest";
import { jobKey } from "../../../provider/lease/jobKey";
import { keys } from "../../../provider/lease/keys";
import { formatStepName, parseStepName, userStepName } from "../../../provider/lease/stepToken";

const key = fc.stringMatching(/^[a-z2-7]{26}$/);
const number = fc.integer({ min: 1, max: 99_999 });

test("the token survives any user name, and the name fits", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 400 }),
      key,
      number,
      number,
      fc.nat(255),
      (name, k, inc, att, index) => {
        const token = { key: k, inc, att, index };
        const full = formatStepName(name, token);
        expect(full.length).toBeLessThanOrEqual(256);
        expect(parseStepName(full)).toEqual(token);
        // Half a character at the cut can't be sent.
        expect(full).not.toMatch(/[\ud800-\udbff] #pj/);
        expect(name.trim().startsWith(userStepName(full))).toBe(true);
      },
    ),
  );
});

test("a user's name can't pass for a token", () => {
  const token = { key: "a".repeat(26), inc: 1, att: 2, index: 3 };
  const fake = `#pj.${"b".repeat(26)}.9.9.9`;
  expect(parseStepName(formatStepName(fake, token))).toEqual(token);
});

test("job keys: 26 base32 characters, and each part counts", () => {
  const identity = {
    scope: "",
    organization: "o",
    project: "p",
    stack: "s",
    parentTypes: ["a", "b"],
    type: "t",
    name: "n",
  };
  const variants = [
    identity,
    { ...identity, scope: "x" },
    { ...identity, organization: "o2" },
    { ...identity, project: "p2" },
    { ...identity, stack: "s2" },
    { ...identity, parentTypes: ["ab"] },
    { ...identity, parentTypes: ["a"], type: "b" },
    { ...identity, type: "t2" },
    { ...identity, name: "n2" },
  ];
  const all = variants.map(jobKey);
  expect(new Set(all).size).toBe(variants.length);
  for (const one of all) expect(one).toMatch(/^[a-z2-7]{26}$/);
  // Pinned: another key would run every job of every user again.
  expect(jobKey(identity)).toBe("byc27pctghuqc2r3fsue3lwvej");
});

test("names from users can't leave the store's prefix", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (name) => {
      let made: string;
      try {
        made = keys.pool(name);
      } catch {
        return;
      }
      expect(made).toBe(`v1/pool/${name}/pool.json`);
      expect(name).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
      expect([".", "..", "..."]).not.toContain(name);
    }),
  );
  for (const bad of ["", ".", "..", "a/b", "a\\b", "%2e", "a b", "a".repeat(65)])
    expect(() => keys.pool(bad)).toThrow("INVALID_INPUT");
});
