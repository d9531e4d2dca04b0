import { describe, expect, test } from "vitest";
import type { Refusal } from "../../../provider/args";
import type { LaunchRequest, PlacementLimits, PoolEntry } from "../../../provider/lease/types";
import { describeInstances, describePlacement } from "../../../provider/lifecycle/describePlacement";
import { PlannedPlacements } from "../../../provider/lifecycle/plannedPlacements";
import { shortPlacement } from "../../../provider/lifecycle/shortPlacement";
import { placementLine } from "../../../provider/placementLine";
import { launchRequest } from "../../../provider/pool/launchRequest";
import { validInputs } from "./inputs";

const now = new Date("2026-11-20T12:00:00Z");
const launch: LaunchRequest = launchRequest(validInputs().cluster, { poolName: "etl", store: "s3://b/p" });
const limits: PlacementLimits = { waitMinutes: 0, timeoutMinutes: 60 };

function entry(change: Partial<PoolEntry> = {}): PoolEntry {
  return {
    entryId: "e1",
    state: "OPEN",
    clusterId: "j-A",
    launch: launch.record,
    slots: 1,
    slotsTaken: 0,
    stepsPlaced: 0,
    lastActivity: new Date(now.getTime() - 12_000),
    ...change,
  };
}

function placement(change: {
  entries?: PoolEntry[];
  ranked?: string[];
  worthWaitingFor?: string[];
  limits?: Partial<PlacementLimits>;
  launch?: LaunchRequest | null;
  plannedFor?: Map<string, string>;
  takenBy?: Map<string, string[]>;
  refused?: Refusal[];
  notes?: string[];
}) {
  const { entries = [], ranked = [], worthWaitingFor = [] } = change;
  return describePlacement({
    choice: { ranked, worthWaitingFor, refused: change.refused ?? [] },
    entries,
    clusters: entries.length,
    launch: change.launch === null ? undefined : launch,
    limits: { ...limits, ...change.limits },
    now,
    plannedFor: change.plannedFor ?? new Map(),
    takenBy: change.takenBy ?? new Map(),
    launchId: "planned-x",
    notes: change.notes ?? [],
  });
}

describe("what would happen", () => {
  test("launch into an empty pool", () => {
    expect(placement({})).toEqual({
      action: "launch",
      launchId: "planned-x",
      fingerprint: launch.record.fingerprint,
      instances: "1 x m5.xlarge (MASTER), 2 x m5.xlarge (CORE)",
      reason:
        "would launch 1 x m5.xlarge (MASTER), 2 x m5.xlarge (CORE), ending after 600 s idle, because the pool has no cluster",
      refused: [],
    });
  });

  test.each<[string, Parameters<typeof placement>[0], string, RegExp]>([
    [
      "join an idle cluster",
      { entries: [entry()], ranked: ["e1"] },
      "join",
      /^would join j-A, idle 12 s of 600, 1 of 1 slots free$/,
    ],
    [
      "join a busy one with room",
      { entries: [entry({ slots: 4, slotsTaken: 1 })], ranked: ["e1"] },
      "join",
      /^would join j-A, 3 of 4 slots free$/,
    ],
    [
      "join one that another job of the preview launches",
      {
        entries: [entry({ state: "PLANNED", clusterId: undefined, slots: 4, slotsTaken: 1 })],
        ranked: ["e1"],
        plannedFor: new Map([["e1", "org/p/s first"]]),
      },
      "join",
      /^would join the cluster launched for org\/p\/s first, 3 of 4 slots free$/,
    ],
    [
      "launch, none fits",
      { entries: [entry(), entry({ entryId: "e2" })] },
      "launch",
      /none of the pool's 2 clusters fits$/,
    ],
    [
      "launch, all are busy",
      { entries: [entry()], worthWaitingFor: ["e1"] },
      "launch",
      /because the one matching cluster has no free slot$/,
    ],
    [
      "wait first, as asked",
      { entries: [entry()], worthWaitingFor: ["e1"], limits: { waitMinutes: 10 } },
      "wait",
      /up to 10 minutes .* then launch$/,
    ],
    [
      "no wait for what can never match",
      { entries: [entry()], limits: { waitMinutes: 10 } },
      "launch",
      /does not fit$/,
    ],
    [
      "wait at the limit",
      { entries: [entry()], limits: { maxClusters: 1 } },
      "wait",
      /1 of at most 1 clusters; gives up 60 minutes/,
    ],
    ["a named cluster without room", { launch: null }, "wait", /the job launches none/],
    [
      "what could not be read",
      { notes: ["script s3://b/x counts by path"] },
      "launch",
      /no cluster; script s3:\/\/b\/x counts by path$/,
    ],
  ])("%s", (_, change, action, reason) => {
    const described = placement(change);
    expect(described.action).toBe(action);
    expect(described.reason).toMatch(reason);
  });
});

describe("jobs of one preview that would need the same slot", () => {
  const slots: Refusal = { clusterId: "j-A", rule: "R18", reason: "slots: 0 of 1 free" };

  test.each<[string, string[], RegExp]>([
    ["one", ["a"], /because the one matching cluster has no free slot after a of this deployment$/],
    ["two", ["a", "b"], /no free slot after a and b of this deployment$/],
    ["many", ["a", "b", "c", "d", "e"], /no free slot after a, b and 3 more of this deployment$/],
  ])("are told of %s before them", (_, earlier, reason) => {
    const described = placement({
      entries: [entry({ slotsTaken: 1 })],
      worthWaitingFor: ["e1"],
      takenBy: new Map([["e1", earlier]]),
      refused: [slots, { clusterId: "j-A", rule: "R24", reason: "memory" }],
    });
    expect(described).toMatchObject({ action: "launch", reason: expect.stringMatching(reason) });
    expect(described.refused[0]!.reason).toMatch(/^slots: 0 of 1 free, after a.* of this deployment$/);
    expect(described.refused[1]!.reason).toBe("memory");
  });

  test("are told whose cluster it is that has no room", () => {
    const { refused } = placement({
      entries: [entry({ entryId: "planned-a", clusterId: undefined, state: "PLANNED", slotsTaken: 1 })],
      plannedFor: new Map([["planned-a", "a"]]),
      takenBy: new Map([["planned-a", ["a"]]]),
      refused: [{ ...slots, clusterId: "planned-a" }],
    });
    expect(refused[0]!.reason).toBe("slots: 0 of 1 free, launched for a, after a of this deployment");
  });

  test("a slot that others hold is nobody's of this deployment", () => {
    const held = placement({
      entries: [entry({ slotsTaken: 1 })],
      worthWaitingFor: ["e1"],
      refused: [slots],
    });
    expect([held.reason, held.refused[0]!.reason].join()).not.toMatch(/deployment/);
  });
});

test.each([
  [{ MasterInstanceType: "m5.xlarge", InstanceCount: 1 }, "1 x m5.xlarge (MASTER)"],
  [
    { MasterInstanceType: "m5.xlarge", SlaveInstanceType: "r5.xlarge", InstanceCount: 3 },
    "1 x m5.xlarge (MASTER), 2 x r5.xlarge (CORE)",
  ],
  [
    {
      InstanceGroups: [
        { InstanceRole: "CORE" as const, InstanceType: "m5.xlarge", InstanceCount: 2 },
        { InstanceRole: "TASK" as const, InstanceType: "m5.xlarge", InstanceCount: 1 },
        { InstanceRole: "TASK" as const, InstanceType: "m5.xlarge", InstanceCount: 4 },
        {
          InstanceRole: "TASK" as const,
          InstanceType: "m5.xlarge",
          InstanceCount: 1,
          Market: "SPOT" as const,
        },
      ],
    },
    "2 x m5.xlarge (CORE), 5 x m5.xlarge (TASK), 1 x m5.xlarge spot (TASK)",
  ],
  [
    {
      InstanceFleets: [
        {
          InstanceFleetType: "CORE" as const,
          TargetOnDemandCapacity: 2,
          TargetSpotCapacity: 4,
          InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }, { InstanceType: "m5a.xlarge" }],
        },
      ],
    },
    "2 on-demand + 4 spot of m5.xlarge/m5a.xlarge (CORE)",
  ],
])("instances %j", (Instances, text) => {
  expect(describeInstances({ Name: "", Instances })).toBe(text);
});

describe("plans of one preview", () => {
  test("the second job plans after the first", () => {
    const plans = new PlannedPlacements();
    plans.remember("first", { who: "first", entryId: "e1", weight: 1 });
    plans.remember("other", {
      who: "other",
      entryId: "planned-o",
      weight: 1,
      launch: { record: launch.record, slots: 4 },
    });
    const seen = plans.applyTo([entry()], "second");
    expect(seen.map(({ entryId, slotsTaken, slots }) => [entryId, slotsTaken, slots])).toEqual([
      ["e1", 1, 1],
      ["planned-o", 1, 4],
    ]);
    expect(plans.applyTo([entry()], "first")[0]!.slotsTaken).toBe(0);
    expect(plans.launches()).toEqual(new Map([["planned-o", "other"]]));
    expect(plans.takers("first")).toEqual(new Map([["planned-o", ["other"]]]));
    expect(plans.takers("second").get("e1")).toEqual(["first"]);
  });

  test("a job that is in the ledger, or whose create has begun, counts once", () => {
    const plans = new PlannedPlacements();
    plans.remember("first", { who: "first", entryId: "e1", weight: 1 });
    const held = entry({ slots: 4, slotsTaken: 1, claims: [{ claimId: "first.1", weight: 1 }] });
    expect(plans.applyTo([held], "second")[0]!.slotsTaken).toBe(1);
    plans.forget("first");
    expect(plans.applyTo([entry()], "second")[0]!.slotsTaken).toBe(0);
  });
});

describe("short placement", () => {
  const refused = Array.from({ length: 30 }, (_, index) => ({
    clusterId: `j-${index}`,
    rule: "R24",
    reason: "é".repeat(400),
  }));

  test("fits into 1 KiB and keeps the nearest refusals", () => {
    const short = shortPlacement({
      action: "launch",
      reason: "x".repeat(3000),
      instances: "y".repeat(900),
      refused,
    });
    expect(Buffer.byteLength(JSON.stringify(short))).toBeLessThanOrEqual(1024);
    expect(short.refused.map(({ clusterId }) => clusterId)).toEqual(["j-0", "j-1", "j-2", "j-3", "j-4"]);
  });

  test("leaves a short one as it is", () => {
    const placement = {
      action: "join" as const,
      clusterId: "j-A",
      reason: "r",
      refused: refused.slice(0, 1).map((r) => ({ ...r, reason: "é" })),
    };
    expect(shortPlacement(placement)).toEqual(placement);
  });
});

test("the line of a preview names the three nearest refusals", () => {
  const refused = ["j-1", "j-2", "j-3", "j-4"].map((clusterId) => ({
    clusterId,
    rule: "R24",
    reason: "memory 8 < 16 GiB (R24)",
  }));
  expect(placementLine({ action: "launch", reason: "would launch", refused })).toBe(
    "would launch; refused: j-1 (memory 8 < 16 GiB (R24)), j-2 (memory 8 < 16 GiB (R24)), j-3 (memory 8 < 16 GiB (R24)) and 1 more",
  );
  expect(placementLine({ action: "join", reason: "would join j-A", refused: [] })).toBe("would join j-A");
});
