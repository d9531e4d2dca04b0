import { beforeAll, expect, test } from "vitest";
import { buildMutant } from "./buildMutant";

type Simulation = Awaited<ReturnType<typeof buildMutant>>;

const seeds = process.env.POOLED_EMR_LONG_TESTS ? 100_000 : 2_000;
let simulation: Simulation;

beforeAll(async () => {
  simulation = await buildMutant();
});

// On one free core 80 to 100 seeds a second; decisions.md 27 asks for 100,000.
test(`${seeds} seeds: no violation, nothing unfinished`, { timeout: 120_000 + seeds * 100 }, async () => {
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations, unfinished } = await simulation.runSeed(seed);
    if (violations.length === 0 && !unfinished) continue;
    expect.fail(
      `seed ${seed}: ${violations[0] ?? "unfinished"}; npm run simulate -- --seed ${seed} --shrink`,
    );
  }
});

test("a seed is a run: twice the same trace", async () => {
  const trace = async () => {
    const lines: string[] = [];
    await simulation.runSeed(11, { trace: (line) => lines.push(line) });
    return lines;
  };
  const first = await trace();
  expect(first.length).toBeGreaterThan(100);
  expect(await trace()).toEqual(first);
});

test("a failing seed shrinks to fewer faults and still fails", async () => {
  const mutations = { sdkRetries: true };
  for (let seed = 1; seed < 300; seed++) {
    const whole = await simulation.runSeed(seed, { mutations });
    if (whole.violations.length === 0 || whole.faults.length < 3) continue;
    const small = await simulation.shrink(seed, { mutations });
    expect(small.violations).not.toEqual([]);
    // Of some runs every fault is needed.
    if (small.faults.length < whole.faults.length) return;
  }
  expect.fail("no failing seed shrinks");
});
