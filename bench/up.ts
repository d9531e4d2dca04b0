import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { projectWithPackage } from "../test/support/lifecycle/builtPackage";
import { EmrWorld } from "../test/support/lifecycle/emrWorld";
import { jobInputs } from "../test/support/lifecycle/jobInputs";
import { cliRunner } from "../test/support/pulumi/cliRunner";
import { embeddedRunner } from "../test/support/pulumi/embeddedRunner";
import { findEngine } from "../test/support/pulumi/engine";
import type { ProjectCopy, PulumiRunner } from "../test/support/pulumi/runner";

/**
 * One `up` (without a preview before it) of 1, 25, 100 and 200 jobs that share the clusters of a pool: seconds, the
 * most memory the provider's process took, and calls. `npx tsx bench/up.ts [count …]`
 *
 * Memory is read from `/proc`; elsewhere it is shown as 0.
 */
const counts = process.argv.slice(2).map(Number).filter(Boolean);
const sizes = counts.length > 0 ? counts : [1, 25, 100, 200];

interface Measured {
  readonly runner: string;
  readonly jobs: number;
  readonly seconds: number;
  readonly megabytes: number;
  readonly emrCalls: number;
  readonly s3Calls: number;
  readonly clusters: number;
}

async function main(): Promise<void> {
  const search = await findEngine();
  if ("skipped" in search) process.stdout.write(`pulumi CLI: ${search.skipped}\n`);
  const makers: ((project: ProjectCopy) => PulumiRunner)[] = [embeddedRunner];
  if ("engine" in search) makers.push((project) => cliRunner(search.engine, project));
  for (const make of makers) {
    const measured: Measured[] = [];
    for (const jobs of sizes) measured.push(await measure(make, jobs));
    process.stdout.write(`${table(measured)}\n`);
    const [first, last] = [measured[0]!, measured.at(-1)!];
    const growth = last.seconds / first.seconds;
    const verdict = growth <= last.jobs / first.jobs ? "linear or better" : "WORSE THAN LINEAR";
    process.stdout.write(
      `${last.runner}: ${last.jobs / first.jobs} times the jobs take ${growth.toFixed(1)} times as long: ${verdict}\n`,
    );
    if (verdict !== "linear or better") process.exitCode = 1;
  }
}

async function measure(make: (project: ProjectCopy) => PulumiRunner, jobs: number): Promise<Measured> {
  const world = await EmrWorld.start({ stepExecution: 0 });
  const project = await projectWithPackage(join(__dirname, "..", "test", "support", "lifecycle", "program"));
  try {
    const runner = make(project);
    const request = {
      stack: "bench",
      environment: { ...world.environment, JOBS: JSON.stringify(program(jobs)) },
    };
    const memory = watchMemory(project.projectDir);
    const start = performance.now();
    const { exitCode, output } = await runner.up({ ...request, parallel: 64 });
    const seconds = (performance.now() - start) / 1000;
    const megabytes = memory.stop();
    if (exitCode !== 0) throw new Error(output);
    const calls = await world.calls();
    const of = (service: string) => calls.filter((call) => call.service === service).length;
    const clusters = calls.filter((call) => call.operation === "RunJobFlow").length;
    return {
      runner: runner.name,
      jobs,
      seconds,
      megabytes,
      emrCalls: of("emr"),
      s3Calls: of("s3"),
      clusters,
    };
  } finally {
    await world.close();
    project.remove();
  }
}

/** Jobs of one pool, ten at a time on each of its clusters. */
function program(count: number): object {
  const jobs = Array.from({ length: count }, (_, index) => {
    const pool = { name: "bench", maxConcurrentSteps: 10 };
    const { __urn: _urn, __organization: _organization, ...inputs } = jobInputs(`job-${index}`, { pool });
    return [`job-${index}`, inputs] as const;
  });
  return Object.fromEntries(jobs);
}

/** Follows the peak of the dynamic provider that runs in this project. */
function watchMemory(projectDir: string): { stop(): number } {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, ...providerPeaks(projectDir));
  }, 250);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

function providerPeaks(projectDir: string): number[] {
  try {
    return readdirSync("/proc").flatMap((pid) => (/^\d+$/.test(pid) ? peakOf(pid, projectDir) : []));
  } catch {
    return [];
  }
}

/** Megabytes; none if the process is another, or has ended. */
function peakOf(pid: string, projectDir: string): number[] {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("cmd/dynamic-provider")) return [];
    if (readlinkSync(`/proc/${pid}/cwd`) !== projectDir) return [];
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? [] : [Number(kilobytes) / 1024];
  } catch {
    return [];
  }
}

function table(rows: readonly Measured[]): string {
  const head = [
    "jobs",
    "seconds",
    "s a job",
    "provider MB",
    "EMR calls",
    "a job",
    "S3 calls",
    "a job",
    "clusters",
  ];
  const shown = new Table({ head: [rows[0]!.runner, ...head], style: { head: [], border: [] } });
  for (const row of rows) {
    const aJob = (value: number) => (value / row.jobs).toFixed(2);
    shown.push([
      "",
      row.jobs,
      row.seconds.toFixed(1),
      aJob(row.seconds),
      row.megabytes.toFixed(0),
      row.emrCalls,
      aJob(row.emrCalls),
      row.s3Calls,
      aJob(row.s3Calls),
      row.clusters,
    ]);
  }
  return shown.toString();
}

void main();
