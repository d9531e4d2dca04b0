import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import { z } from "zod";
import type { Transition } from "../clusterEvents";
import type { EmrState } from "../emrState";
import { advance, transition } from "../lifecycle";
import { createCluster } from "../operations/runJobFlow";
import { runJobFlow } from "../schemas/runJobFlow";
import type { Wire } from "../wire";

/** A cluster to be made at once. */
export const seedSchema = z.strictObject({
  /** As for RunJobFlow. Kept alive unless it says otherwise, as a WAITING cluster has to be. */
  input: runJobFlow,
  state: z.enum(["STARTING", "BOOTSTRAPPING", "WAITING", "TERMINATED"]).default("WAITING"),
  /** How long a WAITING cluster has been waiting already. */
  idleSeconds: z.number().min(0).default(0),
  /** How long before now it was launched. Default: just long enough for its state. */
  ageSeconds: z.number().min(0).optional(),
  region: z.string().default("us-east-1"),
});

type Seed = Omit<z.output<typeof seedSchema>, "input"> & { input: Wire<RunJobFlowInput> };

/** The cluster as it would stand if it had been launched some time ago and gone through its states since. */
export function seedCluster(seed: Seed, state: EmrState, now: number): Transition {
  const { starting, bootstrapping, terminating } = state.durations;
  const phases = {
    STARTING: 0,
    BOOTSTRAPPING: starting,
    WAITING: starting + bootstrapping + seed.idleSeconds * 1000,
    TERMINATED: starting + bootstrapping + terminating,
  };
  const createdAt = now - Math.max(phases[seed.state], (seed.ageSeconds ?? 0) * 1000);
  const input = { ...seed.input, Instances: { KeepJobFlowAliveWhenNoSteps: true, ...seed.input.Instances } };
  const launched = createCluster(input, { state, region: seed.region, now: createdAt });
  // An old cluster spent the time before its present phase in STARTING.
  const lifecycle = { ...launched.lifecycle, since: now - phases[seed.state] };
  const cluster = { ...launched, lifecycle };
  if (seed.state !== "TERMINATED") return advance(cluster, now, state.durations);
  const ready = advance(cluster, now - terminating, state.durations).cluster;
  const ending = { code: "USER_REQUEST" as const, message: "Terminated by user request" };
  const ended = transition(ready, { type: "terminate", ending }, now - terminating, state.durations).cluster;
  return advance(ended, now, state.durations);
}
