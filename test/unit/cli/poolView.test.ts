import type { ClusterSummary } from "@aws-sdk/client-emr";
import { expect, test } from "vitest";
import { accountClusters, poolClusters } from "../../../provider/cli/poolView";
import type { PoolReading } from "../../../provider/lease/pool";
import type { PoolEntry } from "../../../provider/lease/types";

const now = new Date("2026-11-20T10:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

function summary(id: string, name: string, state: string, createdSecondsAgo: number): ClusterSummary {
  return {
    Id: id,
    Name: name,
    Status: { State: state as "WAITING", Timeline: { CreationDateTime: ago(createdSecondsAgo) } },
  };
}

const entry = (partial: Partial<PoolEntry>): PoolEntry => ({
  entryId: "e1",
  state: "OPEN",
  slots: 4,
  slotsTaken: 0,
  stepsPlaced: 7,
  ...partial,
});

test("one pool: ledger and EMR together", () => {
  const entries = [
    entry({ clusterId: "j-1", lastActivity: ago(90) }),
    entry({ entryId: "e2", clusterId: "j-2", slotsTaken: 3, lastActivity: ago(90), closed: true }),
    entry({ entryId: "e3", state: "LAUNCHING", lastActivity: ago(5) }),
    entry({ entryId: "e4", clusterId: "j-gone", lastActivity: ago(5) }),
  ];
  const reading = { pool: {}, entries, now } as unknown as PoolReading;
  const clusters = [summary("j-1", "x", "WAITING", 600), summary("j-2", "y", "RUNNING", 60)];
  expect(poolClusters("etl", reading, clusters)).toMatchObject([
    {
      pool: "etl",
      clusterId: "j-1",
      state: "WAITING",
      ageSeconds: 600,
      idleSeconds: 90,
      slotsTaken: 0,
      draining: false,
    },
    {
      clusterId: "j-2",
      state: "RUNNING",
      ageSeconds: 60,
      idleSeconds: undefined,
      slotsTaken: 3,
      draining: true,
    },
    { entryId: "e3", clusterId: undefined, state: "LAUNCHING", ageSeconds: undefined, idleSeconds: 5 },
    { entryId: "e4", state: "GONE" },
  ]);
});

test("a whole account: pools by the names of their clusters, others left out", () => {
  const name = (pool: string) => `nightly #pe.${pool}.1.0123456789abcdef.pool1.entry1.1`;
  const clusters = [
    summary("j-b", name("reports"), "RUNNING", 10),
    summary("j-x", "made by hand", "WAITING", 10),
    summary("j-a", name("etl.v2"), "WAITING", 20),
  ];
  expect(accountClusters(clusters, now)).toEqual([
    {
      pool: "etl.v2",
      clusterId: "j-a",
      entryId: "entry1",
      state: "WAITING",
      ageSeconds: 20,
      fingerprint: "0123456789abcdef",
    },
    {
      pool: "reports",
      clusterId: "j-b",
      entryId: "entry1",
      state: "RUNNING",
      ageSeconds: 10,
      fingerprint: "0123456789abcdef",
    },
  ]);
});
