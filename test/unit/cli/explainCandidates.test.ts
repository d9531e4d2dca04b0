import { describe, expect, test } from "vitest";
import { explainCandidates } from "../../../provider/cli/explainSpec";
import type { PoolEntry } from "../../../provider/lease/types";
import { chooseEntries } from "../../../provider/pool/chooseEntries";
import type { ClusterFacts } from "../../../provider/pool/entryCandidate";
import { plainCluster, poolEntry, poolRequest } from "../pool/poolFixtures";
import { context, set } from "../pool/specBuilders";

function explained(entry: PoolEntry, facts: ClusterFacts, clusterId?: string) {
  const known = { ...context, facts: new Map([[entry.entryId, facts]]) };
  const request = poolRequest(plainCluster, { clusterId });
  const other = poolEntry(plainCluster, { entryId: "other", clusterId: "j-2" });
  const entries = [entry, other];
  const choice = chooseEntries(request, entries, known.facts, known);
  return explainCandidates(request, entries, choice, known);
}

const olderRelease = set({ ReleaseLabel: "emr-6.15.0" });

describe("a cluster named by pool.clusterId", () => {
  test.each<[string, Partial<PoolEntry>, ClusterFacts, object, string[]]>([
    ["of another release", {}, { state: "WAITING" }, { joinable: true, worthWaitingFor: false }, []],
    ["from outside", { launch: undefined }, { state: "WAITING" }, { joinable: true }, []],
    ["that starts", { launch: undefined }, { state: "STARTING" }, { joinable: true }, []],
    [
      "whose slot is taken",
      { slotsTaken: 1 },
      { state: "WAITING" },
      { joinable: false, worthWaitingFor: true },
      ["R18"],
    ],
    [
      "that ends",
      {},
      { state: "TERMINATING" },
      { joinable: false, worthWaitingFor: false, state: "TERMINATING" },
      ["R2"],
    ],
    ["that can't be read", { launch: undefined }, { unreadable: "not authorized" }, {}, ["R2"]],
    ["with 900 steps", { stepsPlaced: 900 }, { state: "WAITING" }, { joinable: false }, ["R19"]],
  ])("%s is judged by the rules that count for it", (_, rest, facts, verdict, failed) => {
    const candidates = explained(poolEntry(olderRelease, rest), facts, "j-1");
    expect(candidates).toHaveLength(1);
    expect(candidates[0]).toMatchObject({ clusterId: "j-1", differences: [], ...verdict });
    expect(candidates[0]!.rules.map(({ rule }) => rule)).toEqual(["R2", "R18", "R19"]);
    expect(candidates[0]!.rules.filter(({ reason }) => reason).map(({ rule }) => rule)).toEqual(failed);
  });
});

test("a cluster that is matched is judged by all rules, with the fields in which it differs", () => {
  const candidates = explained(poolEntry(olderRelease), { state: "WAITING" });
  expect(candidates.map(({ clusterId, joinable }) => [clusterId, joinable])).toEqual([
    ["j-2", true],
    ["j-1", false],
  ]);
  expect(candidates[1]!.rules.length).toBeGreaterThan(40);
  expect(candidates[1]!.differences).toEqual([
    { field: "release", actual: "emr-6.15.0", asked: "emr-7.5.0" },
  ]);
});
