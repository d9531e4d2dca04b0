import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { PolicyHost, packFolder, repository } from "../test/support/policies/policyHost";
import {
  clusterResource,
  goodFleetJobProps,
  goodJobProps,
  jobResource,
} from "../test/support/policies/programs";

/**
 * What the policy pack adds to a preview of 500 resources: starting it, judging each resource as the engine does, one
 * call each, and the stack in one call. A pack without policies, which is Pulumi's own cost, runs beside it.
 * `npx tsx bench/policies.ts`
 *
 * Wall time tells of the machine's other work too; the pack's own processor time doesn't, and is what is compared
 * with the limit. It is read from `/proc`, so that other systems show wall time only.
 */
const resourceCount = 500;
const rounds = 3;
const limitSeconds = 3;

/** Milliseconds. */
interface Time {
  wall: number;
  processor: number;
}

type Part = "load" | "resources" | "stack";
type Round = Record<Part, Time>;

const titles: Record<Part, string> = {
  load: "load",
  resources: `${resourceCount} resources, one by one`,
  stack: "the stack, once",
};
const parts = Object.keys(titles) as Part[];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pooled emr bench "));
  try {
    const empty = emptyPack(folder);
    const program = Array.from({ length: resourceCount }, (_, index) => {
      if (index % 5 === 0) return clusterResource(`cluster-${index}`);
      return jobResource(`job-${index}`, index % 2 === 0 ? goodJobProps() : goodFleetJobProps());
    });
    const measured: { base: Round; own: Round }[] = [];
    for (let round = 0; round < rounds; round++)
      measured.push({ base: await measure(empty, program), own: await measure(packFolder.strict, program) });
    process.stdout.write(`${table(measured)}\nmedian of ${rounds} rounds, wall time and processor time\n`);
    const added =
      median(measured.map(({ base, own }) => total(own).processor - total(base).processor)) / 1000;
    process.stdout.write(`added: ${added.toFixed(2)} s of processor time; limit ${limitSeconds} s\n`);
    if (added > limitSeconds) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function table(measured: { base: Round; own: Round }[]): Table.Table {
  const result = new Table({
    head: ["", "pack without policies", "our pack (strict)"],
    style: { head: [], border: [] },
  });
  const show = (times: Time[]) =>
    (["wall", "processor"] as const)
      .map((kind) => `${(median(times.map((time) => time[kind])) / 1000).toFixed(2)} s`)
      .join(" / ");
  for (const part of parts)
    result.push([
      titles[part],
      show(measured.map(({ base }) => base[part])),
      show(measured.map(({ own }) => own[part])),
    ]);
  result.push([
    "together",
    show(measured.map(({ base }) => total(base))),
    show(measured.map(({ own }) => total(own))),
  ]);
  return result;
}

function total(round: Round): Time {
  const sum = (kind: keyof Time) => parts.reduce((all, part) => all + round[part][kind], 0);
  return { wall: sum("wall"), processor: sum("processor") };
}

function median(numbers: number[]): number {
  return numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)]!;
}

/** Processor time a process has used so far; `NaN` where there is no `/proc`. Linux counts 100 ticks a second. */
function processorTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

async function measure(pack: string, program: Parameters<PolicyHost["violations"]>[0]): Promise<Round> {
  const started = performance.now();
  const host = await PolicyHost.start(pack);
  const loaded = { wall: performance.now(), processor: processorTime(host.pid) };
  await host.judgeEach(program);
  const judged = { wall: performance.now(), processor: processorTime(host.pid) };
  await host.judgeStack(program);
  const ended = { wall: performance.now(), processor: processorTime(host.pid) };
  await host.close();
  return {
    load: { wall: loaded.wall - started, processor: loaded.processor },
    resources: { wall: judged.wall - loaded.wall, processor: judged.processor - loaded.processor },
    stack: { wall: ended.wall - judged.wall, processor: ended.processor - judged.processor },
  };
}

function emptyPack(folder: string): string {
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "empty", version: "1.0.0", main: "index.js" }),
  );
  writeFileSync(
    join(folder, "index.js"),
    'new (require("@pulumi/policy").PolicyPack)("empty", { policies: [] });\n',
  );
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  return folder;
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack ?? error}\n`);
  process.exitCode = 1;
});
