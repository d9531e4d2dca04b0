import { drainEntry } from "../../provider/lease/drain";
import { jobKey } from "../../provider/lease/jobKey";
import { type KeptCluster, keepCluster, keptEntryId } from "../../provider/lease/keepCluster";
import { type Pool, readPool } from "../../provider/lease/pool";
import type { Oracle } from "./oracle";
import { launchOf } from "./play";
import type { KeeperOperation, Scenario } from "./scenario";
import { seededStream } from "./seeded";
import type { SimulatedEmr } from "./simulatedEmr";
import type { World } from "./world";

const key = jobKey({ organization: "o", project: "p", stack: "s", parentTypes: [], type: "c", name: "kept" });

/** A stack that keeps a cluster in the pool, changes its mind about it, and is run twice at once where it should not be. */
export class Keeper {
  private pending: number;
  /** What the last create returned, and a delete acts on. */
  private kept: KeptCluster | undefined;

  constructor(
    private readonly world: World,
    private readonly emr: SimulatedEmr,
    private readonly oracle: Oracle,
    private readonly scenario: Scenario,
    private readonly open: (name: string, onCrash: () => void) => Pool,
  ) {
    this.pending = scenario.keeper.length;
    for (const [index, operations] of scenario.keeper.entries()) this.run(index, operations);
  }

  get finished(): boolean {
    return this.pending === 0;
  }

  private run(index: number, operations: readonly KeeperOperation[]): void {
    let at = 0;
    let run = 0;
    const start = () => {
      const current = ++run;
      // After a crash people also change their mind: the next create asks for another cluster.
      const chance = seededStream(this.world.options.seed, `keeper's mind ${index} ${current}`)();
      if (current > 1 && at + 1 < operations.length && chance < 0.3) at++;
      const pool = this.open(`k${index}.${current}`, () => this.world.schedule(100 + 400 * current, start));
      const go = async () => {
        while (current === run && at < operations.length) {
          try {
            await this.operate(pool, operations[at]!);
            if (++at === operations.length) this.pending--;
          } catch (error) {
            this.world.note(`k${index}.${current} fails: ${(error as Error).message}`);
            await pool.clock.sleep(500);
          }
        }
      };
      void go();
    };
    this.world.schedule(100 + index * 300, start);
  }

  private async operate(pool: Pool, operation: KeeperOperation): Promise<void> {
    if (operation.does === "remove") return this.remove(pool);
    const { maxClusters } = this.scenario;
    const kept = await keepCluster(
      {
        key,
        who: "kept",
        launch: launchOf(this.scenario, operation.release),
        maxClusters,
        timeoutMinutes: 1_000,
      },
      pool,
      {},
    );
    this.check(kept, operation.release, pool.poolId!);
    this.kept = kept;
    await pool.clock.sleep(pool.random.next() * 4_000);
  }

  /** What a create returns must be what it asked for, and the only cluster of the resource that still takes jobs. */
  private check({ clusterId, generation }: KeptCluster, release: string, poolId: string): void {
    const launched = this.emr.clusters.get(clusterId)?.release;
    if (launched !== release)
      this.world.violation(`I4 the kept cluster ${clusterId} is of release ${launched}, not ${release}`);
    for (let earlier = 0; earlier < generation; earlier++) {
      const entryId = keptEntryId(key, earlier);
      if (this.oracle.takesJobs(entryId))
        this.world.violation(`I4 generation ${earlier} of the kept cluster still takes jobs (${poolId})`);
    }
  }

  private async remove(pool: Pool): Promise<void> {
    const { kept } = this;
    if (kept === undefined) return;
    while ((await readPool(pool))?.pool.entries.includes(kept.entryId)) {
      if ((await drainEntry(kept.entryId, pool)) === "gone") break;
      await pool.clock.sleep(500 + pool.random.next() * 1_500);
    }
    if (this.emr.clusters.get(kept.clusterId)?.state !== "TERMINATED")
      this.world.violation(`I4 the kept cluster ${kept.clusterId} is removed and still there`);
  }
}
