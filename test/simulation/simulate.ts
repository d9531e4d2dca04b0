import { Oracle } from "./oracle";
import { Play } from "./play";
import { drawScenario, simulatedConstants } from "./scenario";
import { SimulatedEmr } from "./simulatedEmr";
import { SimulatedStore } from "./simulatedStore";
import { type Directed, type PortMutations, World } from "./world";

/** How a seed is run. */
export interface RunOptions {
  readonly mutations?: PortMutations;
  readonly directed?: Directed;
  /** Faults left out, by label. */
  readonly without?: ReadonlySet<string>;
  readonly trace?: (line: string) => void;
}

/** What a seed showed. */
export interface RunResult {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Not everything was done in the time that the protocol promises after the last fault. */
  readonly unfinished: boolean;
  readonly faults: readonly string[];
  /** Calls that were declared dead because the fence had passed. */
  readonly fencedCalls: number;
  /** Virtual milliseconds. */
  readonly duration: number;
}

/** Faults happen in this time. */
const faultTime = 25_000;
/** After the faults, everything must be done within this: several fence waits, one after the other. */
const calmTime = 240_000;

/** Runs one seed. The same seed and options give the same run, for ever. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<RunResult> {
  const scenario = drawScenario(seed);
  const world = new World({
    seed,
    faultRate: [0.01, 0.03, 0.06][seed % 3]!,
    faultsUntil: Date.UTC(2026, 0, 1) + faultTime,
    ...options,
  });
  const oracle = new Oracle(world, scenario.maxClusters);
  const store = new SimulatedStore(oracle);
  const emr = new SimulatedEmr(world, oracle, simulatedConstants, scenario);
  const play = new Play(world, store, emr, oracle, scenario);
  const limit = world.start + faultTime + calmTime;
  let finished = await world.run(() => play.finished, limit);
  if (finished && world.violations.length === 0) {
    let calm = false;
    play.calm().then(
      () => {
        calm = true;
      },
      (error) => world.violation(`the last sweep fails: ${error.message}`),
    );
    finished = await world.run(() => calm, limit + calmTime);
    if (finished && world.violations.length === 0) oracle.checkCalm();
  }
  return {
    seed,
    violations: world.violations,
    unfinished: !finished,
    faults: world.faults,
    fencedCalls: oracle.fencedCalls,
    duration: world.now - world.start,
  };
}

/** Fewest faults, by dropping one after the other, that still give a violation or an unfinished run. */
export async function shrink(seed: number, options: RunOptions = {}): Promise<RunResult> {
  const without = new Set(options.without);
  let best = await runSeed(seed, { ...options, without, trace: undefined });
  const failed = (result: RunResult) => result.unfinished || result.violations.length > 0;
  for (let again = true; again; ) {
    again = false;
    for (const label of best.faults) {
      const fewer = new Set(without).add(label);
      const result = await runSeed(seed, { ...options, without: fewer, trace: undefined });
      if (!failed(result)) continue;
      without.add(label);
      best = result;
      again = true;
    }
  }
  return runSeed(seed, { ...options, without });
}
