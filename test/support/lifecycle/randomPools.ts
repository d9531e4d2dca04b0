import type { ClusterSpec, PoolSpec } from "../../../provider/args";
import type { ProviderInputs } from "../../../provider/lifecycle/state";
import { jobInputs } from "./jobInputs";

/** What becomes of a job that was placed while the world was made. */
export type Fate =
  | "runs"
  /** Its steps ended, and nobody has looked since. */
  | "ended unseen"
  /** Its steps ended, and its own `up` has noted that. */
  | "ended"
  | "deleted"
  /** Its cluster went away. */
  | "cluster gone";

/** A cluster that was not launched by the pool. */
export interface OutsideCluster {
  readonly cluster: ClusterSpec;
  readonly concurrency: number;
  /** An earlier job named it, so that the pool has adopted it; does that job still run? */
  readonly adopted: "idle" | "busy" | undefined;
  /** The probe asks for this cluster and no other. */
  readonly named: boolean;
}

/** A pool as others left it, and the job whose preview is put to the test. */
export interface RandomPool {
  readonly number: number;
  readonly earlier: readonly EarlierJob[];
  readonly outside: OutsideCluster | undefined;
  readonly probe: ProviderInputs;
}

/** A job placed while the pool was made. */
export interface EarlierJob {
  readonly inputs: ProviderInputs;
  readonly fate: Fate;
  /** Placed when clusters take an hour to start. */
  readonly starting: boolean;
}

const fates: readonly Fate[] = ["runs", "ended unseen", "ended unseen", "ended", "deleted", "cluster gone"];

/** World `number` of `seed`: the same two numbers give the same world. */
export function randomPool(seed: number, number: number, random: () => number): RandomPool {
  const below = (limit: number) => Math.floor(random() * limit);
  const chance = (probability: number) => random() < probability;
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;

  const cluster = (): ClusterSpec => ({
    releaseLabel: chance(0.95) ? "emr-7.5.0" : "emr-7.2.0",
    applications: chance(0.95) ? [{ name: "Spark" }] : [{ name: "Spark" }, { name: "Hive" }],
    instances: {
      instanceGroups: [
        { instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 },
        {
          instanceRole: "CORE",
          instanceType: chance(0.7) ? "m5.xlarge" : pick(["m5.2xlarge", "r5.xlarge"]),
          instanceCount: chance(0.8) ? 1 : 2,
        },
      ],
    },
    serviceRole: "EMR_DefaultRole",
    jobFlowRole: "EMR_EC2_DefaultRole",
  });
  const concurrency = pick([1, 1, 2, 4]);
  const pool = (): Partial<PoolSpec> => ({
    name: `pool-${seed}-${number}`,
    prefer: pick(["most-powerful", "best-fit"]),
    maxConcurrentSteps: chance(0.9) ? concurrency : pick([1, 2, 3]),
    maxClusters: chance(0.6) ? 1 + below(3) : undefined,
    joinStarting: chance(0.5),
  });
  const job = (name: string): ProviderInputs => {
    // `check` is asked about the probe only.
    const placement = { action: "unknown" as const, reason: "not asked", refused: [] };
    const inputs = jobInputs(`${name}-${seed}-${number}`, { cluster: cluster(), pool: pool(), placement });
    const wide = (inputs.pool.maxConcurrentSteps ?? 1) > 1 && chance(0.3);
    if (!wide) return inputs;
    const steps = [...inputs.steps, { ...inputs.steps[0]!, name: "recount" }];
    return { ...inputs, steps, parallelSteps: true };
  };
  // Jobs placed earlier are not limited, so that the pool gets as many clusters as jobs ask for.
  const earlier = Array.from({ length: below(4) }, (_, index): EarlierJob => {
    const inputs = job(`earlier${index}`);
    return {
      inputs: { ...inputs, pool: { ...inputs.pool, maxClusters: undefined } },
      fate: pick(fates),
      starting: chance(0.15),
    };
  });
  const outside = chance(0.25)
    ? {
        cluster: cluster(),
        concurrency,
        adopted: pick(["idle", "busy", undefined] as const),
        named: chance(0.5),
      }
    : undefined;
  return { number, earlier, outside, probe: job("probe") };
}
