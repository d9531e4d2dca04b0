import { adoptCluster } from "../../provider/lease/adopt";
import type { ProtocolConstants } from "../../provider/lease/constants";
import { drainEntry } from "../../provider/lease/drain";
import { driveJob } from "../../provider/lease/driveJob";
import { jobKey } from "../../provider/lease/jobKey";
import { openPool, type Pool, readPool } from "../../provider/lease/pool";
import { retireJob } from "../../provider/lease/retire";
import { sweep } from "../../provider/lease/sweep";
import type { Choose, JobToPlace, LaunchRequest } from "../../provider/lease/types";
import type { Oracle } from "./oracle";
import { seededStream } from "./seeded";
import type { SimulatedEmr } from "./simulatedEmr";
import type { SimulatedStore } from "./simulatedStore";
import { Process, type World } from "./world";

/** The protocol's waiting times, scaled so that F is ten seconds. */
export const simulatedConstants: ProtocolConstants = {
  signWithin: 1_500,
  signatureAge: 6_000,
  visibility: 2_000,
  clockError: 500,
  turnTtl: 2_000,
  turnGrace: 500,
  turnBatches: 3,
  touchEvery: 2_000,
  freshFor: 5_000,
  abandonedAfter: 12_000,
  ledgerPoll: [400, 1_200],
  journalPoll: [200, 1_000],
  reconcilePoll: [500, 2_500],
  stepPoll: 800,
  answerWithin: 1_500,
  viewAge: 800,
  listingEvery: 200,
  writeBackoff: [10, 300],
  writeFor: 12_000,
  throttleBackoff: [100, 2_000],
  launchBegunWithin: 5_000,
  stepsPerCluster: 900,
  jobsPerCall: 100,
  moves: 3,
};

type Operation =
  | {
      readonly does: "create";
      readonly spec: string;
      readonly steps: number;
      readonly resubmit: JobToPlace["resubmit"];
      /** EMR refuses its steps, and whatever comes in one call with them. */
      readonly bad: boolean;
    }
  | { readonly does: "delete"; readonly cancel: boolean }
  /** A delete that was carried out before is asked for again, when a later incarnation may live. */
  | { readonly does: "deleteAgain" };

interface SimulatedJob {
  readonly key: string;
  readonly parallelSteps: boolean;
  readonly operations: readonly Operation[];
}

/** What one seed plays. */
export interface Scenario {
  readonly maxClusters: number;
  readonly cap: number;
  readonly idleTimeout: number;
  readonly stepFails: number;
  readonly clusterEnds: number;
  /** Jobs of each deployment; a deployment is one process at a time. */
  readonly deployments: readonly (readonly SimulatedJob[])[];
  readonly sweepers: number;
  /** Chance that a sweeper drains a cluster, too. */
  readonly drains: number;
  /** Processes that adopt a cluster which the pool did not launch; 0: there is none. */
  readonly adopters: number;
  /** Newest steps of a cluster that EMR shows, 1,000 in truth. */
  readonly stepWindow: number;
}

/** Draws small pools under pressure: more jobs than places, some run twice, some deleted and made again. */
export function drawScenario(seed: number): Scenario {
  const next = seededStream(seed, "scenario");
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
  const cap = pick([1, 1, 2, 4]);
  const steps = () => pick([1, 1, 1, 2]);
  const create = (): Operation => ({
    does: "create",
    spec: pick(["specone", "specone", "spectwo"]),
    steps: steps(),
    resubmit: pick(["never-started", "never-started", "failed"]),
    bad: next() < 0.06,
  });
  const job = (name: string): SimulatedJob => {
    const operations: Operation[] = [create()];
    while (operations.length < 5 && next() < 0.45) {
      if (next() < 0.75) operations.push({ does: "delete", cancel: next() < 0.8 });
      operations.push(create());
      if (next() < 0.3) operations.push({ does: "deleteAgain" });
    }
    if (next() < 0.4) operations.push({ does: "delete", cancel: next() < 0.8 });
    return {
      key: jobKey({ organization: "o", project: "p", stack: "s", parentTypes: [], type: "t", name }),
      parallelSteps: cap >= 2 && next() < 0.4,
      operations,
    };
  };
  const first = Array.from({ length: 2 + Math.floor(next() * 2) }, (_, index) => job(`a${index}`));
  const second = Array.from({ length: 1 + Math.floor(next() * 2) }, (_, index) => job(`b${index}`));
  const deployments = [first, second];
  // The same stack run twice at once, which a backend's lock should prevent and does not always.
  if (next() < 0.4) {
    // Both want the same work: two that want different work replace each other for ever, as they should.
    first[0] = { ...first[0]!, operations: first[0]!.operations.slice(0, 1) };
    deployments.push([first[0]]);
  }
  return {
    maxClusters: pick([1, 2, 2, 3]),
    cap,
    idleTimeout: pick([1_500, 4_000, 20_000]),
    stepFails: pick([0, 0.1]),
    clusterEnds: pick([0, 0.25]),
    deployments,
    sweepers: pick([0, 1, 2]),
    drains: pick([0, 0, 0.1]),
    adopters: pick([0, 0, 1, 2]),
    stepWindow: pick([1_000, 1_000, 1_000, 2, 3]),
  };
}

/** Plays a scenario; `done` turns true when every deployment has got what it wanted and nothing is left over. */
export class Play {
  private readonly pending: number[];

  constructor(
    private readonly world: World,
    private readonly store: SimulatedStore,
    private readonly emr: SimulatedEmr,
    private readonly oracle: Oracle,
    private readonly scenario: Scenario,
  ) {
    this.pending = scenario.deployments.map((jobs) => jobs.length);
    for (const [index, jobs] of scenario.deployments.entries()) this.deploy(index, jobs);
    for (let index = 0; index < scenario.sweepers; index++) this.sweeper(index);
    if (scenario.adopters === 0) return;
    const outside = emr.makeOutside(scenario.cap);
    for (let index = 0; index < scenario.adopters; index++) this.adopter(index, outside);
  }

  get finished(): boolean {
    return this.pending.every((count) => count === 0);
  }

  /** A process with its own hold on the pool. */
  private open(name: string, faulty: boolean, onCrash: () => void): { process: Process; pool: Pool } {
    const { world } = this;
    const skew = seededStream(world.options.seed, `skew ${name}`)();
    // Clocks that are far behind spend part of W; those ahead only make the hook refuse.
    const error = faulty && world.now < world.options.faultsUntil ? -800 + skew * 900 : 0;
    const process = new Process(world, name, error, onCrash, faulty);
    const pool = openPool({
      store: this.store.portOf(process),
      emr: this.emr.portOf(process),
      clock: process.clock,
      random: process.random,
      poolName: "sim",
      storeUri: "s3://simulated",
      constants: {
        ...simulatedConstants,
        stepsPerCluster: Math.min(simulatedConstants.stepsPerCluster, this.scenario.stepWindow),
      },
    });
    return { process, pool };
  }

  /** Runs the jobs of a deployment side by side; after a crash the next run goes on with what is not done. */
  private deploy(index: number, jobs: readonly SimulatedJob[]): void {
    const at = jobs.map(() => 0);
    const claims: (string | undefined)[] = jobs.map(() => undefined);
    const deleted: string[][] = jobs.map(() => []);
    let run = 0;
    const start = () => {
      const current = ++run;
      // After a crash people also change their mind: the next create asks for other work.
      for (const [number, job] of jobs.entries()) {
        const undone =
          job.operations[at[number]!]?.does === "create" && at[number]! + 1 < job.operations.length;
        const chance = seededStream(this.world.options.seed, `mind ${index} ${number} ${current}`)();
        if (current > 1 && undone && chance < 0.3) at[number]!++;
      }
      const { pool } = this.open(`d${index}.${current}`, true, () =>
        this.world.schedule(100 + 400 * current, start),
      );
      for (const [number, job] of jobs.entries()) {
        const go = async () => {
          while (current === run && at[number]! < job.operations.length) {
            try {
              const operation = job.operations[at[number]!]!;
              if (operation.does === "deleteAgain") await this.deleteAgain(pool, deleted[number]!);
              else {
                const before = claims[number];
                claims[number] = await this.operate(pool, job, operation, before);
                if (before !== undefined && before !== claims[number]) deleted[number]!.push(before);
              }
              at[number]!++;
              if (at[number] === job.operations.length) this.pending[index]!--;
            } catch (error) {
              this.world.note(
                `d${index}.${current} ${job.key.slice(0, 4)} fails: ${(error as Error).message}`,
              );
              await pool.clock.sleep(500);
            }
          }
        };
        if (at[number]! < job.operations.length) void go();
      }
    };
    this.world.schedule(index * 200, start);
  }

  private async operate(
    pool: Pool,
    job: SimulatedJob,
    operation: Exclude<Operation, { does: "deleteAgain" }>,
    claimId: string | undefined,
  ): Promise<string | undefined> {
    if (operation.does === "delete") {
      if (claimId === undefined) return undefined;
      this.oracle.deleteAsked(claimId);
      const { finished } = await retireJob(claimId, { cancel: operation.cancel, timeLimitSeconds: 5 }, pool);
      if (!finished) throw new Error("the delete is not finished");
      this.oracle.deleteFinished(claimId, operation.cancel);
      return undefined;
    }
    this.oracle.createAsked(job.key, specOf(operation));
    const sequential = operation.steps > 1 && !job.parallelSteps && this.scenario.cap > 1;
    const result = await driveJob(
      toPlace(job, operation),
      { maxClusters: this.scenario.maxClusters, waitMinutes: 0, timeoutMinutes: 1_000 },
      chooseByRoom,
      launchOf(this.scenario),
      pool,
      { until: sequential || operation.resubmit === "failed" ? "completed" : "submitted" },
    );
    this.checkResult(result.claimId, specOf(operation), result.record);
    return result.claimId;
  }

  private async deleteAgain(pool: Pool, claimIds: readonly string[]): Promise<void> {
    for (const claimId of claimIds) await retireJob(claimId, { cancel: true, timeLimitSeconds: 5 }, pool);
  }

  /** What a create returns must be true of EMR. */
  private checkResult(
    claimId: string,
    spec: string,
    record: { ids: string[]; spec: string; outcome?: { state: string } },
  ): void {
    const shown = new Map([...this.oracle.stepsOf(claimId)].map(({ step }) => [step.id, step]));
    for (const id of record.ids)
      if (!shown.has(id)) this.world.violation(`I2 ${claimId} returned step ${id}, which EMR never accepted`);
    if (record.spec !== spec) this.world.violation(`I2 ${claimId} was returned for other work`);
    if (record.outcome?.state === "COMPLETED")
      for (const id of record.ids)
        if (shown.get(id)?.state !== "COMPLETED")
          this.world.violation(`I2 ${claimId} is COMPLETED, step ${id} is not`);
  }

  private sweeper(index: number): void {
    let run = 0;
    const start = () => {
      const current = ++run;
      const { pool } = this.open(`w${index}.${current}`, true, () => this.world.schedule(2_000, start));
      const go = async () => {
        while (current === run && !this.finished) {
          await pool.clock.sleep(1_000 + pool.random.next() * 6_000);
          const clean = async () => {
            await sweep(pool);
            const entries = (await readPool(pool))?.entries ?? [];
            const entry = entries[Math.floor(pool.random.next() * entries.length)];
            if (entry?.clusterId && pool.random.next() < this.scenario.drains)
              await drainEntry(entry.entryId, pool);
          };
          await clean().catch((error) => this.world.note(`w${index} fails: ${error.message}`));
        }
      };
      void go();
    };
    this.world.schedule(1_000, start);
  }

  /** Adopts the cluster from outside now and again, also when it is full, was drained or is gone. */
  private adopter(index: number, outside: string): void {
    let run = 0;
    const start = () => {
      const current = ++run;
      const { pool } = this.open(`o${index}.${current}`, true, () => this.world.schedule(3_000, start));
      const go = async () => {
        while (current === run && !this.finished) {
          await pool.clock.sleep(500 + pool.random.next() * 8_000);
          await adoptCluster(outside, pool, { maxClusters: this.scenario.maxClusters }).catch((error) =>
            this.world.note(`o${index} fails: ${error.message}`),
          );
        }
      };
      void go();
    };
    this.world.schedule(200, start);
  }

  /** Sweeps until no slot is taken. */
  async calm(): Promise<void> {
    const { pool } = this.open("calm", false, () => {});
    for (;;) {
      await sweep(pool);
      const reading = await readPool(pool);
      if (!reading || reading.entries.every((entry) => entry.slotsTaken === 0)) return;
      await pool.clock.sleep(1_000);
    }
  }
}

function specOf({ spec, steps, bad }: Extract<Operation, { does: "create" }>): string {
  return `${spec}${steps}${bad ? "bad" : ""}`;
}

function toPlace(job: SimulatedJob, operation: Extract<Operation, { does: "create" }>): JobToPlace {
  return {
    key: job.key,
    spec: specOf(operation),
    steps: Array.from({ length: operation.steps }, (_, index) => ({
      Name: operation.bad ? "bad" : `step ${index}`,
      ActionOnFailure: "CONTINUE" as const,
      HadoopJarStep: { Jar: "command-runner.jar" },
    })),
    parallelSteps: job.parallelSteps,
    holdsSecrets: false,
    who: job.key.slice(0, 4),
    resubmit: operation.resubmit,
  };
}

/** A matcher that takes any cluster with room, fullest first. */
const chooseByRoom: Choose = async (entries) => {
  const fits = entries
    .filter((entry) => entry.slotsTaken < entry.slots)
    .sort((a, b) => b.slotsTaken - a.slotsTaken || (a.entryId < b.entryId ? -1 : 1));
  return {
    ranked: fits.map((entry) => entry.entryId),
    refused: [],
    worthWaitingFor: entries.map((entry) => entry.entryId),
  };
};

function launchOf(scenario: Scenario): LaunchRequest {
  const request = {
    Name: "",
    Instances: { KeepJobFlowAliveWhenNoSteps: true },
    StepConcurrencyLevel: scenario.cap,
  };
  return {
    name: "sim",
    record: { fingerprint: "0123456789abcdef", schema: 1, request, bootstrapDigests: {} },
    request,
    slots: scenario.cap,
  };
}
