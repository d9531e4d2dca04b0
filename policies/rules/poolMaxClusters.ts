import { definePolicy } from "../definePolicy";
import { pooledKinds } from "../resource";

export const poolMaxClusters = definePolicy<{ max: number }>({
  name: "pool-max-clusters",
  description: "A pool must have a cap on its active clusters.",
  why: "Without a cap, jobs that don't match each other launch a cluster each, however many there are.",
  remediationSteps: "Set pool.maxClusters to a number within the limit.",
  severity: "medium",
  tags: ["cost", "pool"],
  url: "https://github.com/Yelp/mrjob/issues/2192",
  level: "mandatory",
  config: {
    max: { type: "integer", minimum: 1, maximum: 1000, default: 5, description: "Largest cap." },
  },
  profileConfig: { dev: { max: 2 } },
  kinds: pooledKinds,
  check({ pooled }, { max }, report) {
    const { maxClusters } = pooled!.pool;
    if (maxClusters === undefined) report("pool.maxClusters is not set.", `Allowed: 1 to ${max}.`);
    else if (maxClusters > max) report(`pool.maxClusters is ${maxClusters}.`, `Allowed: 1 to ${max}.`);
  },
});
