import { describe, expect, it } from "vitest";
import type { Candidate, PoolRequest } from "../../../provider/pool/candidate";
import { decide, refusals } from "../../../provider/pool/decide";
import { candidateOf, plainCluster, poolRequest } from "./poolFixtures";
import { context, now, set, withGroups } from "./specBuilders";

describe("choice", () => {
  const sized = (id: string, count: number, facts: Partial<Candidate["live"]> = {}) =>
    candidateOf(withGroups([{}, { InstanceRole: "CORE", InstanceCount: count }]), facts, id);
  const ids = (request: PoolRequest, candidates: Candidate[]) =>
    decide(request, candidates, context).ranking.map((index) => candidates[index]!.id);
  const small = withGroups([{}, { InstanceRole: "CORE", InstanceCount: 1 }]);

  it("takes most compute first, or least with best-fit", () => {
    const candidates = [sized("j-2", 2), sized("j-9", 9), sized("j-1", 1)];
    expect(ids(poolRequest(small), candidates)).toEqual(["j-9", "j-2", "j-1"]);
    expect(ids(poolRequest(small, { prefer: "best-fit" }), candidates)).toEqual(["j-1", "j-2", "j-9"]);
  });

  it("then the longest idle, then by id", () => {
    const at = (minutes: number) => ({ lastActivity: now.getTime() - minutes * 60_000 });
    const candidates = [sized("j-c", 1, at(1)), sized("j-b", 1, at(2)), sized("j-a", 1, at(1))];
    expect(ids(poolRequest(small), candidates)).toEqual(["j-b", "j-a", "j-c"]);
  });

  it("joins a cluster named by its id, whatever it is", () => {
    const candidates = [sized("j-1", 9), { ...sized("j-2", 1), pool: null }];
    expect(ids(poolRequest(small, { clusterId: "j-2" }), candidates)).toEqual(["j-2"]);
  });

  it("lists refusals nearest miss first", () => {
    const candidates = [
      { ...candidateOf(plainCluster, {}, "j-pool"), pool: "other" },
      candidateOf(set({ ReleaseLabel: "emr-6.0.0", ServiceRole: "x" }), {}, "j-two"),
      candidateOf(set({ ReleaseLabel: "emr-6.0.0" }), {}, "j-release"),
      candidateOf(plainCluster, { state: "STARTING" }, "j-starting"),
      candidateOf(withGroups([{}, { InstanceRole: "CORE" }]), {}, "j-small"),
    ];
    const found = refusals(decide(poolRequest(), candidates, context));
    expect(found.map(({ clusterId }) => clusterId)).toEqual([
      "j-starting",
      "j-small",
      "j-release",
      "j-two",
      "j-pool",
    ]);
  });

  it("waits only for what can pass", () => {
    const busy = candidateOf(plainCluster, { slots: { total: 1, taken: 1 } });
    const never = candidateOf(set({ StepConcurrencyLevel: 2 }), { slots: { total: 2, taken: 0 } });
    const request = poolRequest(plainCluster, { maxConcurrentSteps: 2, stepsToAdd: 3, parallelSteps: true });
    expect(decide(poolRequest(), [busy], context).verdicts[0]!.worthWaitingFor).toBe(true);
    expect(decide(request, [never], context).verdicts[0]).toMatchObject({
      joinable: false,
      worthWaitingFor: false,
    });
  });
});
