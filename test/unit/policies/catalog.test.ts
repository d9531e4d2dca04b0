import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { catalog } from "../../../policies/catalog";
import { commonConfig } from "../../../policies/exemptions";
import { configSchemaIn, levelIn } from "../../../policies/profiles";
import { keptClusterDefaults } from "../../../policies/views/jobProps";
import type { ClusterSpec } from "../../../provider/args";
import { inPlaceOf, longestIdleTimeout } from "../../../provider/clusterLifecycle/inPlace";

const rules = path.join(__dirname, "../../../policies/rules");
const sentence = /^[A-Z].*[^.]\.$/s;

it("holds every rule's file, once", () => {
  const files = readdirSync(rules).map((file) => path.basename(file, ".ts"));
  const names = catalog.map(({ name }) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()));
  expect([...names].sort()).toEqual(files.sort());
  expect(new Set(names).size).toBe(names.length);
});

it("begins with idle timeouts and pool names, mandatory in every profile", () => {
  const [idle, pool] = catalog;
  expect([idle!.name, pool!.name]).toEqual(["idle-timeout-required", "pool-name-allowed"]);
  for (const profile of ["dev", "prod", "strict"] as const)
    expect([levelIn(profile, idle as never), levelIn(profile, pool as never)]).toEqual([
      "mandatory",
      "mandatory",
    ]);
});

describe.each(catalog.map((policy) => ({ name: policy.name, policy })))("$name", ({ policy }) => {
  it("is described in full", () => {
    expect(policy.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    for (const text of [policy.description, policy.why, policy.remediationSteps])
      expect(text).toMatch(sentence);
    expect(policy.url).toMatch(/^https:\/\//);
    expect(policy.tags.length).toBeGreaterThan(0);
    expect(policy.check ?? policy.checkStack).toBeDefined();
    expect(policy.check === undefined).toBe(policy.kinds === undefined);
  });

  it("has a configuration with descriptions, defaults and bounds", () => {
    for (const [key, property] of Object.entries({ ...(policy.config as object), ...commonConfig })) {
      expect(key).toMatch(/^[a-z][A-Za-z]*$/);
      expect(property.description, key).toMatch(sentence);
      expect(property, key).toHaveProperty("default");
      if (property.type === "integer" || property.type === "number") {
        expect(property.minimum ?? property.exclusiveMinimum, key).toBeTypeOf("number");
        expect(property.maximum, key).toBeTypeOf("number");
      }
    }
    expect(
      Object.keys(policy.config).filter((key) => key in commonConfig || key === "enforcementLevel"),
    ).toEqual([]);
  });

  it("has defaults of profiles for properties that exist", () => {
    for (const profile of ["dev", "prod", "strict"] as const) {
      expect(Object.keys(policy.config)).toEqual(
        expect.arrayContaining(Object.keys(policy.profileConfig?.[profile] ?? {})),
      );
      expect(Object.keys(configSchemaIn(profile, policy as never).properties)).toEqual([
        ...Object.keys(policy.config),
        ...Object.keys(commonConfig),
      ]);
    }
  });

  it("is no stricter in dev than in prod, and no laxer in strict", () => {
    const order = ["disabled", "advisory", "remediate", "mandatory"];
    const [dev, prod, strict] = (["dev", "prod", "strict"] as const).map((profile) =>
      order.indexOf(levelIn(profile, policy as never)),
    );
    expect(dev).toBeLessThanOrEqual(prod!);
    expect(strict).toBeGreaterThanOrEqual(prod!);
    if (policy.tags.includes("security")) expect(levelIn("strict", policy as never)).toBe("mandatory");
  });
});

it("takes the defaults of the resources for its own", () => {
  expect(keptClusterDefaults.idleTimeout).toBe(longestIdleTimeout);
  const cluster = { instances: undefined } satisfies ClusterSpec;
  expect(keptClusterDefaults.idleTimeout).toBe(inPlaceOf(cluster).idleTimeout);
});
