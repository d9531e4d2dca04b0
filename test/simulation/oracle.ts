import { holdsTicket } from "../../provider/lease/phases";
import type { EntryRecord, JobRecord, PoolRecord, StoredLaunch } from "../../provider/lease/records";
import { parseStepName } from "../../provider/lease/stepToken";
import { parseClusterName } from "../../provider/pool/clusterName";
import { simulatedConstants } from "./scenario";
import {
  isActive,
  neverRan,
  type SimulatedCluster,
  type SimulatedEmr,
  type SimulatedStep,
} from "./simulatedEmr";
import type { World } from "./world";

type Record = { rev: number };

/** Who sent a call, and the date it is signed with. */
export interface Sent {
  readonly by: string;
  readonly signedAt: number;
}

/**
 * Watches EMR's inner state and every write, and knows what must never be (locking.md 11). It believes no record: a
 * step counts when EMR holds it.
 */
export class Oracle {
  emr!: SimulatedEmr;
  private readonly tokens = new Set<string>();
  private readonly launches = new Set<string>();
  /** What the launch records say, by entry. */
  private readonly releases = new Map<string, string | undefined>();
  /** The process that wrote a call's nonce. */
  private readonly callers = new Map<string, string>();
  private readonly entries = new Map<string, EntryRecord>();
  private readonly jobs = new Map<string, JobRecord>();
  /** Calls that were declared dead by the fence. */
  fencedCalls = 0;
  /** Claims whose delete was asked for. */
  private readonly deletesAsked = new Set<string>();
  /** Work that was asked for, by job: asking for other work replaces what is there. */
  private readonly asked = new Map<string, Set<string>>();
  private readonly specs = new Map<string, string>();
  private readonly inOrder = new Set<string>();
  private listed: readonly string[] = [];
  /** Claims whose delete said that it is finished, and had to cancel. */
  private readonly deleted = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly maxClusters: number,
  ) {}

  deleteAsked(claimId: string): void {
    this.deletesAsked.add(claimId);
  }

  /** @param inOrder - each step may be added when the one before has ended */
  createAsked(key: string, spec: string, inOrder = false): void {
    if (inOrder) this.inOrder.add(`${key} ${spec}`);
    this.asked.set(key, (this.asked.get(key) ?? new Set()).add(spec));
  }

  deleteFinished(claimId: string, cancel: boolean): void {
    if (!cancel) return;
    this.deleted.add(claimId);
    for (const { step } of this.stepsOf(claimId))
      if (isActive(step))
        this.world.violation(`I7 delete of ${claimId} is finished and ${step.id} is active`);
  }

  /** Whether anyone who submits would take the job along. */
  holdsTicket(key: string): boolean {
    return this.jobs.get(key)?.ph === "WANT";
  }

  /** Whether a cluster of this entry is, or may still come to be, one that jobs are placed on. */
  takesJobs(entryId: string): boolean {
    const entry = this.entries.get(entryId);
    return entry === undefined || !(entry.closed || entry.st === "DRAINING" || entry.st === "DEAD");
  }

  *stepsOf(claimId: string): Iterable<{ cluster: SimulatedCluster; step: SimulatedStep; index: number }> {
    for (const cluster of this.emr.clusters.values())
      for (const step of cluster.steps) {
        const token = parseStepName(step.name)!;
        if (`${token.key}.${token.inc}` === claimId) yield { cluster, step, index: token.index };
      }
  }

  /** RunJobFlow took effect. */
  launched(cluster: SimulatedCluster, sent: Sent): void {
    const { entryId, attempt } = parseClusterName(cluster.name)!;
    const entry = this.entries.get(entryId);
    if (entry?.st !== "LAUNCHING" || entry.att !== attempt || !this.mayCall(entry.call, sent))
      this.world.violation(`I6 ${cluster.name} was sent without its record`);
    if (this.releases.get(entryId) !== cluster.release)
      this.world.violation(`I4 ${cluster.id} is not what the launch record of ${entryId} says`);
    if (this.launches.has(cluster.name))
      this.world.violation(`I5 the launch ${cluster.name} took effect twice`);
    this.launches.add(cluster.name);
    let ofEntry = 0;
    let live = 0;
    for (const other of this.emr.clusters.values()) {
      const own = parseClusterName(other.name)?.entryId;
      if (own === entryId) ofEntry++;
      // A cluster from outside counts while the pool has it.
      const counts = own !== undefined || this.listed.includes(this.entryOf(other) ?? "");
      if (counts && !other.state.startsWith("TERMINATED")) live++;
    }
    if (ofEntry > 1) this.world.violation(`I4 entry ${entryId} has ${ofEntry} clusters`);
    if (live > this.maxClusters)
      this.world.violation(`I4 ${live} clusters, at most ${this.maxClusters} allowed`);
  }

  /** AddJobFlowSteps took effect. */
  accepted(cluster: SimulatedCluster, steps: readonly SimulatedStep[], sent: Sent): void {
    for (const step of steps) {
      const token = parseStepName(step.name)!;
      const claimId = `${token.key}.${token.inc}`;
      if (this.tokens.has(step.name)) this.world.violation(`I5 ${step.name} took effect twice`);
      this.tokens.add(step.name);
      for (const other of this.stepsOf(claimId))
        if (other.step !== step && other.index === token.index && !neverRan(other.step))
          this.world.violation(
            `I2 step ${token.index} of ${claimId} was accepted twice: ${other.step.id}, ${step.id}`,
          );
      if (this.inOrder.has(`${token.key} ${this.specs.get(claimId)}`)) this.checkOrder(claimId, token.index);
      if (this.deleted.has(claimId))
        this.world.violation(`I2 a step of ${claimId} was accepted after its delete`);
      const job = this.jobs.get(token.key);
      const isRecorded = job?.inc === token.inc && job.att === token.att && job.cluster === cluster.id;
      if (!isRecorded || !this.mayCall(job.call, sent))
        this.world.violation(`I6 ${step.name} was sent without its record`);
    }
    this.checkCapacity(cluster);
    this.checkSlots(cluster);
  }

  private checkOrder(claimId: string, index: number): void {
    for (const other of this.stepsOf(claimId))
      if (other.index < index && isActive(other.step))
        this.world.violation(
          `I2 step ${index} of ${claimId} was accepted while ${other.step.id} has not ended`,
        );
  }

  /** The nonce in the record is that of the process that calls, and the call is signed in time. */
  private mayCall(call: JobRecord["call"], { by, signedAt }: Sent): boolean {
    if (call === undefined || this.callers.get(call.n) !== by) return false;
    return signedAt <= Date.parse(call.t0) + simulatedConstants.signWithin;
  }

  /** CancelSteps reached a step that was active. */
  cancelled(step: SimulatedStep, by: string): void {
    const token = parseStepName(step.name)!;
    const claimId = claimOf(step);
    const replaced = [...(this.asked.get(token.key) ?? [])].some((spec) => spec !== this.specs.get(claimId));
    if (!this.deletesAsked.has(claimId) && !replaced)
      this.world.violation(`I7 ${by} cancels ${step.name}, which nobody deleted`);
  }

  /** A write took effect in the store. */
  written(key: string, before: string | undefined, after: string, by: string): void {
    const now = JSON.parse(after) as Record;
    const old = before === undefined ? undefined : (JSON.parse(before) as Record);
    if (!key.includes("/probe/") && now.rev <= (old?.rev ?? 0))
      this.world.violation(`I8 rev of ${key} falls`);
    const entryId = /\/c\/(\w+)\.json$/.exec(key)?.[1];
    if (entryId) this.entryWritten(entryId, old as never, now as never, by);
    const job = /^v1\/job\/(\w+)\.json$/.exec(key)?.[1];
    if (job) this.jobWritten(job, old as never, now as never, by);
    const launch = /\/launch\/(\w+)\.json$/.exec(key)?.[1];
    if (launch) this.launchWritten(launch, now as never);
    if (key.endsWith("/pool.json")) {
      const { entries } = now as unknown as PoolRecord;
      this.listed = entries;
      this.world.note(`${by} pool entries ${entries.length}`);
      if (entries.length > this.maxClusters)
        this.world.violation(`I4 the pool lists ${entries.length} entries`);
    }
  }

  private launchWritten(entryId: string, { record }: StoredLaunch): void {
    const release = record.request.ReleaseLabel;
    if (this.releases.has(entryId) && this.releases.get(entryId) !== release)
      this.world.violation(`I4 the launch record of ${entryId} is overwritten by that of another cluster`);
    this.releases.set(entryId, release);
  }

  private entryWritten(entryId: string, old: EntryRecord | undefined, now: EntryRecord, by: string): void {
    this.entries.set(entryId, now);
    if (now.call && now.call.n !== old?.call?.n) this.callers.set(now.call.n, by);
    this.world.note(
      `${by} entry ${entryId} ${now.st} [${now.slots.map((slot) => `${slot.k.slice(0, 4)}.${slot.inc}`)}]`,
    );
    if (now.slots.reduce((sum, slot) => sum + slot.n, 0) > now.cap)
      this.world.violation(`I3 entry ${entryId} has more slots taken than it has`);
    if (old && (now.att < old.att || now.life < old.life))
      this.world.violation(`I8 entry ${entryId} goes back`);
    if (old?.st === "DEAD" && now.st !== "DEAD")
      this.world.violation(`I8 entry ${entryId} rises from the dead`);
    for (const slot of old?.slots ?? [])
      if (!now.slots.some((other) => other.r === slot.r)) this.slotFreed(entryId, slot);
    const cluster = now.cluster && this.emr.clusters.get(now.cluster);
    if (cluster) this.checkSlots(cluster);
  }

  private slotFreed(entryId: string, slot: { r: string; k: string; inc: number }): void {
    if (holdsTicket(this.jobs.get(slot.k), slot.r))
      this.world.violation(
        `I7 the slot of ${slot.k}.${slot.inc} in ${entryId} was freed while the job holds it`,
      );
  }

  private jobWritten(key: string, old: JobRecord | undefined, now: JobRecord, by: string): void {
    this.jobs.set(key, now);
    if (now.call && now.call.n !== old?.call?.n) this.callers.set(now.call.n, by);
    this.specs.set(`${key}.${now.inc}`, now.spec);
    this.world.note(`${by} job ${key.slice(0, 4)}.${now.inc} ${now.ph} att ${now.att}`);
    if (!old) return;
    if (now.fenced > old.fenced) this.fencedCalls++;
    const back = now.inc < old.inc || (now.inc === old.inc && (now.att < old.att || now.moves < old.moves));
    if (back) this.world.violation(`I8 job ${key} goes back`);
    if (old.ph === "RETIRED" && now.inc === old.inc && now.ph !== "RETIRED")
      this.world.violation(`I8 job ${key}.${now.inc} rises from the dead`);
    if (now.inc > old.inc && old.ph !== "RETIRED" && old.ph !== "ENDED")
      this.world.violation(`I8 job ${key}.${now.inc} opens over a live incarnation`);
  }

  /** By its name, or by the ledger that says so; two ledgers of one cluster would each give its slots away. */
  private entryOf(cluster: SimulatedCluster): string | undefined {
    const named = parseClusterName(cluster.name)?.entryId;
    if (named !== undefined) return named;
    const ledgers = [...this.entries].filter(([, entry]) => entry.cluster === cluster.id);
    if (ledgers.length > 1) this.world.violation(`I3 ${cluster.id} has ${ledgers.length} ledgers`);
    return ledgers[0]?.[0];
  }

  private checkCapacity(cluster: SimulatedCluster): void {
    const active = cluster.steps.filter(isActive);
    const claims = new Set(active.map((step) => claimOf(step)));
    const taken = cluster.cap === 1 ? claims.size : active.length;
    if (taken > cluster.cap)
      this.world.violation(`I3 ${taken} at once on ${cluster.id}, which has ${cluster.cap} slots`);
  }

  /** Every active step's job has its slot in the ledger: else another job could be let in. */
  private checkSlots(cluster: SimulatedCluster): void {
    const entry = this.entries.get(this.entryOf(cluster) ?? "");
    if (!entry || entry.st === "DEAD") return;
    const holders = new Set(entry.slots.map((slot) => `${slot.k}.${slot.inc}`));
    for (const step of cluster.steps)
      if (isActive(step) && !holders.has(claimOf(step)))
        this.world.violation(`I7 ${step.id} of ${claimOf(step)} is active on ${cluster.id} without a slot`);
  }

  /** After everything has calmed down: no ticket is left. */
  checkCalm(): void {
    for (const [entryId, entry] of this.entries) {
      if (entry.st === "DEAD" || !this.listed.includes(entryId)) continue;
      for (const slot of entry.slots)
        this.world.violation(`I9 entry ${entryId} leaks the slot of ${slot.k}.${slot.inc}`);
    }
  }
}

function claimOf(step: SimulatedStep): string {
  const token = parseStepName(step.name)!;
  return `${token.key}.${token.inc}`;
}
