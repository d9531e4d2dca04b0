import type { Clock, Random } from "../../provider/ports";
import { seededStream, seededValue } from "./seeded";

/** What may go wrong with a request; drawn at each one while faults are on. */
export type Fault =
  | "drop"
  | "loseAnswer"
  | "late"
  | "refuse409"
  | "refuse412AfterSuccess"
  | "error503"
  | "throttle"
  | "error500AfterActing"
  | "crash"
  | "pause";

/** Ports that break a promise of AWS or of the SDK: each must lead to a violation that the oracle sees. */
export interface PortMutations {
  readonly acceptOldSignatures?: boolean;
  readonly noSignedDateHook?: boolean;
  readonly listingLagBeyondV?: boolean;
  readonly sdkRetries?: boolean;
  readonly unconditionalPut?: boolean;
}

/** One fault where it hurts. */
export interface Directed {
  readonly request: RegExp;
  readonly fault: Fault;
}

export interface WorldOptions {
  readonly seed: number;
  /** Chance of a fault at each request. */
  readonly faultRate: number;
  /** Virtual time after which nothing goes wrong any more. */
  readonly faultsUntil: number;
  /** Labels of faults that are left out, for shrinking. */
  readonly without?: ReadonlySet<string>;
  readonly mutations?: PortMutations;
  /** A schedule that is directed: the first request of each process that matches meets this fault. */
  readonly directed?: Directed;
  readonly trace?: (line: string) => void;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A process of the simulation: its requests stop for ever when it crashes and for a while when it is paused. */
export class Process {
  alive = true;
  pausedUntil = 0;
  requests = 0;
  private directed = false;

  constructor(
    readonly world: World,
    readonly name: string,
    /** Error of this machine's idea of AWS's time, in milliseconds. */
    readonly skew: number,
    private readonly onCrash: () => void,
    private readonly faulty: boolean,
  ) {}

  readonly random: Random = (() => {
    let next: (() => number) | undefined;
    const stream = () => {
      next ??= seededStream(this.world.options.seed, `random ${this.name}`);
      return next();
    };
    const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    return {
      next: stream,
      id: (length: number) =>
        Array.from({ length }, () => alphabet[Math.floor(stream() * alphabet.length)]).join(""),
    };
  })();

  readonly clock: Clock = {
    now: () => new Date(this.world.now + this.skew),
    monotonic: () => this.world.now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        this.world.schedule(milliseconds, () =>
          this.deliver(() => (signal?.aborted ? reject(signal.reason) : resolve())),
        );
      }),
  };

  /** Runs `continuation` in the process: never if it is dead, later if it is paused. */
  deliver(continuation: () => void): void {
    if (!this.alive) return;
    const wait = this.pausedUntil - this.world.now;
    if (wait > 0) this.world.schedule(wait, () => this.deliver(continuation));
    else continuation();
  }

  crash(): void {
    if (!this.alive) return;
    this.alive = false;
    this.world.note(`${this.name} crashes`);
    this.onCrash();
  }

  /** Draws the fault of the process's next request, if any. */
  nextFault(what: string, allowed: readonly Fault[]): Fault | undefined {
    const { options, now } = this.world;
    if (this.faulty && !this.directed && now < options.faultsUntil && options.directed?.request.test(what)) {
      this.directed = true;
      return options.directed.fault;
    }
    const label = `${this.name}#${this.requests++}`;
    if (
      !this.faulty ||
      now >= options.faultsUntil ||
      seededValue(options.seed, `fault ${label}`) >= options.faultRate
    )
      return undefined;
    const fault = allowed[Math.floor(seededValue(options.seed, `kind ${label}`) * allowed.length)]!;
    if (options.without?.has(label)) return undefined;
    this.world.faults.push(label);
    this.world.note(`fault ${label}: ${fault}`);
    return fault;
  }
}

/** Virtual time and everything that is going to happen. */
export class World {
  now = Date.UTC(2026, 0, 1);
  readonly start = this.now;
  readonly faults: string[] = [];
  readonly violations: string[] = [];
  private readonly heap: Event[] = [];
  private order = 0;
  private readonly latency: () => number;

  constructor(readonly options: WorldOptions) {
    this.latency = seededStream(options.seed, "latency");
  }

  note(line: string): void {
    this.options.trace?.(`${((this.now - this.start) / 1_000).toFixed(3)} ${line}`);
  }

  violation(text: string): void {
    this.note(`VIOLATION ${text}`);
    this.violations.push(text);
  }

  /** One way of a request: mostly quick, sometimes slow, so that requests overtake one another. */
  delay(): number {
    const value = this.latency();
    return value < 0.9 ? 2 + value * 40 : 40 + (value - 0.9) * 4_000;
  }

  schedule(milliseconds: number, run: () => void): void {
    const event = { at: this.now + Math.max(0, milliseconds), order: this.order++, run };
    let index = this.heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, this.heap[parent]!)) break;
      this.heap[index] = this.heap[parent]!;
      index = parent;
    }
    this.heap[index] = event;
  }

  /** Runs events until `done`, a violation, or the time limit. False: the limit came first. */
  async run(done: () => boolean, until: number): Promise<boolean> {
    // Once a run, whoever else is in this process gets his turn.
    await new Promise((resolve) => setImmediate(resolve));
    while (!done()) {
      if (this.violations.length > 0) return true;
      const event = this.next();
      if (event === undefined || event.at > until) return false;
      this.now = event.at;
      event.run();
      await settled();
    }
    return true;
  }

  private next(): Event | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined || this.heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && before(this.heap[child + 1]!, this.heap[child]!)) child++;
      if (!before(this.heap[child]!, last)) break;
      this.heap[index] = this.heap[child]!;
      index = child;
    }
    this.heap[index] = last;
    return first;
  }
}

function before(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/**
 * Everything that can go on without a port has gone on: Node comes to this queue once no promise is left to settle.
 * Unlike `setImmediate` that asks the operating system for nothing, which took half of the time.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/**
 * Sends a request: `act` is what the server does when it arrives, `lost` the answer the client gives itself when none
 * comes. Each fault is one of what networks, servers and machines do.
 */
export function request<T>(
  process: Process,
  what: string,
  faults: readonly Fault[],
  act: () => T,
  lost: () => T,
  answers: Partial<Record<Fault, () => T>> = {},
  clientTimeout = 1_000,
): Promise<T> {
  const { world } = process;
  return new Promise((resolve, reject) => {
    const answer = (make: () => T, after: number) =>
      world.schedule(after, () =>
        process.deliver(() => {
          try {
            resolve(make());
          } catch (error) {
            reject(error);
          }
        }),
      );
    const arrive = (then: (result: () => T) => void, after = world.delay()) =>
      world.schedule(after, () => {
        let result: () => T;
        try {
          const value = act();
          result = () => value;
        } catch (error) {
          result = () => {
            throw error;
          };
        }
        then(result);
      });
    const fault = process.nextFault(what, faults);
    world.note(`${process.name} ${what}`);
    switch (fault) {
      case "drop":
        return answer(lost, clientTimeout);
      case "late":
        arrive(() => {}, world.delay() * (1 + Math.floor(process.random.next() * 400)));
        return answer(lost, clientTimeout);
      case "loseAnswer":
      case "error500AfterActing":
        return arrive(() => answer(lost, world.delay()));
      case "refuse412AfterSuccess":
        return arrive(() => answer(answers[fault] ?? lost, world.delay()));
      case "refuse409":
      case "error503":
      case "throttle":
        return answer(answers[fault] ?? lost, world.delay());
      case "crash":
        // Half of the requests of a dying process still reach the server.
        if (process.random.next() < 0.5) arrive(() => {});
        return process.crash();
      case "pause":
        process.pausedUntil = world.now + process.random.next() * 16_000;
        return arrive((result) => answer(result, world.delay()));
      default:
        return arrive((result) => answer(result, world.delay()));
    }
  });
}
