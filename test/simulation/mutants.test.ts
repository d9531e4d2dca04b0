import { beforeAll, describe, expect, test } from "vitest";
import { buildMutant } from "./buildMutant";
import { type Mutant, mutants } from "./mutants";

/** Seeds tried after the pinned ones. */
const others = 1_500;

type Simulation = Awaited<ReturnType<typeof buildMutant>>;

/** Whether the seed shows the mutant: the whole protocol passes it, the broken one does not. */
async function showsIn(
  seed: number,
  mutant: Mutant,
  broken: Simulation,
  whole: Simulation,
): Promise<boolean> {
  const { shows, ports, directed } = mutant;
  const result = await broken.runSeed(seed, { mutations: ports, directed });
  const good = async () => {
    const plain = await whole.runSeed(seed, { directed });
    expect(plain.violations, `seed ${seed} without the mutation`).toEqual([]);
    expect(plain.unfinished, `seed ${seed} without the mutation`).toBe(false);
    return plain;
  };
  if (shows === "violation") return result.violations.length > 0 && (await good()) !== undefined;
  // These two are safe all the same: they only wait too long.
  expect(result.violations, `seed ${seed}`).toEqual([]);
  if (shows === "unfinished") return result.unfinished && (await good()) !== undefined;
  return result.fencedCalls > 0 && result.fencedCalls > (await good()).fencedCalls;
}

/** A simulator that passes a broken protocol proves nothing. */
describe("the simulator sees each mutant", { timeout: 240_000 }, () => {
  let whole: Simulation;
  beforeAll(async () => {
    whole = await buildMutant();
  });

  test.each(mutants)("$name: $shows", async (mutant) => {
    const broken = await buildMutant(mutant.patches);
    const seeds = [...mutant.seeds, ...Array.from({ length: others }, (_, index) => index + 1)];
    for (const seed of seeds) if (await showsIn(seed, mutant, broken, whole)) return;
    expect.fail("no seed shows it");
  });
});

test("a patch that no longer fits the source is an error", async () => {
  await expect(buildMutant([{ file: "phases.ts", find: "no such text", replace: "" }])).rejects.toThrow(
    "holds 0 times",
  );
  await expect(buildMutant([{ file: "gone.ts", find: "a", replace: "" }])).rejects.toThrow("no such file");
});
