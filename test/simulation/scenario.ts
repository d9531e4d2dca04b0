import type { ProtocolConstants } from "../../provider/lease/constants";
import { jobKey } from "../../provider/lease/jobKey";
import type { JobToPlace } from "../../provider/lease/types";
import { seededStream } from "./seeded";

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

export type Operation =
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

export interface SimulatedJob {
  readonly key: string;
  readonly parallelSteps: boolean;
  readonly operations: readonly Operation[];
}

/** What the runs of a stack do with a cluster that it keeps. */
export type KeeperOperation =
  /** A create; of another release, if the inputs were changed. */
  { readonly does: "keep"; readonly release: string } | { readonly does: "remove" };

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
  /** A cluster that a stack keeps, and what each of its runs does with it: two of them, and both at once. */
  readonly keeper: readonly (readonly KeeperOperation[])[];
  /** Chance that a create is interrupted. */
  readonly interrupts: number;
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
    keeper: next() < 0.2 ? drawKeeper(next) : [],
    interrupts: pick([0, 0, 0, 0.3]),
  };
}

function drawKeeper(next: () => number): readonly (readonly KeeperOperation[])[] {
  const keep = (): KeeperOperation => ({ does: "keep", release: next() < 0.6 ? "one" : "two" });
  const run = (): KeeperOperation[] => {
    const operations = [keep()];
    while (operations.length < 4 && next() < 0.5) {
      if (next() < 0.5) operations.push({ does: "remove" });
      operations.push(keep());
    }
    if (next() < 0.5) operations.push({ does: "remove" });
    return operations;
  };
  return next() < 0.5 ? [run()] : [run(), [keep()]];
}
