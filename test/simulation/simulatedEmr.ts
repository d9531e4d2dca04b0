import type { ClusterSummary, Step, StepSummary } from "@aws-sdk/client-emr";
import { activeClusterStates } from "../../provider/lease/sharedViews";
import type { Emr, GuardedOutcome } from "../../provider/ports";
import type { Oracle, Sent } from "./oracle";
import { seededStream } from "./seeded";
import { type Fault, type Process, request, type World } from "./world";

/** A step as EMR itself knows it. */
export interface SimulatedStep {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly acceptedAt: number;
  /** Listings show it from then on. */
  readonly visibleAt: number;
  state: "PENDING" | "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED" | "CANCEL_PENDING";
  startedAt?: number;
  endedAt?: number;
}

export interface SimulatedCluster {
  readonly id: string;
  readonly name: string;
  readonly release?: string;
  readonly cap: number;
  readonly createdAt: number;
  readonly visibleAt: number;
  state: string;
  idleSince: number;
  readonly steps: SimulatedStep[];
}

/** The constants that EMR obeys; the protocol is told the same ones. */
export interface EmrTruth {
  readonly signatureAge: number;
  readonly visibility: number;
  readonly clockError: number;
}

const terminal = new Set(["COMPLETED", "CANCELLED", "FAILED"]);
export const isActive = (step: SimulatedStep) => !terminal.has(step.state);
export const neverRan = (step: SimulatedStep) => step.state === "CANCELLED" && step.startedAt === undefined;

/** EMR: no idempotency, signature age, states, concurrency, listings that lag. Its inner state is what the oracle sees. */
export class SimulatedEmr {
  readonly clusters = new Map<string, SimulatedCluster>();
  private readonly chance: () => number;
  private count = 0;

  constructor(
    private readonly world: World,
    private readonly oracle: Oracle,
    private readonly truth: EmrTruth,
    private readonly scenario: {
      readonly idleTimeout: number;
      readonly stepFails: number;
      readonly clusterEnds: number;
      readonly stepWindow: number;
    },
  ) {
    this.chance = seededStream(world.options.seed, "emr");
    oracle.emr = this;
  }

  portOf(process: Process): Emr {
    const { world } = this;
    const mutations = world.options.mutations ?? {};
    const guarded: Fault[] = [
      "drop",
      "loseAnswer",
      "late",
      "throttle",
      "error500AfterActing",
      "crash",
      "pause",
      "error503",
    ];
    const reads: Fault[] = ["drop", "error503", "crash", "pause"];
    const read = async <T>(what: string, act: () => T): Promise<T> => {
      for (;;) {
        const answer = await request<{ value: T } | undefined>(
          process,
          what,
          reads,
          () => ({ value: act() }),
          () => undefined,
        );
        if (answer) return answer.value;
      }
    };
    const call = async <T>(
      what: string,
      notSignedAfter: Date,
      act: (sent: Sent) => GuardedOutcome<T>,
    ): Promise<GuardedOutcome<T>> => {
      for (let attempt = 0; ; attempt++) {
        // The client's idea of AWS's time is off by the process's skew; the hook compares what is signed.
        const signedAt = world.now + process.skew;
        if (signedAt > notSignedAfter.getTime() && !mutations.noSignedDateHook)
          return { outcome: "notSent", reason: "signed too late" };
        const answer = await request<GuardedOutcome<T>>(
          process,
          what,
          guarded,
          () => {
            const age = world.now + this.clockError() - signedAt;
            if (age > this.truth.signatureAge && !mutations.acceptOldSignatures)
              return { outcome: "notSent", reason: "Signature expired" };
            return act({ by: process.name, signedAt });
          },
          () => ({ outcome: "unknown", cause: new Error("no answer") }),
          { throttle: () => ({ outcome: "throttled" }) },
        );
        if (answer.outcome !== "unknown" || !mutations.sdkRetries || attempt === 2) return answer;
      }
    };
    return {
      runJobFlow: (input, limit) =>
        call(`RunJobFlow ${input.Name}`, limit, (sent) => ({
          outcome: "accepted",
          value: {
            clusterId: this.launch(input.Name!, input.StepConcurrencyLevel ?? 1, input.ReleaseLabel, sent),
          },
        })),
      addJobFlowSteps: (input, limit) =>
        call(
          `AddJobFlowSteps ${input.JobFlowId} ${input.Steps?.map((step) => step.Name).join(", ")}`,
          limit,
          (sent) =>
            this.addSteps(
              input.JobFlowId!,
              input.Steps!.map((step) => ({ name: step.Name!, action: step.ActionOnFailure! })),
              sent,
            ),
        ),
      cancelSteps: (clusterId, ids) =>
        read(`CancelSteps ${ids.join(" ")}`, () => {
          for (const id of ids) this.cancel(clusterId, id, process.name);
          return [];
        }),
      terminateCluster: (clusterId) =>
        read(`TerminateJobFlows ${clusterId}`, () => this.terminate(this.cluster(clusterId))),
      describeCluster: (clusterId) =>
        read(`DescribeCluster ${clusterId}`, () => {
          const cluster = this.cluster(clusterId);
          return {
            Id: cluster.id,
            Name: cluster.name,
            Status: { State: cluster.state as never },
            StepConcurrencyLevel: cluster.cap,
          };
        }),
      listClusters: (input) =>
        read("ListClusters", () =>
          [...this.clusters.values()]
            .filter((cluster) => cluster.visibleAt <= world.now)
            .filter((cluster) => !input.CreatedAfter || cluster.createdAt > input.CreatedAfter.getTime())
            .filter((cluster) => !input.ClusterStates || input.ClusterStates.includes(cluster.state as never))
            .map(
              (cluster): ClusterSummary => ({
                Id: cluster.id,
                Name: cluster.name,
                Status: { State: cluster.state as never },
              }),
            ),
        ),
      listSteps: (clusterId, filter) =>
        read(`ListSteps ${clusterId}`, () => this.listSteps(clusterId, filter ?? {})),
      listInstanceGroups: async () => [],
      listInstanceFleets: async () => [],
    };
  }

  private clockError(): number {
    return (this.chance() - 0.5) * this.truth.clockError;
  }

  private visibleAfter(): number {
    const { listingLagBeyondV } = this.world.options.mutations ?? {};
    const quick = this.chance() < 0.7;
    if (quick) return 0;
    return this.chance() * this.truth.visibility * (listingLagBeyondV ? 12 : 1);
  }

  private cluster(id: string): SimulatedCluster {
    const cluster = this.clusters.get(id);
    if (cluster) return cluster;
    throw Object.assign(new Error(`Cluster id '${id}' is not valid.`), { name: "InvalidRequestException" });
  }

  private launch(name: string, cap: number, release: string | undefined, sent: Sent): string {
    const { now } = this.world;
    const cluster: SimulatedCluster = {
      id: `j-${++this.count}`,
      name,
      release,
      cap,
      createdAt: now,
      visibleAt: now + this.visibleAfter(),
      state: "STARTING",
      idleSince: now,
      steps: [],
    };
    this.clusters.set(cluster.id, cluster);
    this.oracle.launched(cluster, sent);
    this.world.schedule(300 + this.chance() * 2_000, () => {
      if (cluster.state !== "STARTING") return;
      cluster.state = "WAITING";
      cluster.idleSince = this.world.now;
      this.work(cluster);
      this.watchIdle(cluster);
    });
    if (this.chance() < this.scenario.clusterEnds)
      this.world.schedule(this.chance() * 12_000, () => this.terminate(cluster));
    return cluster.id;
  }

  /** A cluster that somebody made by other means. */
  makeOutside(cap: number): string {
    const { now } = this.world;
    const id = "j-outside";
    const cluster: SimulatedCluster = {
      ...{ id, name: "somebody's", cap, createdAt: now, visibleAt: now },
      ...{ state: "WAITING", idleSince: now, steps: [] },
    };
    this.clusters.set(id, cluster);
    this.world.schedule(1, () => this.watchIdle(cluster));
    return id;
  }

  private addSteps(
    clusterId: string,
    steps: readonly { name: string; action: string }[],
    sent: Sent,
  ): GuardedOutcome<{ stepIds: string[] }> {
    const cluster = this.clusters.get(clusterId);
    if (!cluster || cluster.state.startsWith("TERMINAT"))
      return {
        outcome: "refused",
        code: "ValidationException",
        message: "A job flow that is shutting down, terminated, or finished may not be modified.",
      };
    if (cluster.cap > 1 && steps.some((step) => step.action === "CANCEL_AND_WAIT"))
      return {
        outcome: "refused",
        code: "ValidationException",
        message: "ActionOnFailure CANCEL_AND_WAIT is not valid",
      };
    if (steps.some((step) => step.name.startsWith("bad")))
      return { outcome: "refused", code: "ValidationException", message: "The step is not one." };
    const visibleAt = this.world.now + this.visibleAfter();
    const added = steps.map(
      (step): SimulatedStep => ({
        id: `s-${++this.count}`,
        ...step,
        acceptedAt: this.world.now,
        visibleAt,
        state: "PENDING",
      }),
    );
    cluster.steps.push(...added);
    this.oracle.accepted(cluster, added, sent);
    this.work(cluster);
    return { outcome: "accepted", value: { stepIds: added.map((step) => step.id) } };
  }

  private cancel(clusterId: string, id: string, by: string): void {
    const step = this.cluster(clusterId).steps.find((candidate) => candidate.id === id);
    if (!step || !isActive(step)) return;
    this.oracle.cancelled(step, by);
    if (step.state === "PENDING") step.state = "CANCELLED";
    else {
      step.state = "CANCEL_PENDING";
      this.world.schedule(this.chance() * 1_500, () => {
        if (step.state === "CANCEL_PENDING") step.state = "CANCELLED";
        this.work(this.cluster(clusterId));
      });
    }
    this.work(this.cluster(clusterId));
  }

  /** Starts pending steps up to the cluster's concurrency. */
  private work(cluster: SimulatedCluster): void {
    if (cluster.state !== "WAITING" && cluster.state !== "RUNNING") return;
    const running = () =>
      cluster.steps.filter((step) => step.state === "RUNNING" || step.state === "CANCEL_PENDING");
    for (const step of cluster.steps) {
      if (step.state !== "PENDING" || running().length >= cluster.cap) continue;
      step.state = "RUNNING";
      step.startedAt = this.world.now;
      this.world.schedule(100 + this.chance() * 2_500, () => this.finish(cluster, step));
    }
    const busy = cluster.steps.some(isActive);
    cluster.state = busy ? "RUNNING" : "WAITING";
    if (!busy) cluster.idleSince = this.world.now;
  }

  private finish(cluster: SimulatedCluster, step: SimulatedStep): void {
    if (step.state !== "RUNNING") return;
    step.state = this.chance() < this.scenario.stepFails ? "FAILED" : "COMPLETED";
    step.endedAt = this.world.now;
    if (step.state === "FAILED" && step.action === "CANCEL_AND_WAIT")
      for (const other of cluster.steps) if (other.state === "PENDING") other.state = "CANCELLED";
    this.work(cluster);
  }

  private watchIdle(cluster: SimulatedCluster): void {
    const { idleTimeout } = this.scenario;
    const idleFor = cluster.state === "WAITING" ? this.world.now - cluster.idleSince : 0;
    if (cluster.state.startsWith("TERMINAT")) return;
    if (idleFor >= idleTimeout) this.terminate(cluster);
    else this.world.schedule(idleTimeout - idleFor + 1, () => this.watchIdle(cluster));
  }

  terminate(cluster: SimulatedCluster): void {
    if (!activeClusterStates.includes(cluster.state) || cluster.state === "TERMINATING") return;
    this.world.note(`cluster ${cluster.id} ends`);
    cluster.state = "TERMINATING";
    for (const step of cluster.steps) if (isActive(step)) step.state = "CANCELLED";
    this.world.schedule(200 + this.chance() * 1_500, () => {
      cluster.state = "TERMINATED";
    });
  }

  private listSteps(
    clusterId: string,
    filter: { stepIds?: string[]; states?: string[]; newerThan?: Date },
  ): StepSummary[] {
    return this.cluster(clusterId)
      .steps.filter((step) => step.visibleAt <= this.world.now)
      .filter((step) => !filter.stepIds || filter.stepIds.includes(step.id))
      .filter((step) => !filter.states || filter.states.includes(step.state))
      .filter((step) => !filter.newerThan || step.acceptedAt > filter.newerThan.getTime())
      .map((step): Step & StepSummary => ({
        Id: step.id,
        Name: step.name,
        Status: {
          State: step.state,
          Timeline: {
            CreationDateTime: new Date(step.acceptedAt),
            StartDateTime: step.startedAt === undefined ? undefined : new Date(step.startedAt),
            EndDateTime: step.endedAt === undefined ? undefined : new Date(step.endedAt),
          },
        },
      }))
      .reverse()
      .slice(0, this.scenario.stepWindow);
  }
}
