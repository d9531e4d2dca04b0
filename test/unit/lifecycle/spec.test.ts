import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { StepConfig } from "../../../provider/args";
import { keyOf, whoIs } from "../../../provider/lifecycle/jobOf";
import { plainJson } from "../../../provider/lifecycle/plainJson";
import { isSameWork, type SpecInputs, specHash } from "../../../provider/lifecycle/spec";
import { canonicalJson } from "../../../provider/pool/canonicalJson";

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

describe("the same work", () => {
  const sha256 = "ab".repeat(32);
  const written = (uri: string): StepConfig[] => [
    { name: "a", hadoopJarStep: { jar: "x.jar", args: [uri] } },
  ];
  const inStore = (store: string) => {
    const uri = `${store}/v1/assets/${sha256}/job.py`;
    return { steps: written(`py-files=${uri},${uri}`), assets: [{ sha256, uri }] };
  };
  /** As the program writes it, while the store is unknown. */
  const reference = `local-file://${sha256}/${encodeURIComponent("/home/me/job.py")}`;
  const referring = { steps: written(`py-files=${reference},${reference}`) };
  /** As hashes were made before local files were taken without their store. */
  const earlier = (inputs: { steps: StepConfig[]; assets?: { sha256: string }[] }) =>
    createHash("sha256")
      .update(
        canonicalJson({
          steps: inputs.steps,
          triggers: [],
          assets: (inputs.assets ?? []).map((asset) => asset.sha256),
        }),
      )
      .digest("hex")
      .slice(0, 32);
  const first = "s3://bucket/pool";
  const second = 's3://other/odd"prefix/';
  const secret = { secretPaths: ["triggers"] };

  test.each<[string, string, SpecInputs, string]>([
    ["a file in another store", specHash(inStore(first), key), inStore(second), first],
    ["a store that is not known yet", specHash(inStore(first), key), referring, first],
    ["a hash of earlier versions", earlier(inStore(first)), inStore(first), first],
    ["and a slash more", earlier(inStore(first)), inStore(first), `${first}/`],
    ["and another store since", earlier(inStore(first)), inStore(second), first],
    ["and a store that is not known yet", earlier(inStore(first)), referring, first],
    ["an earlier hash without files", earlier({ steps }), { steps }, first],
    ["an input that has become a secret", specHash({ steps }, key), { steps, ...secret }, first],
    ["one that is no secret any more", specHash({ steps, ...secret }, key), { steps }, first],
  ])("%s", (_, spec, inputs, store) => {
    expect(isSameWork(inputs, key, spec, store)).toBe(true);
    expect(isSameWork({ ...inputs, triggers: ["again"] }, key, spec, store)).toBe(false);
  });

  test("not with another file, nor with the file under another name", () => {
    const spec = specHash(inStore(first), key);
    const rename = (from: string, to: string) =>
      JSON.parse(JSON.stringify(inStore(first)).replaceAll(from, to));
    expect(isSameWork(rename("abab", "cdcd"), key, spec, first)).toBe(false);
    expect(isSameWork(rename("job.py", "other.py"), key, spec, first)).toBe(false);
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
