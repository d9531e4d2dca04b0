import type { ClusterSummary } from "@aws-sdk/client-emr";
import type { PoolEntry } from "../lease/types";
import type { PoolRequest } from "../pool/candidate";
import { chooseEntries, type EntryChoice } from "../pool/chooseEntries";
import type { ClusterFacts } from "../pool/entryCandidate";
import { type InstanceTypeTable, instanceTypeTable, shippedInstanceTypes } from "../pool/instanceTypes";
import type { PoolEmrReader } from "./emrReader";
import { isClusterGone, isNotAllowed, unlessNotAllowed } from "./poolFactsErrors";
import { RecentAnswers } from "./recentAnswers";

/** Reads facts that EMR's own calls don't give: free YARN memory of a cluster. `null`: can't be read. */
export type ReadYarnMemory = (clusterId: string) => Promise<ClusterFacts["yarn"]>;

/** Where {@link PoolFacts} reads, and how long an answer is good for. */
export interface PoolFactsOptions {
  readonly reader: PoolEmrReader;
  /** Clusters that exist, from a view that others share. Default: `ListClusters`, kept for `maximumAge`. */
  readonly activeClusters?: () => Promise<ClusterSummary[]>;
  /** Needed for `pool.minAvailable` only. */
  readonly readYarnMemory?: ReadYarnMemory;
  /** Milliseconds an answer is good for. Default 10,000. */
  readonly maximumAge?: number;
  /** Milliseconds that never go back. Default: the process's clock. */
  readonly monotonic?: () => number;
  /** Sizes by release, which differ between Regions but not between pools. Default: a table of its own. */
  readonly types?: Map<string, Promise<InstanceTypeTable>>;
}

/**
 * How much is read before the choice.
 *
 * - `warm`: for a placement. Judges the pool's own clusters by their launch records and then reads the capacity of
 *   the best one only (one `ListInstanceGroups` or `ListInstanceFleets`, which shows whether it starts or ends as
 *   well), the next one if that has shrunk. EMR's refusal of the steps is the last word on its state.
 * - `complete`: for previews and `explain`. One `ListClusters` for the state of all, and per cluster of the right
 *   fingerprint two calls: `DescribeCluster` and `ListInstanceGroups` or `ListInstanceFleets`.
 */
export type FactsLevel = "warm" | "complete";

/** Facts by entry id, and sizes for the request's release. */
export interface GatheredFacts {
  readonly facts: ReadonlyMap<string, ClusterFacts>;
  readonly instanceTypes: InstanceTypeTable;
}

const active = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"] as const;

/** Gathers what a decision needs to know of clusters, in few calls, and decides. One for a process and Region. */
export class PoolFacts {
  private readonly recent: RecentAnswers;
  /** What never changes in the life of a cluster, by cluster id, and types by release. */
  private readonly bootstrapActions = new Map<string, Promise<ClusterFacts["described"]>>();
  private readonly types: Map<string, Promise<InstanceTypeTable>>;

  constructor(private readonly options: PoolFactsOptions) {
    this.recent = new RecentAnswers(
      options.maximumAge ?? 10_000,
      options.monotonic ?? (() => performance.now()),
    );
    this.types = options.types ?? new Map();
  }

  /** The choice among the pool's entries. `now`: S3's time. */
  async choose(
    request: PoolRequest,
    entries: readonly PoolEntry[],
    now: Date,
    level: FactsLevel,
  ): Promise<EntryChoice> {
    const { facts, instanceTypes } = await this.gather(request, entries, now, level);
    return chooseEntries(request, entries, facts, { now, instanceTypes });
  }

  /** What `chooseEntries` needs to know beside the ledger. */
  async gather(
    request: PoolRequest,
    entries: readonly PoolEntry[],
    now: Date,
    level: FactsLevel,
  ): Promise<GatheredFacts> {
    const facts = new Map<string, ClusterFacts>();
    if (request.clusterId !== undefined) {
      const named = entries.find(({ clusterId }) => clusterId === request.clusterId);
      if (named) facts.set(named.entryId, await this.named(request.clusterId));
      // It is not matched, so that no size counts.
      return { facts, instanceTypes: shippedInstanceTypes };
    }
    const instanceTypes = await this.instanceTypes(request, entries, level);
    const decide = () => chooseEntries(request, entries, facts, { now, instanceTypes });
    const open = entries.filter((entry) => entry.state === "OPEN" && entry.clusterId !== undefined);
    await Promise.all(
      open
        .filter((entry) => !entry.launch && !entry.closed)
        .map(async (entry) => facts.set(entry.entryId, await this.adopted(entry, request))),
    );
    if (level === "complete" && open.length > 0) await this.readAll(request, open, decide(), facts);
    if (level === "warm") await this.readBest(request, open, decide, facts);
    return { facts, instanceTypes };
  }

  /** Reads the best cluster, and the next one as long as the best turns out not to be. */
  private async readBest(
    request: PoolRequest,
    open: readonly PoolEntry[],
    decide: () => EntryChoice,
    facts: Map<string, ClusterFacts>,
  ): Promise<void> {
    const byId = new Map(open.map((entry) => [entry.entryId, entry]));
    for (;;) {
      const best = byId.get(decide().ranked[0] ?? "");
      if (!best || facts.has(best.entryId)) return;
      facts.set(best.entryId, await this.capacity(best, request));
    }
  }

  /** Sizes for the request's release: cached, else the shipped table if that knows all types, else EMR's. */
  async instanceTypes(
    request: PoolRequest,
    entries: readonly PoolEntry[] = [],
    level: FactsLevel = "complete",
  ): Promise<InstanceTypeTable> {
    const release = request.cluster.ReleaseLabel;
    if (!release) return shippedInstanceTypes;
    const known = this.types.get(release);
    const clusters = [request.cluster, ...entries.map((entry) => entry.launch?.request)];
    const names = clusters.flatMap((cluster) => [
      ...(cluster?.Instances?.InstanceGroups ?? []).map(({ InstanceType }) => InstanceType ?? ""),
      cluster?.Instances?.MasterInstanceType ?? "",
      cluster?.Instances?.SlaveInstanceType ?? "",
    ]);
    const isShipped = names.every((type) => type === "" || shippedInstanceTypes.has(type));
    if (!known && level === "warm" && isShipped) return shippedInstanceTypes;
    const table = known ?? this.readTypes(release);
    this.types.set(release, table);
    return table;
  }

  private async readTypes(release: string): Promise<InstanceTypeTable> {
    try {
      return instanceTypeTable(await this.options.reader.listSupportedInstanceTypes(release));
    } catch (error) {
      // EMR's own refusals (not allowed, no such release) are answers; a broken connection is tried again.
      if (!isNotAllowed(error)) this.types.delete(release);
      return shippedInstanceTypes;
    }
  }

  private async readAll(
    request: PoolRequest,
    open: readonly PoolEntry[],
    byRecord: EntryChoice,
    facts: Map<string, ClusterFacts>,
  ): Promise<void> {
    const states = new Map((await this.activeClusters()).map((cluster) => [cluster.Id, cluster]));
    const worthReading = new Set([...byRecord.ranked, ...byRecord.worthWaitingFor]);
    await Promise.all(
      open.map(async (entry) => {
        const summary = states.get(entry.clusterId);
        const known = facts.get(entry.entryId);
        const state = summary?.Status?.State ?? "TERMINATED";
        const readyAt = summary?.Status?.Timeline?.ReadyDateTime?.getTime();
        const read =
          known ?? (summary && worthReading.has(entry.entryId) ? await this.described(entry, request) : {});
        facts.set(entry.entryId, { ...read, state, readyAt });
      }),
    );
  }

  /** Clusters of the account and Region that exist. */
  activeClusters(): Promise<ClusterSummary[]> {
    const { activeClusters, reader } = this.options;
    return activeClusters
      ? activeClusters()
      : this.recent.get("clusters", () => reader.listClusters({ ClusterStates: [...active] }));
  }

  /** One call: running instances. */
  private async capacity(entry: PoolEntry, request: PoolRequest): Promise<ClusterFacts> {
    const id = entry.clusterId!;
    const { reader } = this.options;
    const usesFleets = Boolean(entry.launch?.request.Instances?.InstanceFleets?.length);
    try {
      const yarn = await this.yarn(id, request);
      if (yarn !== undefined) return { yarn };
      return usesFleets
        ? { fleets: await this.recent.get(`fleets ${id}`, () => reader.listInstanceFleets(id)) }
        : { groups: await this.recent.get(`groups ${id}`, () => reader.listInstanceGroups(id)) };
    } catch (error) {
      if (isClusterGone(error)) return { state: "TERMINATED" };
      // The launch record says what it was launched with; running short is noticed when the steps run.
      if (isNotAllowed(error)) return {};
      throw error;
    }
  }

  private async described(entry: PoolEntry, request: PoolRequest): Promise<ClusterFacts> {
    const id = entry.clusterId!;
    const [capacity, described] = await Promise.all([
      this.capacity(entry, request),
      unlessNotAllowed(this.recent.get(`describe ${id}`, () => this.options.reader.describeCluster(id))),
    ]);
    return { ...capacity, described };
  }

  /** A cluster that the job names by its id: only whether it takes steps is of interest. */
  private async named(id: string): Promise<ClusterFacts> {
    try {
      const described = await this.recent.get(`describe ${id}`, () =>
        this.options.reader.describeCluster(id),
      );
      return { described, state: described.Status?.State };
    } catch (error) {
      return unjudged(error);
    }
  }

  /** A cluster from outside: everything is read, what can't change only once. */
  private async adopted(entry: PoolEntry, request: PoolRequest): Promise<ClusterFacts> {
    const id = entry.clusterId!;
    const { reader } = this.options;
    try {
      const cluster = await this.recent.get(`describe ${id}`, () => reader.describeCluster(id));
      const usesFleets = cluster.InstanceCollectionType === "INSTANCE_FLEET";
      const [unchanging, groups, fleets, scaling, idle, steps, yarn] = await Promise.all([
        this.unchanging(id),
        usesFleets ? undefined : this.recent.get(`groups ${id}`, () => reader.listInstanceGroups(id)),
        usesFleets ? this.recent.get(`fleets ${id}`, () => reader.listInstanceFleets(id)) : undefined,
        unlessNotAllowed(this.recent.get(`scaling ${id}`, () => reader.getManagedScalingPolicy(id))),
        unlessNotAllowed(this.recent.get(`idle ${id}`, () => reader.getAutoTerminationPolicy(id))),
        this.recent.get(`steps ${id}`, () =>
          reader.listSteps(id, { states: ["PENDING", "RUNNING", "CANCEL_PENDING"] }),
        ),
        this.yarn(id, request),
      ]);
      const inState = (state: string) => steps.filter(({ Status }) => Status?.State === state).length;
      return {
        described: {
          ...cluster,
          ...unchanging,
          ...(scaling && { ManagedScalingPolicy: scaling }),
          ...(idle && { AutoTerminationPolicy: idle }),
        },
        groups,
        fleets,
        readyAt: cluster.Status?.Timeline?.ReadyDateTime?.getTime(),
        steps: { pending: inState("PENDING"), running: inState("RUNNING"), unfinished: steps.length },
        yarn,
      };
    } catch (error) {
      return unjudged(error);
    }
  }

  private unchanging(clusterId: string): Promise<ClusterFacts["described"]> {
    const known = this.bootstrapActions.get(clusterId);
    if (known) return known;
    const read = this.options.reader
      .listBootstrapActions(clusterId)
      .then((BootstrapActions) => ({ BootstrapActions }));
    this.bootstrapActions.set(clusterId, read);
    read.catch(() => this.bootstrapActions.delete(clusterId));
    return read;
  }

  /** `undefined` unless the request has a YARN minimum. */
  private async yarn(clusterId: string, request: PoolRequest): Promise<ClusterFacts["yarn"]> {
    if (!(request.minAvailableMB ?? 0)) return undefined;
    const { readYarnMemory } = this.options;
    return readYarnMemory ? this.recent.get(`yarn ${clusterId}`, () => readYarnMemory(clusterId)) : null;
  }
}

/** Facts of a cluster that EMR has forgotten or may not be read: it is refused. Anything else is thrown. */
function unjudged(error: unknown): ClusterFacts {
  if (isClusterGone(error)) return { state: "TERMINATED" };
  if (isNotAllowed(error)) return { unreadable: (error as Error).message };
  throw error;
}
