import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { LocalClock } from "../../../local/clock";

const clocks: LocalClock[] = [];
function newClock(file?: string): LocalClock {
  const clock = new LocalClock({ wall: () => 1_000_000, file });
  clocks.push(clock);
  return clock;
}
afterEach(() => {
  for (const clock of clocks.splice(0)) {
    clock.close();
  }
});

describe("LocalClock", () => {
  it("fires timers in their order, each at its own time", async () => {
    const clock = newClock();
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.now() - 1_000_000]);
    clock.setTimer(3000, note("third"));
    clock.setTimer(1000, note("first"));
    clock.setTimer(2000, note("second"));
    clock.setTimer(9000, note("later"));
    await clock.advance(5000);
    expect(fired).toEqual([
      ["first", 1000],
      ["second", 2000],
      ["third", 3000],
    ]);
    expect(clock.now()).toBe(1_005_000);
    expect(clock.wall()).toBe(1_000_000);
  });

  it("fires a timer that another one set on the way", async () => {
    const clock = newClock();
    const fired: number[] = [];
    clock.setTimer(1000, async () => {
      await Promise.resolve();
      clock.setTimer(1000, () => fired.push(clock.now() - 1_000_000));
    });
    await clock.advance(5000);
    expect(fired).toEqual([2000]);
  });

  it("does not fire a timer that was cancelled, and cancels twice without harm", async () => {
    const clock = newClock();
    const fired: string[] = [];
    const cancel = clock.setTimer(1000, () => fired.push("cancelled"));
    cancel();
    cancel();
    await clock.advance(2000);
    expect(fired).toEqual([]);
  });

  it("fires by itself when its time comes", async () => {
    const clock = new LocalClock();
    clocks.push(clock);
    await new Promise<void>((resolve) => clock.setTimer(1, resolve));
  });

  it("waits for a timer beyond what setTimeout can hold", async () => {
    const clock = new LocalClock();
    clocks.push(clock);
    const fired: string[] = [];
    clock.setTimer(2 ** 31 + 1000, () => fired.push("too early"));
    await new Promise<void>((resolve) => clock.setTimer(5, resolve));
    expect(fired).toEqual([]);
  });

  it("makes moves that come at once one after the other", async () => {
    const clock = newClock();
    await Promise.all([clock.advance(1000), clock.advance(2000)]);
    expect(clock.offsetMs).toBe(3000);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses to move by %s", (by) => {
    expect(() => newClock().advance(by)).toThrow(RangeError);
  });

  it("stays ahead after a restart", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clock "));
    const file = join(folder, "clock.json");
    await newClock(file).advance(60_000);
    expect(newClock(file).now()).toBe(1_060_000);
    rmSync(folder, { recursive: true });
  });
});
