import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatClusterName, longestClusterName, parseClusterName } from "../../../provider/pool/clusterName";

const idText = fc.stringMatching(/^[a-z0-9]{1,32}$/);
const parts = fc.record({
  userName: fc.string({ unit: "binary", maxLength: 400 }),
  pool: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
  schema: fc.nat({ max: 999_999_999 }),
  fingerprint: fc.stringMatching(/^[0-9a-f]{16}$/),
  poolId: idText,
  entryId: idText,
  attempt: fc.nat({ max: 999_999_999 }),
});
const example = {
  userName: "nightly",
  pool: "etl.eu.v1",
  schema: 1,
  fingerprint: "0123456789abcdef",
  poolId: "p1",
  entryId: "e1",
  attempt: 3,
};

describe("cluster name", () => {
  it("has the grammar of the contract", () => {
    expect(formatClusterName(example)).toBe("nightly #pe.etl.eu.v1.1.0123456789abcdef.p1.e1.3");
  });

  it("gives back every part but the user's words, fits EMR and holds nothing EMR forbids", () => {
    fc.assert(
      fc.property(parts, (given) => {
        const name = formatClusterName(given);
        expect(name.length).toBeLessThanOrEqual(longestClusterName);
        expect(name).not.toMatch(/[<>$|`\p{Cc}\p{Cs}]/u);
        const read = parseClusterName(name);
        expect({ ...read, userName: "" }).toEqual({ ...given, userName: "" });
        expect(name.startsWith(read!.userName)).toBe(true);
      }),
    );
  });

  it("is the same for the words it gives back", () => {
    fc.assert(
      fc.property(parts, (given) => {
        const name = formatClusterName(given);
        expect(formatClusterName(parseClusterName(name)!)).toBe(name);
      }),
    );
  });

  it("takes no suffix from the user's words", () => {
    fc.assert(
      fc.property(parts, parts, fc.string(), (given, forged, after) => {
        const userName = `${formatClusterName(forged)}${after}`;
        expect(parseClusterName(formatClusterName({ ...given, userName }))).toMatchObject({
          pool: given.pool,
          entryId: given.entryId,
          attempt: given.attempt,
        });
        expect(formatClusterName({ ...given, userName }).split("#pe.").length).toBe(2);
      }),
    );
  });

  it("cuts no character in two", () => {
    for (const spaces of ["", " ", "  "]) {
      const name = formatClusterName({ ...example, userName: `${spaces}x${"😀".repeat(200)}` });
      expect(name).not.toMatch(/\p{Cs}/u);
      expect(name.length).toBeGreaterThan(longestClusterName - 3);
    }
  });

  it.each([
    ["no suffix", "nightly"],
    ["other tool", "job pooling:0.7.4,default,0123"],
    ["words after the suffix", `${formatClusterName(example)} x`],
    ["part missing", "nightly #pe.etl.1.0123456789abcdef.p1.e1"],
    ["no space in front", "nightly#pe.etl.1.0123456789abcdef.p1.e1.3"],
    ["nothing", undefined],
  ])("reads no pool from a name with %s", (_, name) => {
    expect(parseClusterName(name)).toBeUndefined();
  });

  it.each([
    { pool: "a b" },
    { pool: "" },
    { pool: "x".repeat(65) },
    { fingerprint: "xyz" },
    { entryId: "E.1" },
    { attempt: -1 },
    { schema: 1.5 },
  ])("refuses to form a name that could not be read back: %j", (wrong) => {
    expect(() => formatClusterName({ ...example, ...wrong })).toThrow(/INVALID_INPUT/);
  });
});
