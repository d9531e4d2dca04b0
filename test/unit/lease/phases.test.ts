import { describe, expect, test } from "vitest";
import { applyEvent, holdsTicket, type JobEvent, newJob, type Phase } from "../../../provider/lease/phases";
import type { JobRecord, Outcome, Ticket } from "../../../provider/lease/records";

const at: Ticket = { pool: "etl", poolId: "p1", entry: "e1", r: "r1", weight: 1, planned: false };
const t0 = "2026-01-01T00:00:00.000Z";
const outcome = (state: Outcome["state"]): Outcome => ({ state, steps: [], at: t0 });
const base = newJob("a".repeat(26), { spec: "spec", steps: 2, who: "me" });
const call = { n: "n1", t0, count: 2 };

const jobs: Record<Phase, JobRecord> = {
  NEW: base,
  WANT: { ...base, ph: "WANT", at },
  SUBMITTING: { ...base, ph: "SUBMITTING", at, att: 1, call, cluster: "j-1" },
  SUBMITTED: { ...base, ph: "SUBMITTED", at, att: 1, cluster: "j-1", ids: ["s-1"] },
  ENDED: {
    ...base,
    ph: "ENDED",
    at,
    att: 1,
    cluster: "j-1",
    ids: ["s-1", "s-2"],
    outcome: outcome("NEVER_STARTED"),
  },
  RETIRING: { ...base, ph: "RETIRING", at, att: 1, cluster: "j-1", ids: ["s-1"] },
  RETIRED: { ...base, ph: "RETIRED", at, att: 1 },
};

const events: Record<JobEvent["type"], JobEvent> = {
  ticketTaken: { type: "ticketTaken", at },
  ticketGivenUp: { type: "ticketGivenUp", r: "r1" },
  touched: { type: "touched", r: "r1" },
  callBegun: { type: "callBegun", r: "r1", n: "n2", t0, cluster: "j-1", from: 0, count: 2 },
  callAccepted: { type: "callAccepted", att: 1, ids: ["s-1", "s-2"] },
  callVoid: { type: "callVoid", att: 1, keepTicket: true },
  callRejected: { type: "callRejected", att: 1, outcome: outcome("FAILED") },
  ended: { type: "ended", ids: ["s-1"], outcome: outcome("COMPLETED") },
  moved: { type: "moved" },
  deleteAsked: { type: "deleteAsked", cancel: true },
  retired: { type: "retired", ids: ["s-1"] },
  left: { type: "left", ids: ["s-1"] },
  leftEnded: { type: "leftEnded", r: "r0" },
  reopened: { type: "reopened", spec: "spec2", steps: 1, who: "me" },
};

/** Every pair of phase and event: the phase that follows, or "-" where the event changes nothing. */
const table: Record<Phase, Record<JobEvent["type"], Phase | "-">> = {
  NEW: row({ ticketTaken: "WANT", deleteAsked: "RETIRED" }),
  WANT: row({ ticketGivenUp: "NEW", touched: "WANT", callBegun: "SUBMITTING", deleteAsked: "RETIRED" }),
  SUBMITTING: row({
    callAccepted: "SUBMITTED",
    callVoid: "WANT",
    callRejected: "ENDED",
    deleteAsked: "RETIRING",
  }),
  // The event's sender has seen no step accepted: from an old picture nothing is sent.
  SUBMITTED: row({ ended: "ENDED", deleteAsked: "RETIRING" }),
  ENDED: row({ moved: "NEW", deleteAsked: "RETIRED", reopened: "NEW" }),
  RETIRING: row({ retired: "RETIRED", left: "RETIRED" }),
  RETIRED: row({ reopened: "NEW" }),
};

function row(legal: Partial<Record<JobEvent["type"], Phase>>): Record<JobEvent["type"], Phase | "-"> {
  const all = Object.keys(events).map((type) => [type, legal[type as JobEvent["type"]] ?? "-"]);
  return Object.fromEntries(all);
}

describe("each phase and event has one outcome", () => {
  const pairs = (Object.keys(jobs) as Phase[]).flatMap((phase) =>
    (Object.keys(events) as JobEvent["type"][]).map((type) => ({ phase, type, next: table[phase][type] })),
  );
  test.each(pairs)("$phase, $type: $next", ({ phase, type, next }) => {
    expect(applyEvent(jobs[phase], events[type])?.ph ?? "-").toBe(next);
  });
});

describe("an event that is about something else changes nothing", () => {
  test.each([
    ["another ticket", jobs.WANT, { type: "ticketGivenUp", r: "r2" }],
    ["another ticket's call", jobs.WANT, { ...events.callBegun, r: "r2" }],
    ["an earlier call's answer", { ...jobs.SUBMITTING, att: 2 }, events.callAccepted],
    ["an earlier call's end", { ...jobs.SUBMITTING, att: 2 }, events.callVoid],
    ["steps that were fewer", { ...jobs.SUBMITTED, ids: ["s-1", "s-2"] }, events.ended],
    ["steps that were fewer, at a delete", { ...jobs.RETIRING, ids: ["s-1", "s-2"] }, events.retired],
    ["a delete while a call is in flight", { ...jobs.RETIRING, call }, events.retired],
    ["a move of a job that ran", { ...jobs.ENDED, outcome: outcome("FAILED") }, events.moved],
  ] as [string, JobRecord, JobEvent][])("%s", (_, job, event) => {
    expect(applyEvent(job, event)).toBeUndefined();
  });
});

test("steps accepted before bind a job to its cluster when a later call is void", () => {
  const sequential = { ...jobs.SUBMITTING, ids: ["s-1"] };
  expect(applyEvent(sequential, { type: "callVoid", att: 1, keepTicket: false })).toMatchObject({
    ph: "SUBMITTED",
    at,
  });
});

test("the journal keeps where calls were declared dead, through moves, until the next incarnation", () => {
  const dead = (job: JobRecord) =>
    applyEvent(job, { type: "callVoid", att: job.att, keepTicket: false, fenced: true })!;
  const once = dead(jobs.SUBMITTING);
  expect(once).toMatchObject({ ph: "NEW", fenced: 1, fencedOn: ["j-1"] });
  const again = dead({ ...once, ph: "SUBMITTING", att: 2, call, cluster: "j-2" });
  expect(again).toMatchObject({ fenced: 2, fencedOn: ["j-1", "j-2"] });
  expect(dead({ ...again, ph: "SUBMITTING", att: 3, call, cluster: "j-1" })).toMatchObject({
    fenced: 3,
    fencedOn: ["j-1", "j-2"],
  });
  const moved = applyEvent({ ...again, ph: "ENDED", outcome: outcome("NEVER_STARTED") }, events.moved);
  expect(moved).toMatchObject({ ph: "NEW", fencedOn: ["j-1", "j-2"] });
  const reopened = applyEvent({ ...again, ph: "RETIRED" }, events.reopened)!;
  expect(reopened).toMatchObject({ inc: 2, fenced: 0 });
  expect(reopened.fencedOn).toBeUndefined();
});

test("the next step is begun only by who knows of all before", () => {
  expect(applyEvent(jobs.SUBMITTED, { ...events.callBegun, from: 1 } as JobEvent)?.ph).toBe("SUBMITTING");
  expect(applyEvent(jobs.SUBMITTED, { ...events.callBegun, from: 0 } as JobEvent)).toBeUndefined();
});

test("a ticket holds its slot until the journal lets go, and for ever not after", () => {
  expect(Object.values(jobs).map((job) => [job.ph, holdsTicket(job, "r1")])).toEqual([
    ["NEW", false],
    ["WANT", true],
    ["SUBMITTING", true],
    ["SUBMITTED", true],
    ["ENDED", false],
    ["RETIRING", true],
    ["RETIRED", false],
  ]);
  const left = applyEvent(jobs.RETIRING, events.left)!;
  expect(holdsTicket(left, "r1")).toBe(true);
  const reopened = applyEvent(left, events.reopened)!;
  expect(reopened).toMatchObject({ inc: 2, ph: "NEW", att: 0 });
  expect(holdsTicket(reopened, "r1")).toBe(true);
  expect(holdsTicket(applyEvent(reopened, { type: "leftEnded", r: "r1" }), "r1")).toBe(false);
});
