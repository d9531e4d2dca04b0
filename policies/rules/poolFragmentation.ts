import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";

export const poolFragmentation = definePolicy<{ max: number }>({
  name: "pool-fragmentation",
  description: "The jobs of a stack must not ask for many different clusters in one pool.",
  why: "Only jobs with the same fingerprint can share a cluster, so each further one needs a cluster of its own.",
  remediationSteps: "Give the jobs the same release, applications, configurations and bootstrap actions.",
  severity: "low",
  tags: ["cost", "pool", "stack"],
  url: "https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html",
  level: "advisory",
  config: {
    max: {
      type: "integer",
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: "Most different fingerprints of one pool within a stack.",
    },
  },
  checkStack(stack, { max }, report) {
    const fingerprints = new Map<string, Set<string>>();
    eachKnown(stack.ofKind("job"), ({ job }) => {
      const fingerprint = job!.placement?.fingerprint;
      if (fingerprint === undefined) return;
      const { name, store } = job!.pool;
      const pool = `${name} at ${store}`;
      fingerprints.set(pool, (fingerprints.get(pool) ?? new Set()).add(fingerprint));
    });
    for (const [pool, different] of fingerprints)
      if (different.size > max)
        report(
          undefined,
          `Jobs ask for ${different.size} different clusters in pool ${pool}.`,
          `Allowed: at most ${max}.`,
        );
  },
});
