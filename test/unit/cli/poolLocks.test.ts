import { expect, test } from "vitest";
import { poolLocks } from "../../../provider/cli/poolLocks";
import { adoptCluster } from "../../../provider/lease/adopt";
import { updateEntry } from "../../../provider/lease/entries";
import { keys } from "../../../provider/lease/keys";
import { takeSlot } from "../../../provider/lease/ledger";
import { applyEvent, newJob } from "../../../provider/lease/phases";
import { openPool, readPool } from "../../../provider/lease/pool";
import { jobKind, type Ticket } from "../../../provider/lease/records";
import { takeTurn } from "../../../provider/lease/turn";
import type { Emr } from "../../../provider/ports";
import { systemClock, systemRandom } from "../../../provider/systemPorts";
import { memoryStore } from "./emptyStore";

const time = new Date("2026-11-20T10:00:00Z");

function poolInMemory() {
  const emr = { describeCluster: async () => ({ StepConcurrencyLevel: 4, Status: { State: "WAITING" } }) };
  return openPool({
    store: memoryStore(time),
    emr: emr as unknown as Emr,
    clock: systemClock,
    random: systemRandom,
    poolName: "etl",
    storeUri: "s3://b",
  });
}

test("a pool that was never used has no locks", async () => {
  expect(await poolLocks(poolInMemory())).toEqual({ tickets: [], turns: [] });
});

test("tickets of live, submitting and vanished jobs, and the turn", async () => {
  const pool = poolInMemory();
  const entryId = await adoptCluster("j-1", pool);
  const poolId = (await readPool(pool))?.pool.poolId ?? "";
  const ticket = (r: string): Ticket => ({
    pool: "etl",
    poolId,
    entry: entryId,
    r,
    weight: 1,
    planned: false,
  });
  const take = (k: string, r: string) =>
    updateEntry(
      pool,
      poolId,
      entryId,
      (entry, now) => entry && takeSlot(entry, { r, k, inc: 1, n: 1 }, 1, now),
    );
  const [waiting, submitting, gone] = ["w", "s", "g"].map((letter) => letter.repeat(26)) as [
    string,
    string,
    string,
  ];

  await pool.records.update(jobKind, keys.job(waiting), () =>
    applyEvent(newJob(waiting, { spec: "spec", steps: 1, who: "org/project/stack/waiting" }), {
      type: "ticketTaken",
      at: ticket("r1"),
    }),
  );
  await pool.records.update(jobKind, keys.job(submitting), () => {
    const wanted = applyEvent(newJob(submitting, { spec: "spec", steps: 1, who: "x" }), {
      type: "ticketTaken",
      at: ticket("r2"),
    });
    const t0 = time.toISOString();
    return (
      wanted &&
      applyEvent(wanted, { type: "callBegun", r: "r2", n: "nonce", t0, cluster: "j-1", from: 0, count: 1 })
    );
  });
  await take(waiting, "r1");
  await take(submitting, "r2");
  await take(gone, "r3");
  await takeTurn(pool, poolId, entryId);

  expect(await poolLocks(pool)).toMatchObject({
    tickets: [
      {
        clusterId: "j-1",
        ticket: "r1",
        claimId: `${waiting}.1`,
        phase: "WANT",
        who: "org/project/stack/waiting",
        stale: false,
      },
      // t0 + F, with the safe defaults: 17 min 50 s.
      { ticket: "r2", phase: "SUBMITTING", stale: false, callSettledBy: "2026-11-20T10:17:50.000Z" },
      { ticket: "r3", claimId: `${gone}.1`, phase: "none", stale: true },
    ],
    turns: [{ entryId, clusterId: "j-1", state: "HELD", ageSeconds: 0 }],
  });
});
