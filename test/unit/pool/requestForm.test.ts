import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PooledEmrError } from "../../../provider/errors";
import { decide } from "../../../provider/pool/decide";
import { shippedInstanceTypes } from "../../../provider/pool/instanceTypes";
import { readSnapshot } from "../../../provider/pool/snapshotCase";

type Json = Record<string, unknown>;
const cases = (
  JSON.parse(readFileSync(join(__dirname, "../../cases/matching-dev.json"), "utf8")) as {
    cases: (Json & { id: string; request: Json & { Instances: Json }; clusters: Json[] })[];
  }
).cases;
const caseOf = (id: string) => structuredClone(cases.find((item) => item.id === id)!);
const groups = caseOf("ebs-same");
const fleets = caseOf("fleet-ebs-optimized-both");

/** The value with another one in place of what is at the path. */
function replaced(value: unknown, [first, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (first === undefined) return by;
  const copy = structuredClone(value) as Json;
  copy[first] = replaced(copy[first], rest, by);
  return copy;
}

function judged(item: unknown): { join: number | null; rules: string[] } {
  const [read] = readSnapshot(item, "cases.json", shippedInstanceTypes);
  const { join: index, verdicts } = decide(read!.request, read!.candidates, read!.context);
  return { join: index, rules: verdicts.flatMap(({ refused }) => refused.map(({ rule }) => rule)) };
}

describe("a malformed request matches nothing, by the rule that compares it", () => {
  const group = ["request", "Instances", "InstanceGroups", 0];
  const fleet = ["request", "Instances", "InstanceFleets", 0];
  const type = [...fleet, "InstanceTypeConfigs", 0];

  it("well-formed, both are joined", () => {
    expect([judged(groups).join, judged(fleets).join]).toEqual([0, 0]);
  });

  it.each<[string, unknown, readonly (string | number)[], unknown]>([
    ["R22", groups, ["request", "Instances"], "x"],
    ["R22", groups, ["request", "Instances", "InstanceGroups"], "x"],
    ["R22", groups, ["request", "Instances", "InstanceGroups"], [null]],
    ["R22", groups, [...group, "InstanceRole"], 1],
    ["R22", groups, [...group, "EbsConfiguration"], "x"],
    ["R22", groups, [...group, "EbsConfiguration", "EbsBlockDeviceConfigs"], "foo"],
    ["R22", groups, [...group, "EbsConfiguration", "EbsBlockDeviceConfigs"], [null]],
    ["R22", groups, [...group, "EbsConfiguration", "EbsBlockDeviceConfigs", 0, "VolumesPerInstance"], 1e9],
    ["R22", groups, [...group, "EbsConfiguration", "EbsBlockDeviceConfigs", 0, "VolumeSpecification"], "x"],
    ["R22", groups, [...group, "Configurations"], [null]],
    ["R25", groups, [...group, "InstanceCount"], "1"],
    ["R25", groups, [...group, "InstanceCount"], -1],
    ["R37", fleets, ["request", "Instances", "InstanceFleets"], [null]],
    ["R37", fleets, ["request", "Instances", "InstanceFleets"], "x"],
    ["R37", fleets, [...fleet, "TargetOnDemandCapacity"], "1"],
    ["R37", fleets, [...fleet, "InstanceTypeConfigs"], "abc"],
    ["R37", fleets, [...fleet, "InstanceTypeConfigs"], [null]],
    ["R37", fleets, [...type, "EbsConfiguration"], "x"],
    ["R37", fleets, [...type, "Configurations"], [null]],
    ["R9", groups, ["request", "Configurations"], [null]],
    ["R9", groups, ["request", "Configurations"], "x"],
    ["R9", groups, ["request", "Configurations"], [{ Classification: "a", Properties: { p: { q: 1 } } }]],
    ["R9", groups, ["request", "Configurations"], [{ Classification: "a", Configurations: [7] }]],
    ["R6", groups, ["request", "ReleaseLabel"], 6],
    ["R8", groups, ["request", "Applications"], "Hadoop"],
    ["R8", groups, ["request", "Applications"], [null]],
    ["R10", groups, ["request", "BootstrapActions"], [null]],
    ["R10", groups, ["request", "BootstrapActions"], "x"],
    ["R15", groups, ["request", "Instances", "Ec2SubnetIds"], "subnet-1"],
    ["X1", groups, ["request", "ServiceRole"], 7],
    ["X1", groups, ["request", "Instances", "AdditionalMasterSecurityGroups"], "sg-1"],
    ["X8", groups, ["request", "ManagedScalingPolicy"], "x"],
  ])("%s: %#", (rule, item, path, value) => {
    const { join: index, rules } = judged(replaced(item, path, value));
    expect([index, rules[0]]).toEqual([null, rule]);
  });

  it("and neither it nor anything else in a case ends the whole run without naming the case", () => {
    const paths: (string | number)[][] = [];
    const visit = (value: unknown, path: (string | number)[]) => {
      if (path.length > 0) paths.push(path);
      if (value === null || typeof value !== "object") return;
      for (const key of Object.keys(value))
        visit((value as Json)[key], [...path, Array.isArray(value) ? Number(key) : key]);
    };
    const both = [groups, fleets, caseOf("lock-expired")];
    fc.assert(
      fc.property(fc.constantFrom(...both), fc.nat(), fc.jsonValue({ maxDepth: 2 }), (item, pick, value) => {
        paths.length = 0;
        visit(item, []);
        const other = replaced(item, paths[pick % paths.length]!, value);
        try {
          judged(other);
        } catch (error) {
          expect(error).toBeInstanceOf(PooledEmrError);
          expect((error as PooledEmrError).code).toBe("INVALID_ARGUMENT");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("times of a case", () => {
  it("that can't be read are an error that names the case", () => {
    expect(() => judged({ cases: [groups, { ...groups, id: "b", now: "soon" }] })).toThrow(
      /^cases\.json: case b is not a snapshot: .*expected a time such as 2026-11-20T10:00:00Z → at now\. Correct/,
    );
  });

  it("a cluster that EMR can't have described is an error that names the case and the place", () => {
    const clusters = [{ ...groups.clusters[0], InstanceGroups: [null] }];
    expect(() => judged({ cases: [{ ...groups, clusters }] })).toThrow(
      /^cases\.json: case ebs-same is not a snapshot: .*at clusters\[0\]\.InstanceGroups\[0\]\./,
    );
  });

  it.each([
    ["2024-06-01T11:59:59Z", true],
    ["2024-06-01T12:00:01Z", false],
    [Date.parse("2024-06-01T11:59:59Z") / 1000, true],
    [`${Date.parse("2024-06-01T12:00:01Z") / 1000}.000000`, false],
    [1e20, false],
    ["no time", true],
    [null, false],
  ])("a lock until %j lets the job pass: %s", (expiresAt, passes) => {
    const clusters = [{ ...groups.clusters[0], lock: { owner: "other", expiresAt } }];
    const now = "2024-06-01T12:00:00Z";
    expect(judged({ ...groups, clusters, now })).toEqual({
      join: passes ? 0 : null,
      rules: passes ? [] : ["R41"],
    });
  });
});
