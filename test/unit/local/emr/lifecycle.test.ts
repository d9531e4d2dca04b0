import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClusterEvent, StepEffect } from "../../../../local/emr/clusterEvents";
import { advance, transition } from "../../../../local/emr/lifecycle";
import type { ClusterRecord, StepRecord } from "../../../../local/emr/model";
import { isActiveStep } from "../../../../local/emr/model";

const durations = { starting: 100, bootstrapping: 50, terminating: 10, cancelling: 5, resizing: 20 };

function newCluster(change: Partial<ClusterRecord> = {}): ClusterRecord {
  return {
    clusterId: "j-1",
    sequence: 1,
    region: "us-east-1",
    request: { Name: "test", Instances: {} },
    placement: {
      availabilityZone: "us-east-1a",
      managedMasterSecurityGroup: "sg-1",
      managedSlaveSecurityGroup: "sg-2",
    },
    lifecycle: { state: "STARTING", since: 0, createdAt: 0, history: [{ state: "STARTING", at: 0 }] },
    steps: [],
    instanceGroups: [],
    instanceFleets: [],
    tags: [],
    stepConcurrencyLevel: 1,
    keepAlive: true,
    terminationProtected: false,
    unhealthyNodeReplacement: false,
    visibleToAllUsers: true,
    ...change,
  };
}

function newStep(
  stepId: string,
  action: "CONTINUE" | "CANCEL_AND_WAIT" | "TERMINATE_CLUSTER" = "CONTINUE",
): StepRecord {
  return {
    stepId,
    config: { Name: stepId, ActionOnFailure: action, HadoopJarStep: { Jar: "command-runner.jar" } },
    state: "PENDING",
    createdAt: 0,
    history: [{ state: "PENDING", at: 0 }],
  };
}

/** Plays events at their times and keeps all effects. */
class Play {
  readonly effects: StepEffect[] = [];
  private now = 0;

  constructor(public cluster: ClusterRecord) {}

  at(time: number, event?: ClusterEvent): this {
    this.now = time;
    this.keep(advance(this.cluster, time, durations));
    if (event !== undefined) this.keep(transition(this.cluster, event, time, durations));
    return this;
  }

  add(time: number, ...steps: StepRecord[]): this {
    return this.at(time, { type: "stepsAdded", steps });
  }

  end(time: number, stepId: string, state: "COMPLETED" | "FAILED"): this {
    return this.at(time, { type: "stepEnded", stepId, outcome: { state } });
  }

  get state(): string {
    return this.cluster.lifecycle.state;
  }

  get steps(): string {
    return this.cluster.steps.map((step) => `${step.stepId}:${step.state}`).join(" ");
  }

  private keep(result: { cluster: ClusterRecord; effects: readonly StepEffect[] }): void {
    this.cluster = result.cluster;
    this.effects.push(...result.effects);
    expect(this.now).toBeGreaterThanOrEqual(0);
  }
}

describe("phases", () => {
  it.each([
    [0, "STARTING"],
    [99, "STARTING"],
    [100, "BOOTSTRAPPING"],
    [149, "BOOTSTRAPPING"],
    [150, "WAITING"],
    [1e9, "WAITING"],
  ])("at %i ms a kept-alive cluster is %s", (time, state) => {
    expect(new Play(newCluster()).at(time).state).toBe(state);
  });

  it("a jump of the clock passes every state at its own time", () => {
    const play = new Play(newCluster({ autoTermination: { policy: { IdleTimeout: 60 }, setAt: 0 } })).at(1e6);
    expect(play.cluster.lifecycle.history).toEqual([
      { state: "STARTING", at: 0 },
      { state: "BOOTSTRAPPING", at: 100 },
      { state: "WAITING", at: 150 },
      { state: "TERMINATING", at: 60_150 },
      { state: "TERMINATED", at: 60_160 },
    ]);
    expect(play.cluster.lifecycle).toMatchObject({ readyAt: 150, endedAt: 60_160 });
  });

  it("without keep-alive it ends when its steps have ended", () => {
    const play = new Play(newCluster({ keepAlive: false, steps: [newStep("a")] })).at(150);
    expect(play.state).toBe("RUNNING");
    play.end(200, "a", "COMPLETED").at(210);
    expect(play.cluster.lifecycle).toMatchObject({
      state: "TERMINATED",
      reason: { code: "ALL_STEPS_COMPLETED" },
    });
  });

  it("a failing bootstrap action ends it with errors, and no step has started", () => {
    const cluster = newCluster({ steps: [newStep("a")] });
    const play = new Play({ ...cluster, lifecycle: { ...cluster.lifecycle, bootstrapFailure: "exit 1" } }).at(
      160,
    );
    expect(play.cluster.lifecycle).toMatchObject({
      state: "TERMINATED_WITH_ERRORS",
      reason: { code: "BOOTSTRAP_FAILURE", message: "exit 1" },
      errorDetails: [{ ErrorCode: "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE" }],
    });
    expect(play.cluster.lifecycle.readyAt).toBeUndefined();
    expect(play.cluster.steps[0]).toMatchObject({ state: "CANCELLED" });
    expect(play.cluster.steps[0]).not.toHaveProperty("startedAt");
    expect(play.effects).toEqual([]);
  });
});

describe("idle time", () => {
  const policy = (setAt: number) => ({ policy: { IdleTimeout: 60 }, setAt });

  it("counts from the last step's end", () => {
    const play = new Play(newCluster({ autoTermination: policy(0) })).add(50_000, newStep("a"));
    play.end(100_000, "a", "COMPLETED");
    expect(play.at(159_999).state).toBe("WAITING");
    expect(play.at(160_000).state).toBe("TERMINATING");
  });

  it("doesn't count while a step runs", () => {
    const play = new Play(newCluster({ autoTermination: policy(0) })).add(1000, newStep("a"));
    expect(play.at(1e9).state).toBe("RUNNING");
  });

  it("counts anew from the moment the policy is put", () => {
    const play = new Play(newCluster({ autoTermination: policy(500_000) }));
    expect(play.at(559_999).state).toBe("WAITING");
    expect(play.at(560_000).state).toBe("TERMINATING");
  });
});

describe("steps", () => {
  it("run one after the other", () => {
    const play = new Play(newCluster()).add(150, newStep("a"), newStep("b"));
    expect(play.steps).toBe("a:RUNNING b:PENDING");
    play.end(200, "a", "COMPLETED");
    expect(play.steps).toBe("a:COMPLETED b:RUNNING");
    play.end(300, "b", "COMPLETED");
    expect(play.state).toBe("WAITING");
    expect(play.effects.map((effect) => `${effect.type} ${effect.stepId}`)).toEqual(["start a", "start b"]);
    expect(play.cluster.steps[1]).toMatchObject({ startedAt: 200, endedAt: 300 });
  });

  it("run together up to the concurrency", () => {
    const play = new Play(newCluster({ stepConcurrencyLevel: 2 })).add(
      150,
      newStep("a"),
      newStep("b"),
      newStep("c"),
    );
    expect(play.steps).toBe("a:RUNNING b:RUNNING c:PENDING");
    expect(play.end(160, "b", "FAILED").steps).toBe("a:RUNNING b:FAILED c:RUNNING");
  });

  it("wait while the cluster starts", () => {
    const play = new Play(newCluster()).add(10, newStep("a"));
    expect(play.steps).toBe("a:PENDING");
    expect(play.at(150).steps).toBe("a:RUNNING");
  });

  it.each([
    { action: "CONTINUE" as const, protect: false, steps: "a:FAILED b:RUNNING", state: "RUNNING" },
    { action: "CANCEL_AND_WAIT" as const, protect: false, steps: "a:FAILED b:CANCELLED", state: "WAITING" },
    {
      action: "TERMINATE_CLUSTER" as const,
      protect: false,
      steps: "a:FAILED b:CANCELLED",
      state: "TERMINATING",
    },
    { action: "TERMINATE_CLUSTER" as const, protect: true, steps: "a:FAILED b:CANCELLED", state: "WAITING" },
  ])(
    "a failure with $action (protected: $protect) leaves $steps, $state",
    ({ action, protect, steps, state }) => {
      const play = new Play(newCluster({ terminationProtected: protect })).add(
        150,
        newStep("a", action),
        newStep("b"),
      );
      play.end(200, "a", "FAILED");
      expect(play.steps).toBe(steps);
      expect(play.state).toBe(state);
      expect(play.cluster.steps[1]!.endedAt).toBeUndefined();
    },
  );

  it("a cluster ended by a failed step ends with errors", () => {
    const play = new Play(newCluster())
      .add(150, newStep("a", "TERMINATE_CLUSTER"))
      .end(200, "a", "FAILED")
      .at(210);
    expect(play.cluster.lifecycle).toMatchObject({
      state: "TERMINATED_WITH_ERRORS",
      reason: { code: "STEP_FAILURE" },
    });
  });
});

describe("the cluster goes first", () => {
  it.each([
    { code: "USER_REQUEST" as const, running: "CANCELLED", state: "TERMINATED" },
    { code: "INSTANCE_FAILURE" as const, running: "INTERRUPTED", state: "TERMINATED_WITH_ERRORS" },
  ])(
    "$code: the running step is $running, the waiting one CANCELLED without times",
    ({ code, running, state }) => {
      const play = new Play(newCluster()).add(150, newStep("a"), newStep("b"));
      play.at(200, { type: "terminate", ending: { code, message: "gone" } }).at(210);
      expect(play.steps).toBe(`a:${running} b:CANCELLED`);
      expect(play.cluster.steps[0]).toMatchObject({ startedAt: 150, endedAt: 200 });
      expect(play.cluster.steps[1]).not.toHaveProperty("startedAt");
      expect(play.cluster.steps[1]).not.toHaveProperty("endedAt");
      expect(play.effects.at(-1)).toEqual({ type: "kill", stepId: "a" });
      expect(play.state).toBe(state);
      // What the killed process says afterwards changes nothing.
      expect(play.end(220, "a", "COMPLETED").steps).toBe(`a:${running} b:CANCELLED`);
    },
  );
});

describe("CancelSteps", () => {
  it("cancels a pending step after a while, and starts it no more", () => {
    const play = new Play(newCluster()).add(150, newStep("a"), newStep("b"));
    play.at(200, { type: "cancelSteps", stepIds: ["b"], option: "SEND_INTERRUPT" });
    expect(play.steps).toBe("a:RUNNING b:CANCEL_PENDING");
    expect(play.end(203, "a", "COMPLETED").steps).toBe("a:COMPLETED b:CANCEL_PENDING");
    expect(play.at(205).steps).toBe("a:COMPLETED b:CANCELLED");
    expect(play.state).toBe("WAITING");
    expect(play.cluster.steps[1]).not.toHaveProperty("startedAt");
  });

  it.each([
    { option: "SEND_INTERRUPT" as const, effect: "interrupt" },
    { option: "TERMINATE_PROCESS" as const, effect: "kill" },
  ])("$option of a running step: $effect, CANCELLED when its process has ended", ({ option, effect }) => {
    const play = new Play(newCluster()).add(150, newStep("a"), newStep("b"));
    play.at(200, { type: "cancelSteps", stepIds: ["a"], option });
    expect(play.steps).toBe("a:CANCEL_PENDING b:PENDING");
    expect(play.effects.at(-1)).toEqual({ type: effect, stepId: "a" });
    expect(play.end(300, "a", "FAILED").steps).toBe("a:CANCELLED b:RUNNING");
  });

  it("comes too late for a step that completes", () => {
    const play = new Play(newCluster()).add(150, newStep("a"));
    play.at(200, { type: "cancelSteps", stepIds: ["a"], option: "SEND_INTERRUPT" });
    expect(play.end(300, "a", "COMPLETED").steps).toBe("a:COMPLETED");
  });
});

describe("any sequence of events", () => {
  const stepId = fc.integer({ min: 0, max: 9 }).map((number) => `s${number}`);
  const event = fc.oneof(
    fc.record({
      type: fc.constant("stepEnded" as const),
      stepId,
      outcome: fc.record({ state: fc.constantFrom("COMPLETED" as const, "FAILED" as const) }),
    }),
    fc.record({
      type: fc.constant("cancelSteps" as const),
      stepIds: fc.array(stepId, { maxLength: 3 }),
      option: fc.constantFrom("SEND_INTERRUPT" as const, "TERMINATE_PROCESS" as const),
    }),
    fc.record({
      type: fc.constant("terminate" as const),
      ending: fc.constant({ code: "USER_REQUEST" as const, message: "" }),
    }),
    fc.record({
      type: fc.constant("add" as const),
      action: fc.constantFrom("CONTINUE" as const, "CANCEL_AND_WAIT" as const, "TERMINATE_CLUSTER" as const),
    }),
  );

  it("never runs more steps than allowed, revives nothing and loses nothing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 80 }), event), { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (events, level, keepAlive) => {
          const play = new Play(newCluster({ stepConcurrencyLevel: level, keepAlive }));
          let now = 0;
          let added = 0;
          for (const [delay, given] of events) {
            now += delay;
            const before = play.at(now).cluster;
            if (given.type === "add") {
              if (["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"].includes(play.state)) continue;
              play.add(now, newStep(`s${added++}`, given.action));
            } else play.at(now, given);
            const { steps, lifecycle } = play.cluster;
            expect(steps).toHaveLength(added);
            const running = steps.filter((step) => isActiveStep(step) && step.startedAt !== undefined);
            expect(running.length).toBeLessThanOrEqual(level);
            // A state that is final stays.
            for (const [index, step] of before.steps.entries())
              if (!isActiveStep(step)) expect(steps[index]).toBe(step);
            if (before.lifecycle.state.startsWith("TERMINATED")) expect(lifecycle).toBe(before.lifecycle);
            // Each step was started once at most, and a kept cluster only idles without open steps.
            const starts = play.effects.filter(({ type }) => type === "start").map((effect) => effect.stepId);
            expect(new Set(starts).size).toBe(starts.length);
            if (lifecycle.state === "WAITING") expect(steps.some(isActiveStep)).toBe(false);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
