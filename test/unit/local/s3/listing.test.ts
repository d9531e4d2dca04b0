import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareUtf8, listPage } from "../../../../local/s3/listing";

const utf8Order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const key = fc.string({
  unit: fc.constantFrom("a", "b", "/", "-", "ä", "\uffee", "\u{1F600}"),
  minLength: 1,
  maxLength: 6,
});

describe("compareUtf8", () => {
  it("is the order of the UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(utf8Order(a, b)));
      }),
    );
  });
});

describe("listPage", () => {
  /** What a listing means, without pages: each key, or the common prefix it is rolled up into, once. */
  function wholeListing(keys: readonly string[], prefix: string, delimiter: string) {
    const items = keys
      .filter((one) => one.startsWith(prefix))
      .map((one) => {
        const at = delimiter === "" ? -1 : one.indexOf(delimiter, prefix.length);
        return at < 0 ? one : one.slice(0, at + delimiter.length);
      });
    return [...new Set(items)].sort(utf8Order);
  }

  it("pages of any size add up to the whole listing, nothing twice, in order", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 30 }),
        fc.oneof(fc.constant(""), key),
        fc.constantFrom("", "/", "a"),
        fc.integer({ min: 1, max: 5 }),
        (keys, prefix, delimiter, maxKeys) => {
          const sorted = [...keys].sort(utf8Order);
          const listed: string[] = [];
          let after: string | undefined;
          for (;;) {
            const page = listPage(sorted, { prefix, delimiter, after, maxKeys });
            const items = [...page.keys, ...page.commonPrefixes].sort(utf8Order);
            expect(items.length).toBeLessThanOrEqual(maxKeys);
            listed.push(...items);
            if (!page.truncated) {
              break;
            }
            expect(items).toHaveLength(maxKeys);
            after = page.last;
          }
          expect(listed).toEqual(wholeListing(sorted, prefix, delimiter));
        },
      ),
    );
  });

  it("starts after a key that need not be there", () => {
    const sorted = ["a", "b/1", "b/3", "c"];
    const list = (after: string, delimiter = "") =>
      listPage(sorted, { prefix: "", delimiter, after, maxKeys: 10 });
    expect(list("b/2").keys).toEqual(["b/3", "c"]);
    expect(list("a").keys).toEqual(["b/1", "b/3", "c"]);
    expect(list("b/1", "/")).toMatchObject({ keys: ["c"], commonPrefixes: ["b/"] });
    expect(list("z").keys).toEqual([]);
  });

  it("is empty with max-keys 0", () => {
    expect(listPage(["a"], { prefix: "", delimiter: "", maxKeys: 0 })).toMatchObject({
      keys: [],
      truncated: false,
    });
  });
});
