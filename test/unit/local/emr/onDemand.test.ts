import { describe, expect, it } from "vitest";
import { LocalClock } from "../../../../local/clock";
import { SignatureAgeCheck } from "../../../../local/emr/signatureAge";
import { Throttle } from "../../../../local/emr/throttle";

const signature = (signedAt: number) => ({
  accessKeyId: "a",
  region: "us-east-1",
  service: "elasticmapreduce",
  signedAt,
});

describe("Throttle", () => {
  const accepted = (throttle: Throttle, operation: string, times: number, now: number) => {
    let count = 0;
    for (let call = 0; call < times; call++)
      try {
        throttle.take("us-east-1", operation, now);
        count++;
      } catch (error) {
        expect(error).toMatchObject({ type: "ThrottlingException", message: "Rate exceeded" });
      }
    return count;
  };

  it.each([
    // Bucket at once, then what has flowed in after 4 seconds.
    { operation: "AddJobFlowSteps", atOnce: 10, later: 2 },
    { operation: "DescribeCluster", atOnce: 10, later: 4 },
    { operation: "ListClusters", atOnce: 20, later: 2 },
    // No quota of its own: the sum's.
    { operation: "ListInstanceGroups", atOnce: 25, later: 20 },
  ])("$operation: $atOnce at once, $later after 4 s", ({ operation, atOnce, later }) => {
    const throttle = new Throttle();
    expect(accepted(throttle, operation, 100, 0)).toBe(atOnce);
    expect(accepted(throttle, operation, 100, 4000)).toBe(later);
  });

  it("a refused call takes nothing from the sum of all", () => {
    const throttle = new Throttle();
    expect(accepted(throttle, "RunJobFlow", 1000, 0)).toBe(10);
    expect(accepted(throttle, "ListInstanceGroups", 100, 0)).toBe(15);
  });
});

describe("SignatureAgeCheck", () => {
  const start = Date.UTC(2026, 10, 20, 12);

  it.each([
    { age: 300, refused: undefined },
    {
      age: 301,
      refused:
        "Signature expired: 20261120T115459Z is now earlier than 20261120T115500Z (20261120T120000Z - 5 min.)",
    },
    { age: -300, refused: undefined },
    {
      age: -301,
      refused:
        "Signature not yet current: 20261120T120501Z is now later than 20261120T120500Z (20261120T120000Z + 5 min.)",
    },
  ])("a signature of $age s: $refused", ({ age, refused }) => {
    const check = new SignatureAgeCheck(signature(start - age * 1000), new LocalClock({ wall: () => start }));
    if (refused === undefined) expect(() => check.check(300)).not.toThrow();
    else expect(() => check.check(300)).toThrow(refused);
    expect(() => check.check(null)).not.toThrow();
  });

  it("counts the time from arrival, whichever clock the client goes by", async () => {
    const clock = new LocalClock({ wall: () => start });
    await clock.advance(3_600_000);
    const checks = [start, clock.now()].map((signedAt) => new SignatureAgeCheck(signature(signedAt), clock));
    for (const check of checks) expect(() => check.check(300)).not.toThrow();
    await clock.advance(301_000);
    for (const check of checks) expect(() => check.check(300)).toThrow("Signature expired");
    clock.close();
  });
});
