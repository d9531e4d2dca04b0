import { describe, expect, test } from "vitest";
import { compareAndSet } from "../../../provider/lease/compareAndSet";
import { defaultConstants } from "../../../provider/lease/constants";
import { parseRecord } from "../../../provider/lease/parseRecord";
import { RecordStore } from "../../../provider/lease/recordStore";
import { type PoolRecord, poolKind } from "../../../provider/lease/records";
import { countingRandom, MemoryStore, stillClock, type WriteFault } from "../../support/lease/memoryStore";

function contextOf(store: MemoryStore) {
  return { store, clock: stillClock(), random: countingRandom(), constants: defaultConstants };
}

const body = (nonce: string) => JSON.stringify({ v: 1, rev: 1, w: nonce });
const pool: PoolRecord = {
  poolId: "p1",
  entries: [],
  fence: { signatureAgeSeconds: 900, visibilitySeconds: 120 },
  probedAt: "2026-01-01T00:00:00.000Z",
};
const addEntry = (entry: string) => (current: PoolRecord | undefined) =>
  current && { ...current, entries: [...current.entries, entry] };

describe("compareAndSet", () => {
  test.each([
    ["nothing goes wrong", [], true],
    ["the request is lost twice", ["lost", "lost"], true],
    ["the answer is lost", ["answerLost"], true],
    ["a retry below us is refused by its own first try", ["refusedAfterSuccess"], true],
    ["another operation is in the way", ["conflict", "conflict"], true],
  ] as [string, WriteFault[], boolean][])("WON although or because %s", async (_, faults, won) => {
    const store = new MemoryStore();
    store.faults.push(...faults);
    const outcome = await compareAndSet(contextOf(store), "k", { absent: true }, body("mine"), "mine");
    expect(outcome.won).toBe(won);
    expect(store.objects.get("k")?.body).toBe(body("mine"));
  });

  test.each(["conflict", "lost", undefined] as const)("LOST to another writer, after %s", async (fault) => {
    const store = new MemoryStore();
    await store.put("k", body("theirs"), { absent: true });
    if (fault) store.faults.push(fault);
    const outcome = await compareAndSet(contextOf(store), "k", { absent: true }, body("mine"), "mine");
    expect(outcome).toMatchObject({ won: false, current: { found: true, body: body("theirs") } });
    expect(store.objects.get("k")?.body).toBe(body("theirs"));
  });

  test("a store that can be read but not written is given up after a while", async () => {
    const store = new MemoryStore();
    store.faults.push(...Array<WriteFault>(10_000).fill("lost"));
    const context = contextOf(store);
    const write = compareAndSet(context, "k", { absent: true }, body("mine"), "mine");
    await expect(write).rejects.toThrow(/could be read, but not be written for 120 s.*STORE_UNAVAILABLE/);
    expect(context.clock.monotonic()).toBeLessThan(122_000);
  });

  test("LOST when the object is gone: with If-Match S3 answers 404", async () => {
    const outcome = await compareAndSet(
      contextOf(new MemoryStore()),
      "k",
      { etag: '"1"' },
      body("mine"),
      "mine",
    );
    expect(outcome).toMatchObject({ won: false, current: { found: false } });
  });
});

describe("RecordStore", () => {
  test("changes of one key that wait for a write go out together", async () => {
    const store = new MemoryStore();
    const records = new RecordStore(contextOf(store));
    await records.update(poolKind, "k", () => pool);
    const before = store.requests.length;
    const names = Array.from({ length: 100 }, (_, index) => `e${index}`);
    const results = await Promise.all(names.map((name) => records.update(poolKind, "k", addEntry(name))));
    expect(results.every((result) => result.changed)).toBe(true);
    expect((await records.read(poolKind, "k")).record?.entries).toEqual(names);
    expect(store.requests.slice(before).filter((request) => request.startsWith("PUT"))).toHaveLength(1);
  });

  test("two processes: each change is decided again on what the other wrote", async () => {
    const store = new MemoryStore();
    const [one, other] = [new RecordStore(contextOf(store)), new RecordStore(contextOf(store))];
    await one.update(poolKind, "k", () => pool);
    await other.read(poolKind, "k");
    await one.update(poolKind, "k", addEntry("a"));
    const late = await other.update(poolKind, "k", addEntry("b"));
    expect(late.record?.entries).toEqual(["a", "b"]);
  });

  test("'nothing to do' is said of the present, not of what was seen before", async () => {
    const store = new MemoryStore();
    const [one, other] = [new RecordStore(contextOf(store)), new RecordStore(contextOf(store))];
    await one.update(poolKind, "k", () => pool);
    await other.update(poolKind, "k", addEntry("a"));
    const onlyIfThere = await one.update(poolKind, "k", (current) =>
      current?.entries.includes("a") ? { ...current, entries: ["seen"] } : undefined,
    );
    expect(onlyIfThere).toMatchObject({ changed: true, record: { entries: ["seen"] } });
  });

  test("a change that throws fails alone", async () => {
    const records = new RecordStore(contextOf(new MemoryStore()));
    await records.update(poolKind, "k", () => pool);
    const bad = records.update(poolKind, "k", () => {
      throw new Error("mine");
    });
    const good = records.update(poolKind, "k", addEntry("a"));
    await expect(bad).rejects.toThrow("mine");
    expect((await good).record?.entries).toEqual(["a"]);
  });

  test("no two bodies are the same, so no ETag comes back", async () => {
    const store = new MemoryStore();
    const records = new RecordStore(contextOf(store));
    const bodies = new Set<string>();
    for (let round = 0; round < 5; round++) {
      await records.update(poolKind, "k", () => pool);
      bodies.add(store.objects.get("k")!.body);
    }
    expect(bodies.size).toBe(5);
  });
});

describe("records of others are checked before use", () => {
  const good = { v: 1, rev: 1, w: "n", ...pool };
  test.each([
    ["no JSON", "{", "STORE_BROKEN_RECORD", "is not JSON"],
    ["another type", "[]", "STORE_BROKEN_RECORD", "wrong field"],
    [
      "a field that is missing",
      JSON.stringify({ ...good, poolId: undefined }),
      "STORE_BROKEN_RECORD",
      "poolId",
    ],
    [
      "an id that is a path",
      JSON.stringify({ ...good, entries: ["../x"] }),
      "STORE_BROKEN_RECORD",
      "entries.0",
    ],
    ["too long", " ".repeat(3_000_000), "STORE_BROKEN_RECORD", "bytes long"],
    ["a newer schema", JSON.stringify({ ...good, v: 2, poolId: 5 }), "STORE_NEWER_SCHEMA", "newer version"],
  ])("%s", (_, text, code, message) => {
    const parse = () => parseRecord(poolKind, "v1/pool/etl/pool.json", text);
    expect(parse).toThrow(code);
    expect(parse).toThrow(message);
    expect(parse).toThrow("v1/pool/etl/pool.json");
  });

  test("what this version writes", () => {
    expect(parseRecord(poolKind, "k", JSON.stringify(good))).toEqual(good);
  });
});
