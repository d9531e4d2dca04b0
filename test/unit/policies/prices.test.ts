import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseInstanceType } from "../../../policies/instanceType";
import { maximumInstances, maximumPrice } from "../../../policies/prices/maximumPrice";
import { priceTable } from "../../../policies/prices/priceTable";
import { JobClusterView } from "../../../policies/views/jobClusterView";
import type { JobProps } from "../../../policies/views/jobProps";
import { judge, setAt } from "../../support/policies/judge";
import { goodFleetJobProps, goodJobProps, jobResource, type Props } from "../../support/policies/programs";

const prices = priceTable("");
const view = (props: Props, changes: Record<string, unknown> = {}) => {
  for (const [at, value] of Object.entries(changes)) setAt(props, at, value);
  return new JobClusterView(props as JobProps);
};

describe("a type's hourly price", () => {
  it.each([
    // EC2's list price and a quarter of it for EMR, 0.27 at most.
    { type: "m5.xlarge", perHour: 0.192 + 0.048 },
    { type: "m5.large", perHour: 0.096 + 0.024 },
    { type: "r6g.4xlarge", perHour: 0.8064 + 0.2016 },
    { type: "m5.12xlarge", perHour: 2.304 + 0.27 },
    { type: "i2.xlarge", perHour: 0.853 + 0.21325 },
    { type: "m1.medium", perHour: 0.0875 * 1.25 },
    { type: "g5.xlarge", perHour: 1.006 + 0.2515 },
  ])("$type", ({ type, perHour }) => expect(prices.hourly(type)).toBeCloseTo(perHour, 6));

  it.each(["u9z.xlarge", "m5.metal", "m5", "", "../m5.xlarge"])("%j is unknown", (type) =>
    expect(prices.hourly(type)).toBeUndefined(),
  );
});

describe("a cluster's maximum", () => {
  const fleet = "cluster.managedScalingPolicy.computeLimits";
  it.each([
    { what: "groups as asked", cluster: view(goodJobProps()), nodes: 3, perHour: 0.408 + 2 * 0.204 },
    {
      what: "a group's own scaling",
      cluster: view(goodJobProps(), {
        "cluster.instances.instanceGroups.1.autoScalingPolicy.constraints.maxCapacity": 10,
      }),
      nodes: 11,
      perHour: 0.408 + 10 * 0.204,
    },
    {
      what: "managed scaling in instances",
      cluster: view(goodJobProps(), {
        [fleet]: { unitType: "Instances", minimumCapacityUnits: 2, maximumCapacityUnits: 20 },
      }),
      nodes: 21,
      perHour: 0.408 + 20 * 0.204,
    },
    {
      what: "managed scaling in vCPUs",
      cluster: view(goodJobProps(), {
        [fleet]: { unitType: "VCPU", minimumCapacityUnits: 8, maximumCapacityUnits: 80 },
      }),
      nodes: 21,
      perHour: 0.408 + 20 * 0.204,
    },
    {
      what: "managed scaling in fleet units, at the dearest type",
      cluster: view(goodFleetJobProps()),
      nodes: 5,
      // 16 units asked for and allowed: 8 of core at m7g's, 8 of task at r7g's price for 4 units each.
      perHour: 0.408 + (16 / 4) * 0.2142 * 1.25,
    },
    {
      what: "the legacy form",
      cluster: view(goodJobProps(), {
        "cluster.instances": {
          masterInstanceType: "m5.xlarge",
          slaveInstanceType: "m5.large",
          instanceCount: 3,
        },
      }),
      nodes: 3,
      perHour: 0.24 + 2 * 0.12,
    },
  ])("$what", ({ cluster, nodes, perHour }) => {
    expect(maximumInstances(cluster)).toBe(nodes);
    const estimate = maximumPrice(cluster, prices);
    expect(estimate.perHour).toBeCloseTo(perHour, 6);
    expect(estimate.unpriced).toEqual([]);
  });

  it("needs no price of what it has no nodes of", () => {
    const none = { instanceRole: "TASK", instanceType: "u9z.xlarge", instanceCount: 0 };
    const changed = view(goodJobProps(), { "cluster.instances.instanceGroups.2": none });
    expect(maximumPrice(changed, prices).unpriced).toEqual([]);
  });

  it("names the types that have no price", () => {
    const changed = view(goodJobProps(), { "cluster.instances.instanceGroups.1.instanceType": "u9z.xlarge" });
    expect(maximumPrice(changed, prices)).toEqual({
      perHour: expect.closeTo(0.408, 6),
      unpriced: ["u9z.xlarge"],
    });
  });
});

describe("a type without a price", () => {
  const large = jobResource("job");
  setAt(large.props, "cluster.instances.instanceGroups.1", {
    instanceRole: "CORE",
    instanceType: "p4d.24xlarge",
    instanceCount: 40,
  });
  const what = { message: expect.stringMatching(/^(.+\n)?The price of p4d\.24xlarge is unknown/) };

  it("is refused where a limit on prices must hold, and advised of elsewhere", () => {
    const policy = "hourly-price-limit";
    expect(judge(policy, large, { profile: "strict" })).toEqual([{ resource: undefined, ...what }]);
    expect(judge(policy, large, { profile: "prod" })).toEqual([{ resource: undefined, ...what }]);
    expect(judge(policy, large, { profile: "dev" })).toEqual([{ level: "advisory", ...what }]);
    expect(judge(policy, large, { config: { refuseUnpriced: false } })).toEqual([
      { level: "advisory", ...what },
    ]);
  });

  it("is named beside a sum that passes the limit without it", () => {
    const found = judge("hourly-price-limit", large, { config: { limit: 0.1 } });
    expect(found).toEqual([
      { resource: undefined, message: expect.stringMatching(/^The cluster may cost \$0\.41 an hour/) },
      { resource: undefined, ...what },
    ]);
  });
});

describe("a price file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "price file "));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (content: unknown) => {
    const at = path.join(folder, "prices.json");
    writeFileSync(at, typeof content === "string" ? content : JSON.stringify(content));
    return at;
  };
  const content = {
    date: "2026-11-01",
    region: "eu-west-1",
    currency: "USD",
    emr: { shareOfEc2: 0.1, maximumPerInstance: 1 },
    familiesPerXlarge: { m5: 1 },
    types: { "m5.large": 5 },
  };

  it("replaces the snapshot, date and region included", () => {
    const table = priceTable(file(content));
    expect(table.caption).toBe("estimated from list prices of eu-west-1 dated 2026-11-01");
    expect(table.hourly("m5.2xlarge")).toBeCloseTo(2.2, 6);
    expect(table.hourly("m5.large")).toBeCloseTo(5.5, 6);
    expect(table.hourly("m7g.xlarge")).toBeUndefined();
  });

  it.each([
    { what: "is no JSON", broken: "{", says: /JSON/ },
    { what: "has a field that isn't known", broken: { ...content, extra: 1 }, says: /extra/ },
    { what: "has a price below zero", broken: { ...content, types: { "m5.large": -1 } }, says: /types/ },
    { what: "has no date", broken: { ...content, date: undefined }, says: /date/ },
  ])("that $what is refused by name", ({ broken, says }) => {
    const at = file(broken);
    expect(() => priceTable(at)).toThrow(says);
    expect(() => priceTable(at)).toThrow(/priceFile .*prices\.json.*\[INVALID_INPUT\]$/s);
  });

  it("that isn't there is refused by name", () => {
    expect(() => priceTable(path.join(folder, "none.json"))).toThrow(/ENOENT.*none\.json/s);
  });
});

describe("an instance type's name", () => {
  it.each([
    {
      name: "m6gd.2xlarge",
      expected: { family: "m6gd", series: "m", isGraviton: true, hasInstanceStore: true, vcpus: 8 },
    },
    { name: "g4dn.xlarge", expected: { series: "g", isGraviton: false, hasInstanceStore: true, vcpus: 4 } },
    { name: "im4gn.large", expected: { series: "im", isGraviton: true, hasInstanceStore: true, vcpus: 2 } },
    { name: "a1.medium", expected: { isGraviton: true, vcpus: 1 } },
    { name: "c7i-flex.8xlarge", expected: { family: "c7i-flex", isGraviton: false, vcpus: 32 } },
    { name: "r6g.metal", expected: { isGraviton: true, vcpus: undefined } },
  ])("$name", ({ name, expected }) => expect(parseInstanceType(name)).toMatchObject(expected));

  it.each(["", "m5", "m5.", "M5.xlarge", "s3://x"])("%j is none", (name) =>
    expect(parseInstanceType(name)).toBeUndefined(),
  );
});
