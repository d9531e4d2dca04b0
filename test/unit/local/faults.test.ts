import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CallLog } from "../../../local/callLog";
import { LocalClock } from "../../../local/clock";
import { AnswerLost, errorCodeHeader, type FaultRule, Faults } from "../../../local/faults";

let folder: string;
let calls: CallLog;
let clock: LocalClock;
let faults: Faults;
let applied: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "faults "));
  calls = new CallLog(join(folder, "calls.jsonl"));
  clock = new LocalClock({ wall: () => 1_000_000 });
  faults = new Faults(calls, clock);
  applied = [];
});
afterEach(() => {
  calls.close();
  rmSync(folder, { recursive: true });
});

/** Status of the answer, or `lost`. */
async function call(operation = "PutObject", resource = "bucket/key"): Promise<number | "lost"> {
  try {
    const response = await faults.run(
      { service: "s3", operation, resource, requestId: "R" },
      async () => {
        applied.push(resource);
        return new Response("done");
      },
      ({ status, code }) => new Response(null, { status, headers: { [errorCodeHeader]: code } }),
    );
    expect(response.headers.has(errorCodeHeader)).toBe(false);
    return response.status;
  } catch (error) {
    expect(error).toBeInstanceOf(AnswerLost);
    return "lost";
  }
}

const conflict = { status: 409, code: "ConditionalRequestConflict" };
const onPut = { service: "s3", operation: "PutObject" } as const;

describe("Faults", () => {
  it("refuses before the call has an effect, once by default", async () => {
    faults.add({ ...onPut, ...conflict });
    expect([await call(), await call()]).toEqual([409, 200]);
    expect(applied).toHaveLength(1);
  });

  it("refuses after the call has had its effect", async () => {
    faults.add({ ...onPut, status: 500, code: "InternalError", when: "after" });
    expect([await call(), applied]).toEqual([500, ["bucket/key"]]);
  });

  it("loses the answer before or after the effect, and records both", async () => {
    faults.add({ ...onPut, loseAnswer: true, when: "before" });
    faults.add({ ...onPut, loseAnswer: true, when: "after" });
    expect([await call(), applied.length]).toEqual(["lost", 0]);
    expect([await call(), applied.length]).toEqual(["lost", 1]);
    expect(calls.read().map(({ status, answerLost }) => [status, answerLost])).toEqual([
      [0, true],
      [200, true],
    ]);
  });

  it("skips, then hits so many times", async () => {
    faults.add({ ...onPut, ...conflict, skip: 2, times: 2 });
    const seen: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      seen.push(await call());
    }
    expect(seen).toEqual([200, 200, 409, 409, 200, 200]);
    expect(faults.list()).toEqual([]);
  });

  it.each<[FaultRule, string, string, boolean]>([
    [{ ...onPut, ...conflict }, "GetObject", "bucket/key", false],
    [{ ...onPut, ...conflict, operation: "*" }, "GetObject", "bucket/key", true],
    [{ ...onPut, ...conflict, service: "emr" }, "PutObject", "bucket/key", false],
    [{ ...onPut, ...conflict, keyPattern: "^bucket/job/" }, "PutObject", "bucket/job/1", true],
    [{ ...onPut, ...conflict, keyPattern: "^bucket/job/" }, "PutObject", "bucket/pool.json", false],
  ])("rule %j on %s %s: %s", async (rule, operation, resource, hits) => {
    faults.add(rule);
    expect(await call(operation, resource)).toBe(hits ? 409 : 200);
  });

  it("holds a call until its rule is removed", async () => {
    const { id } = faults.add({ ...onPut, hold: true });
    const held = call();
    expect(await call()).toBe(200);
    expect(applied).toHaveLength(1);
    faults.remove(id);
    expect(await held).toBe(200);
    expect(applied).toHaveLength(2);
  });

  it("drops what it holds when the server is closed", async () => {
    faults.add({ ...onPut, hold: true });
    const held = call();
    faults.close();
    expect([await held, applied]).toEqual(["lost", []]);
  });

  it("gives the last use of a rule to exactly one of many calls", async () => {
    faults.add({ ...onPut, ...conflict });
    const answers = await Promise.all(Array.from({ length: 20 }, () => call()));
    expect(answers.filter((status) => status === 409)).toHaveLength(1);
  });

  it.each<[object, RegExp]>([
    [{ ...onPut }, /needs an effect/],
    [{ ...onPut, status: 500 }, /go together/],
    [{ ...onPut, ...conflict, keyPattern: "(" }, /regular expression/],
    [{ ...onPut, ...conflict, tiems: 2 }, /tiems/],
    [{ ...onPut, ...conflict, service: "sqs" }, /service/],
    [{ ...onPut, ...conflict, times: 0 }, /times/],
  ])("refuses the rule %j", (rule, message) => {
    expect(() => faults.add(rule as FaultRule)).toThrow(message);
  });
});

describe("CallLog", () => {
  it("records service, operation, resource, code and time, and filters", async () => {
    faults.add({ ...onPut, ...conflict });
    await call();
    await call("GetObject", "bucket/other");
    expect(calls.read()).toEqual([
      expect.objectContaining({
        number: 1,
        time: "1970-01-01T00:16:40.000Z",
        service: "s3",
        operation: "PutObject",
        resource: "bucket/key",
        status: 409,
        code: "ConditionalRequestConflict",
      }),
      expect.objectContaining({ number: 2, operation: "GetObject", status: 200 }),
    ]);
    expect(calls.read({ operation: "GetObject" }).map(({ number }) => number)).toEqual([2]);
    expect(calls.read({ after: 1 }).map(({ number }) => number)).toEqual([2]);
    expect(calls.read({ service: "emr" })).toEqual([]);
  });

  it("goes on counting after a restart, also behind a line that a killed server left unfinished", async () => {
    await call();
    appendFileSync(join(folder, "calls.jsonl"), '{"number":2,"ti');
    const again = new CallLog(join(folder, "calls.jsonl"));
    expect(again.lastNumber).toBe(1);
    const { number: _, ...call1 } = calls.read()[0]!;
    again.record({ ...call1, requestId: "after" });
    expect(again.read().map(({ number, requestId }) => [number, requestId])).toEqual([
      [1, "R"],
      [2, "after"],
    ]);
    again.close();
  });

  it("forgets, but does not count anew", async () => {
    await call();
    calls.clear();
    expect(calls.read()).toEqual([]);
    await call();
    expect(calls.read().map(({ number }) => number)).toEqual([2]);
  });
});
