import { adoptCluster } from "../../provider/lease/adopt";
import { drainEntry } from "../../provider/lease/drain";
import { driveJob } from "../../provider/lease/driveJob";
import { openPool, type Pool, readPool } from "../../provider/lease/pool";
import { retireJob } from "../../provider/lease/retire";
import { sweep } from "../../provider/lease/sweep";
import type { Choose, JobToPlace, LaunchRequest } from "../../provider/lease/types";
import { Keeper } from "./keeper";
import type { Oracle } from "./oracle";
import { type Operation, type Scenario, type SimulatedJob, simulatedConstants } from "./scenario";
import { seededStream } from "./seeded";
import type { SimulatedEmr } from "./simulatedEmr";
import type { SimulatedStore } from "./simulatedStore";
import { Process, type World } from "./world";

interface Opened {
  readonly process: Process;
  readonly pool: Pool;
}

/** Plays a scenario; `done` turns true when every deployment has got what it wanted and nothing is left over. */
export class Play {
  private readonly pending: number[];
  private readonly keeper: Keeper;

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
    const open = (name: string, onCrash: () => void) => this.open(name, true, onCrash).pool;
    this.keeper = new Keeper(world, emr, oracle, scenario, open);
    if (scenario.adopters === 0) return;
    const outside = emr.makeOutside(scenario.cap);
    for (let index = 0; index < scenario.adopters; index++) this.adopter(index, outside);
  }

  get finished(): boolean {
    return this.keeper.finished && this.pending.every((count) => count === 0);
  }

  /** A process with its own hold on the pool. */
  private open(name: string, faulty: boolean, onCrash: () => void): Opened {
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
      const opened = this.open(`d${index}.${current}`, true, () =>
        this.world.schedule(100 + 400 * current, start),
      );
      for (const [number, job] of jobs.entries()) {
        const go = async () => {
          while (current === run && at[number]! < job.operations.length) {
            try {
              const operation = job.operations[at[number]!]!;
              if (operation.does === "deleteAgain") await this.deleteAgain(opened.pool, deleted[number]!);
              else {
                const before = claims[number];
                claims[number] = await this.operate(opened, job, operation, before);
                if (before !== undefined && before !== claims[number]) deleted[number]!.push(before);
              }
              at[number]!++;
              if (at[number] === job.operations.length) this.pending[index]!--;
            } catch (error) {
              this.world.note(
                `d${index}.${current} ${job.key.slice(0, 4)} fails: ${(error as Error).message}`,
              );
              await opened.pool.clock.sleep(500);
            }
          }
        };
        if (at[number]! < job.operations.length) void go();
      }
    };
    this.world.schedule(index * 200, start);
  }

  private async operate(
    { pool, process }: Opened,
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
    const sequential = operation.steps > 1 && !job.parallelSteps && this.scenario.cap > 1;
    this.oracle.createAsked(job.key, specOf(operation), sequential);
    const interrupted = this.interrupt(job.key);
    const driving = driveJob(
      toPlace(job, operation),
      { maxClusters: this.scenario.maxClusters, waitMinutes: 0, timeoutMinutes: 1_000 },
      chooseByRoom,
      launchOf(this.scenario),
      pool,
      {
        until: sequential || operation.resubmit === "failed" ? "completed" : "submitted",
        signal: interrupted,
      },
    );
    const result = await driving.catch((error) => {
      this.checkLetGo(job.key, process);
      throw error;
    });
    this.checkResult(result.claimId, specOf(operation), result.record);
    return result.claimId;
  }

  /** People press Ctrl-C, for as long as things go wrong and a while after. */
  private interrupt(key: string): AbortSignal | undefined {
    const { world, scenario } = this;
    const chance = seededStream(world.options.seed, `interrupt ${key} ${world.now}`);
    if (chance() >= scenario.interrupts || world.now > world.options.faultsUntil + 15_000) return undefined;
    const controller = new AbortController();
    world.schedule(chance() * 6_000, () => controller.abort(new Error("interrupted")));
    return controller.signal;
  }

  /** A create that fails leaves nothing that others could submit, if requests were answered and it was awake for it. */
  private checkLetGo(key: string, { pausedUntil }: Process): void {
    const { world, oracle, scenario } = this;
    const twice = scenario.deployments.filter((jobs) => jobs.some((job) => job.key === key)).length > 1;
    const troubled = Math.max(world.options.faultsUntil, pausedUntil) + 4_000;
    if (!twice && world.now > troubled && oracle.holdsTicket(key))
      world.violation(`I9 a create of ${key} failed and left its ticket`);
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

/** What a job launches; what is kept says of which release. */
export function launchOf(scenario: Scenario, release?: string): LaunchRequest {
  const request = {
    Name: "",
    ReleaseLabel: release,
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
