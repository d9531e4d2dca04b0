import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePath, withIgnoredChanges } from "../../../../local/pulumi/propertyPath";
import {
  containsSecrets,
  containsUnknowns,
  fromStruct,
  makeSecret,
  type PropertyMap,
  secretSignature,
  signatureKey,
  toStruct,
  unknownValue,
  withoutOutputValues,
  withoutSecrets,
  withSecretsOf,
} from "../../../../local/pulumi/propertyValues";
import { parseUrn, resourceUrn } from "../../../../local/pulumi/urn";

const secret = (value: string) => ({ [signatureKey]: secretSignature, value });

describe("secrets of outputs", () => {
  const rows: [name: string, outputs: PropertyMap, inputs: PropertyMap, expected: PropertyMap][] = [
    ["the same key", { a: "x", b: "y" }, { a: secret("x") }, { a: secret("x"), b: "y" }],
    [
      "a leaf of an object",
      { o: { p: "x", q: 1 } },
      { o: { p: secret("x"), q: 1 } },
      { o: { p: secret("x"), q: 1 } },
    ],
    [
      "an element hides its array",
      { l: ["x", "y"] },
      { l: ["x", secret("y")] },
      { l: makeSecret(["x", "y"]) },
    ],
    ["another key stays plain", { copy: "x" }, { a: secret("x") }, { copy: "x" }],
    ["already secret", { a: secret("x") }, { a: secret("x") }, { a: secret("x") }],
  ];
  it.each(rows)("%s", (_name, outputs, inputs, expected) => {
    expect(withSecretsOf(outputs, inputs)).toEqual(expected);
  });

  it("are all gone for a provider that does not accept them", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const wrapped = { a: makeSecret(value as string), b: [makeSecret("x"), { c: makeSecret(1) }] };
        const plain = withoutSecrets(wrapped);
        expect(containsSecrets(plain)).toBe(false);
        expect(plain).toEqual({ a: withoutSecrets(value as string), b: ["x", { c: 1 }] });
      }),
    );
  });
});

describe("values on the wire", () => {
  it("come back from a protobuf struct as they went", () => {
    // google-protobuf, and so the SDK, assigns each key: `__proto__` is lost there as it is here.
    const json = fc
      .dictionary(fc.string({ minLength: 1 }), fc.jsonValue())
      .filter((properties) => !JSON.stringify(properties).includes("__proto__"));
    fc.assert(
      fc.property(json, (properties) => {
        const plain = JSON.parse(JSON.stringify(properties)) as PropertyMap;
        expect(fromStruct(toStruct(plain))).toEqual(plain);
      }),
    );
  });

  it("unwraps output values: unknown without a value, secret where it says so", () => {
    const output = (rest: PropertyMap) => ({ [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...rest });
    const unwrapped = withoutOutputValues({
      known: output({ value: 1 }),
      later: output({}),
      hidden: output({ value: "x", secret: true }),
    });
    expect(unwrapped).toEqual({ known: 1, later: unknownValue, hidden: secret("x") });
    expect(containsUnknowns(unwrapped)).toBe(true);
  });
});

describe("paths of ignoreChanges", () => {
  it.each([
    ["a", ["a"]],
    ["a.b[2]", ["a", "b", 2]],
    ['root["key.with.dots"].*', ["root", "key.with.dots", "*"]],
    ["list[*].name", ["list", "*", "name"]],
  ])("%s", (text, path) => expect(parsePath(text)).toEqual(path));

  const old = { a: 1, o: { p: 1, q: 1 }, l: [{ n: 1 }, { n: 2 }], gone: 1 };
  const rows: [path: string, inputs: PropertyMap, expected: PropertyMap][] = [
    ["a", { a: 2, o: {} }, { a: 1, o: {} }],
    ["o.p", { o: { p: 2, q: 2 } }, { o: { p: 1, q: 2 } }],
    ["l[*].n", { l: [{ n: 8 }, { n: 9 }, { n: 10 }] }, { l: [{ n: 1 }, { n: 2 }, { n: 10 }] }],
    ["gone", {}, { gone: 1 }],
    ["added", { added: 1 }, {}],
    ["*", { a: 2, new: 3 }, old],
  ];
  it.each(rows)("%s keeps what was there", (path, inputs, expected) => {
    expect(withIgnoredChanges(inputs, old, [path])).toEqual(expected);
  });
});

describe("URNs", () => {
  const stack = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev";
  const group = resourceUrn("dev", "p", stack, "my:index:Group", "g");
  it.each([
    [resourceUrn("dev", "p", undefined, "pulumi:pulumi:Stack", "p-dev"), stack],
    [resourceUrn("dev", "p", stack, "a:b:C", "n"), "urn:pulumi:dev::p::a:b:C::n"],
    [resourceUrn("dev", "p", group, "a:b:C", "n"), "urn:pulumi:dev::p::my:index:Group$a:b:C::n"],
  ])("%s", (made, expected) => expect(made).toBe(expected));

  it("come apart again, also with colons in the name", () => {
    const urn = resourceUrn("dev", "p", group, "a:b:C", "x::y");
    expect(parseUrn(urn)).toEqual({
      stack: "dev",
      project: "p",
      qualifiedType: "my:index:Group$a:b:C",
      type: "a:b:C",
      name: "x::y",
    });
  });
});
