import { parseArgs } from "node:util";
import { runSeed, shrink } from "./simulate";
import type { PortMutations } from "./world";

/** `npm run simulate -- --seeds 100000 [--from 1]`; `--seed 17` replays one with its trace, `--shrink` shrinks it first. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "2000" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      shrink: { type: "boolean", default: false },
      mutation: { type: "string" },
      stop: { type: "string", default: "10" },
    },
  });
  const mutations: PortMutations = values.mutation ? { [values.mutation]: true } : {};
  if (values.seed !== undefined) {
    const trace = (line: string) => console.log(line);
    const run = values.shrink ? shrink : runSeed;
    const result = await run(Number(values.seed), { mutations, trace });
    console.log(JSON.stringify(result, undefined, 2));
    process.exitCode = result.violations.length > 0 || result.unfinished ? 1 : 0;
    return;
  }
  const from = Number(values.from);
  const until = from + Number(values.seeds);
  const startedAt = performance.now();
  const failed: { seed: number; why: string }[] = [];
  let violations = 0;
  let unfinished = 0;
  let ran = 0;
  for (let seed = from; seed < until && failed.length < Number(values.stop); seed++, ran++) {
    const result = await runSeed(seed, { mutations });
    if (result.violations.length > 0) violations++;
    else if (result.unfinished) unfinished++;
    else continue;
    failed.push({ seed, why: result.violations[0] ?? "unfinished" });
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(
    `${ran} seeds in ${seconds.toFixed(1)} s (${(ran / seconds).toFixed(0)} a second): ` +
      `${violations} with violations, ${unfinished} unfinished`,
  );
  for (const { seed, why } of failed) console.log(`seed ${seed}: ${why}`);
  if (failed.length > 0) process.exitCode = 1;
}

void main();
