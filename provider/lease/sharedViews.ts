import type { ClusterSummary, StepSummary } from "@aws-sdk/client-emr";
import { Mutex } from "async-mutex";
import type { Clock, Emr, Random } from "../ports";
import type { ProtocolConstants } from "./constants";
import { isTerminalStep } from "./judgeSteps";
import type { RecordStore } from "./recordStore";
import { storedView } from "./storedView";

/** States of a cluster that still exists. https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-overview.html */
export const activeClusterStates = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"];
const activeStepStates = ["PENDING", "CANCEL_PENDING", "RUNNING"];
/** EMR takes at most 10 ids in one ListSteps. */
const idsPerCall = 10;

/** A step as EMR last showed it. */
export type StepView = Pick<StepSummary, "Id" | "Name" | "Status">;

interface ClusterSteps {
  readonly mutex: Mutex;
  readonly known: Map<string, StepView>;
  /** Ids that somebody here waits for. */
  readonly watched: Set<string>;
  readAt: number;
}

/**
 * One process's picture of EMR, at most `viewAge` old, shared by all its jobs: EMR answers one listing in two
 * seconds for the whole account, so a hundred jobs can't each look for themselves.
 */
export class SharedViews {
  private readonly clustersMutex = new Mutex();
  private clusters: { readonly at: number; readonly summaries: ClusterSummary[] } | undefined;
  private readonly steps = new Map<string, ClusterSteps>();

  constructor(
    private readonly context: {
      readonly emr: Emr;
      readonly clock: Clock;
      readonly random: Random;
      readonly records: RecordStore;
      readonly constants: Pick<ProtocolConstants, "viewAge" | "answerWithin">;
    },
    /** Object in the store through which processes share their listing; undefined while nothing may be written. */
    private readonly sharedAs: () => string | undefined,
  ) {}

  /**
   * Clusters of the account and Region that exist, at most `viewAge` old. While a job is being placed the listing is
   * shared with all processes of the pool; a preview or refresh, which must not write, asks for itself.
   */
  activeClusters(): Promise<ClusterSummary[]> {
    return this.clustersMutex.runExclusive(async () => {
      const now = this.context.clock.monotonic();
      if (this.clusters === undefined || now - this.clusters.at > this.context.constants.viewAge) {
        const ask = () => this.context.emr.listClusters({ ClusterStates: activeClusterStates as never });
        const shared = this.sharedAs();
        const summaries = shared === undefined ? await ask() : await storedView(this.context, shared, ask);
        this.clusters = { at: now, summaries };
      }
      return this.clusters.summaries;
    });
  }

  /** The steps with these ids; those EMR does not show (yet, or any more) are missing. */
  async stepsOf(
    clusterId: string,
    ids: readonly string[],
    maximumAge?: number,
  ): Promise<Map<string, StepView>> {
    const cluster = this.steps.get(clusterId) ?? {
      mutex: new Mutex(),
      known: new Map(),
      watched: new Set(),
      readAt: Number.NEGATIVE_INFINITY,
    };
    this.steps.set(clusterId, cluster);
    const unfinished = () => ids.filter((id) => !isTerminalStep(cluster.known.get(id)));
    for (const id of unfinished()) cluster.watched.add(id);
    await cluster.mutex.runExclusive(async () => {
      const now = this.context.clock.monotonic();
      const fresh = now - cluster.readAt <= (maximumAge ?? this.context.constants.viewAge);
      const wanted = unfinished();
      if (wanted.length === 0 || (fresh && wanted.every((id) => cluster.known.has(id)))) return;
      await this.refresh(clusterId, cluster);
      cluster.readAt = now;
    });
    const found = ids.map((id) => cluster.known.get(id)).filter((step) => step !== undefined);
    return new Map(found.map((step) => [step.Id!, step]));
  }

  /** Few steps by id; many by one listing of the active ones, and then by id those that have left it. */
  private async refresh(clusterId: string, cluster: ClusterSteps): Promise<void> {
    const wanted = [...cluster.watched];
    const remember = (steps: StepView[]) => {
      for (const step of steps) {
        if (!cluster.watched.has(step.Id!)) continue;
        cluster.known.set(step.Id!, { Id: step.Id, Name: step.Name, Status: step.Status });
        if (isTerminalStep(step)) cluster.watched.delete(step.Id!);
      }
      return new Set(steps.map((step) => step.Id));
    };
    let missing = wanted;
    if (wanted.length > idsPerCall) {
      const active = remember(await this.context.emr.listSteps(clusterId, { states: activeStepStates }));
      missing = wanted.filter((id) => !active.has(id));
    }
    for (let start = 0; start < missing.length; start += idsPerCall)
      remember(
        await this.context.emr.listSteps(clusterId, { stepIds: missing.slice(start, start + idsPerCall) }),
      );
  }
}
