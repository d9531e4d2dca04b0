import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterEvent, PhaseDurations, StepEffect, Transition } from "./clusterEvents";
import { invalidRequest } from "./errors";
import { advance, nextDueAt, transition } from "./lifecycle";
import type { ClusterRecord } from "./model";
import type { EmrSettings } from "./settings";

/** What {@link EmrState} tells its server: processes to start or end, and that a next moment may have changed. */
export interface EmrStateListener {
  onEffects(clusterId: string, effects: readonly StepEffect[]): void;
  onChange(): void;
}

/**
 * All clusters, in memory and on disk. Every change is written (new file, then rename) before the call that made
 * it is answered, so that what a client was told survives the end of the server.
 */
export class EmrState {
  private readonly clusters = new Map<string, ClusterRecord>();
  private readonly due = new Map<string, number>();
  private readonly folder: string;
  private nextSequence = 1;
  listener: EmrStateListener | undefined;

  constructor(
    dataFolder: string,
    readonly accountId: string,
    public settings: EmrSettings,
  ) {
    this.folder = join(dataFolder, "clusters");
    mkdirSync(this.folder, { recursive: true });
    for (const file of readdirSync(this.folder)) {
      if (!file.endsWith(".json")) continue;
      const cluster = JSON.parse(readFileSync(join(this.folder, file), "utf8")) as ClusterRecord;
      this.remember(cluster);
      this.nextSequence = Math.max(this.nextSequence, cluster.sequence + 1);
    }
  }

  takeSequence(): number {
    return this.nextSequence++;
  }

  /** Clusters of `region`, newest first. */
  newestFirst(region: string): ClusterRecord[] {
    return [...this.clusters.values()]
      .filter((cluster) => cluster.region === region)
      .sort((a, b) => b.sequence - a.sequence);
  }

  all(): Iterable<ClusterRecord> {
    return this.clusters.values();
  }

  /** The cluster with this id in whatever region. */
  peek(clusterId: string): ClusterRecord | undefined {
    return this.clusters.get(clusterId);
  }

  /** @throws EmrError InvalidRequestException, EMR's answer to an id it doesn't know. */
  get(region: string, clusterId: string): ClusterRecord {
    const cluster = this.clusters.get(clusterId);
    if (cluster === undefined || cluster.region !== region)
      throw invalidRequest(`Cluster id '${clusterId}' is not valid.`, "NoSuchCluster");
    return cluster;
  }

  save(cluster: ClusterRecord): ClusterRecord {
    this.remember(cluster);
    const file = join(this.folder, `${cluster.clusterId}.json`);
    writeFileSync(`${file}.new`, JSON.stringify(cluster));
    renameSync(`${file}.new`, file);
    this.listener?.onChange();
    return cluster;
  }

  /** Applies an event, writes the result, and hands its effects to the listener. */
  apply(cluster: ClusterRecord, event: ClusterEvent, at: number): ClusterRecord {
    return this.commit(transition(cluster, event, at, this.durations));
  }

  /** Keeps what a transition led to, and hands its effects to the listener. */
  commit(result: Transition): ClusterRecord {
    this.save(result.cluster);
    this.listener?.onEffects(result.cluster.clusterId, result.effects);
    return result.cluster;
  }

  /** Brings every cluster whose next moment has come to `now`. */
  advanceAll(now: number): void {
    for (const [clusterId, dueAt] of this.due) {
      const cluster = this.clusters.get(clusterId);
      if (dueAt > now || cluster === undefined) continue;
      this.commit(advance(cluster, now, this.durations));
    }
  }

  /** The earliest moment at which something happens by itself. */
  nextDueAt(): number | undefined {
    let earliest: number | undefined;
    for (const dueAt of this.due.values()) if (earliest === undefined || dueAt < earliest) earliest = dueAt;
    return earliest;
  }

  get durations(): PhaseDurations {
    return this.settings.durations;
  }

  /** New durations change when the current phases end. */
  changeSettings(settings: EmrSettings): void {
    this.settings = settings;
    for (const cluster of this.clusters.values()) this.remember(cluster);
    this.listener?.onChange();
  }

  private remember(cluster: ClusterRecord): void {
    this.clusters.set(cluster.clusterId, cluster);
    const dueAt = nextDueAt(cluster, this.durations);
    if (dueAt === undefined) this.due.delete(cluster.clusterId);
    else this.due.set(cluster.clusterId, dueAt);
  }
}
