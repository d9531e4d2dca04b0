import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { valueAtPath } from "../../provider/inputPaths";
import { secretPaths } from "../../provider/secretPaths";

describe("where secrets are", () => {
  test.each<[string, unknown, string[]]>([
    ["nowhere", { a: 1, b: ["x"], c: pulumi.output("plain") }, []],
    ["a leaf", { a: pulumi.secret("s") }, ["a"]],
    ["in a list", { steps: [{ args: ["x", pulumi.secret("s")] }] }, ["steps[0].args[1]"]],
    ["a whole list", { steps: pulumi.secret(["s"]) }, ["steps"]],
    ["behind a promise", { a: Promise.resolve({ b: pulumi.secret("s") }) }, ["a.b"]],
    ["inside an output that lifts it", { a: pulumi.output({ b: pulumi.secret("s") }) }, ["a"]],
    ["not in files", { file: new pulumi.asset.FileAsset("x") }, []],
  ])("%s", async (_, value, expected) => {
    expect(await secretPaths(value)).toEqual(expected);
  });

  test.each([
    ["steps[0].args[1]", "s"],
    ["steps", [{ args: ["x", "s"] }]],
    ["steps[3].args", undefined],
    ["steps.args", undefined],
    ["properties.javax.jdo.password", "dotted"],
    ["properties.javax.jdo", { user: "nested" }],
    ["properties.javax.jdo.user", "nested"],
    ["properties.javax.jd", undefined],
  ])("value at %s", (path, expected) => {
    const properties = { "javax.jdo.password": "dotted", "javax.jdo": { user: "nested" } };
    expect(valueAtPath({ steps: [{ args: ["x", "s"] }], properties }, path)).toEqual(expected);
  });
});
