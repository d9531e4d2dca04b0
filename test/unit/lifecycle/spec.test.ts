import { describe, expect, test } from "vitest";
import type { StepConfig } from "../../../provider/args";
import { keyOf, whoIs } from "../../../provider/lifecycle/jobOf";
import { plainJson } from "../../../provider/lifecycle/plainJson";
import { specHash } from "../../../provider/lifecycle/spec";

const key = "abcdefghijklmnopqrstuvwxyz";
const steps: StepConfig[] = [{ name: "a", hadoopJarStep: { jar: "x.jar", args: ["1", "2"] } }];
const hash = (change: object = {}, jobKey = key) => specHash({ steps, ...change }, jobKey);

describe("hash of the work", () => {
  test.each<[string, object]>([
    ["other steps", { steps: [...steps, ...steps] }],
    [
      "arguments in another order",
      { steps: [{ name: "a", hadoopJarStep: { jar: "x.jar", args: ["2", "1"] } }] },
    ],
    ["an execution role", { executionRoleArn: "arn:aws:iam::123456789012:role/r" }],
    ["triggers", { triggers: ["1"] }],
    ["a local file's content", { assets: [{ sha256: "00", uri: "s3://b/v1/assets/00/f" }] }],
  ])("%s: another", (_, change) => {
    expect(hash(change)).not.toBe(hash());
  });

  test.each<[string, object]>([
    ["keys in another order", { steps: [{ hadoopJarStep: { args: ["1", "2"], jar: "x.jar" }, name: "a" }] }],
    ["no triggers against an empty list", { triggers: [] }],
    ["an absent field", { executionRoleArn: undefined, assets: undefined }],
    ["a secret elsewhere", { secretPaths: ["cluster.kerberosAttributes"] }],
  ])("%s: the same", (_, change) => {
    expect(hash(change)).toBe(hash());
  });

  test("with a secret in it, salted by the job: the same secret elsewhere gives nothing away", () => {
    const secret = { secretPaths: ["steps[0].hadoopJarStep.args[1]"] };
    expect(hash(secret)).toBe(hash(secret));
    expect(hash(secret)).not.toBe(hash());
    expect(hash(secret, "z".repeat(26))).not.toBe(hash(secret));
    expect(hash(secret)).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("identity of a job", () => {
  const urn = "urn:pulumi:prod::shop::my:Comp$pulumi-nodejs:dynamic/emr:PooledEmrJob::nightly";

  test.each<[string, object]>([
    ["scope", { scope: "team-a" }],
    ["organization", { __organization: "acme" }],
    ["stack", { __urn: urn.replace("prod", "dev") }],
    ["project", { __urn: urn.replace("shop", "store") }],
    ["parent", { __urn: urn.replace("my:Comp$", "") }],
    ["name", { __urn: urn.replace("nightly", "weekly") }],
  ])("another %s is another job", (_, change) => {
    expect(keyOf({ __urn: urn, ...change })).not.toBe(keyOf({ __urn: urn }));
    expect(keyOf({ __urn: urn, ...change })).toMatch(/^[a-z2-7]{26}$/);
  });

  test("people read who it is", () => {
    expect(whoIs({ __urn: urn, __organization: "acme" })).toBe("acme/shop/prod nightly");
    expect(whoIs({ __urn: urn })).toBe("organization/shop/prod nightly");
  });
});

test("plain JSON: nothing that Pulumi can't store", () => {
  const value = { a: undefined, b: [{ c: undefined, d: new Date(0) }], e: { f: 1 } };
  expect(plainJson(value)).toStrictEqual({ b: [{ d: "1970-01-01T00:00:00.000Z" }], e: { f: 1 } });
});
