import { describe, expect, it } from "vitest";
import { judge, judgeStack, remediate, setAt, unknown } from "../../support/policies/judge";
import {
  clusterResource,
  goodClusterProps,
  goodJobProps,
  goodKeptClusterProps,
  jobResource,
  keptClusterResource,
} from "../../support/policies/programs";

const wrong = (idleTimeout: unknown = 7200) => {
  const props = goodJobProps();
  setAt(props, "cluster.autoTerminationPolicy.idleTimeout", idleTimeout);
  return jobResource("job", props);
};
const now = new Date("2026-11-20T12:00:00Z");
const pool = (until?: string, name = "etl") => ({
  config: { exemptPools: [{ pool: name, reason: "migration of the nightly load", until }] },
  now,
});
const stack = (name: string, until = "2026-12-31") => ({
  config: { exemptStacks: [{ stack: name, reason: "migration of the nightly load", until }] },
  now,
});
const policy = "idle-timeout-required";

describe("an exemption", () => {
  it.each([
    { what: "its pool", surroundings: pool("2026-12-31") },
    { what: "its pool, on the last day", surroundings: pool("2026-11-20") },
    { what: "its stack", surroundings: stack("prod") },
    { what: "its project and stack", surroundings: stack("etl/prod") },
  ])("lets a job pass by $what, and keeps it as it is", ({ surroundings }) => {
    expect(judge(policy, wrong(), surroundings)).toEqual([]);
    expect(remediate(policy, wrong(), surroundings)).toBeUndefined();
  });

  it.each([
    { what: "another pool", surroundings: pool("2026-12-31", "other") },
    { what: "another stack", surroundings: stack("dev") },
    { what: "another project", surroundings: stack("other/prod") },
  ])("of $what does not count", ({ surroundings }) => {
    expect(judge(policy, wrong(), surroundings)).toHaveLength(1);
    expect(remediate(policy, wrong(), surroundings)).toBeDefined();
  });

  it("by pool does not count for a raw cluster", () => {
    const props = { ...goodClusterProps(), autoTerminationPolicy: undefined };
    expect(judge(policy, clusterResource("cluster", props), pool("2026-12-31"))).toHaveLength(1);
  });

  it("that has ended is reported as advice, and the rule holds again", () => {
    const [expired, violation, ...more] = judge(policy, wrong(), pool("2026-11-19"));
    expect(expired).toEqual({
      level: "advisory",
      message: [
        "A cluster must end by itself after a bounded idle time.",
        "The exemption of pool etl (migration of the nightly load) ended on 2026-11-19. Allowed: exemptions whose end date has not passed. An exemption nobody looks at again is a rule nobody keeps. Remove it from the policy's configuration, or give it a new end date.",
      ].join("\n"),
    });
    expect(violation!.message).toContain("is 7200 s.");
    expect(more).toEqual([]);
  });

  it("that has ended is reported also where the rule is kept", () => {
    expect(judge(policy, wrong(600), pool("2026-11-19"))).toMatchObject([{ level: "advisory" }]);
  });

  it("without an end date is none", () => {
    expect(judge(policy, wrong(), pool(undefined))).toMatchObject([
      { level: "advisory", message: expect.stringContaining("has no end date") },
      { message: expect.stringContaining("is 7200 s.") },
    ]);
  });

  it.each(["9999-99-99", "2027-02-30", "2027-02-29", "2026-12-32", "2026-13-01", "tomorrow", ""])(
    "that ends on %j, no day of the calendar, is none",
    (until) => {
      const [report, violation, ...more] = judge(policy, wrong(), pool(until));
      expect(report).toEqual({
        level: "advisory",
        message: [
          "A cluster must end by itself after a bounded idle time.",
          `The exemption of pool etl (migration of the nightly load) ends on "${until}", which is no day of the calendar. Allowed: a date YYYY-MM-DD, such as 2027-01-31; until then the exemption does not hold. An exemption nobody looks at again is a rule nobody keeps. Remove it from the policy's configuration, or give it a new end date.`,
        ].join("\n"),
      });
      expect(violation!.message).toContain("is 7200 s.");
      expect(more).toEqual([]);
      expect(remediate(policy, wrong(), pool(until))).toBeDefined();
    },
  );

  it("may end on the 29th of February of a leap year", () => {
    expect(judge(policy, wrong(), pool("2028-02-29"))).toEqual([]);
  });

  it("by pool lets a kept cluster of the pool pass by", () => {
    const props = goodKeptClusterProps();
    setAt(props, "cluster.autoTerminationPolicy", undefined);
    expect(judge(policy, keptClusterResource("warm", props), pool("2026-12-31"))).toEqual([]);
    expect(judge(policy, keptClusterResource("warm", props), pool("2026-12-31", "other"))).toHaveLength(1);
  });

  it("by pool waits for the pool's name at preview", () => {
    const resource = wrong();
    setAt(resource.props, "pool.name", unknown);
    expect(judge(policy, resource, pool("2026-12-31"))).toEqual([]);
    expect(judge(policy, resource, { now })).toHaveLength(1);
  });

  it("that has ended is reported once for a stack", () => {
    const jobs = Array.from({ length: 21 }, (_, index) => ({ ...wrong(), name: `job-${index}` }));
    const found = judgeStack("stack-max-jobs", jobs, pool("2026-11-19"));
    expect(found).toMatchObject([
      { level: "advisory" },
      { message: expect.stringContaining("21 pooled jobs") },
    ]);
  });
});
