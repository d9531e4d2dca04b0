import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Options of {@link LocalClock}. */
export interface LocalClockOptions {
  /** Milliseconds since 1970 of the machine. Default `Date.now`. */
  readonly wall?: () => number;
  /** Where the offset is kept, so that a restarted server does not go back in time. Default: not kept. */
  readonly file?: string;
}

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** `setTimeout` overflows above this and fires at once. */
const longestTimeout = 2 ** 31 - 1;

/**
 * The local server's time. It runs with the machine's and can be moved forward, never back: EMR's smallest idle
 * timeout is 60 s and fences last minutes, which no test or demonstration should sit out.
 */
export class LocalClock {
  private readonly wallTime: () => number;
  private readonly file: string | undefined;
  private readonly timers = new Set<Timer>();
  private offset = 0;
  private wake: NodeJS.Timeout | undefined;
  private moving: Promise<void> = Promise.resolve();

  constructor(options: LocalClockOptions = {}) {
    this.wallTime = options.wall ?? Date.now;
    this.file = options.file;
    if (this.file !== undefined && existsSync(this.file)) {
      this.offset = JSON.parse(readFileSync(this.file, "utf8")).offsetMs;
    }
  }

  /** Milliseconds since 1970 by this clock. */
  now(): number {
    return this.wallTime() + this.offset;
  }

  /** Milliseconds since 1970 by the machine's clock, as clients that know nothing of the move see it. */
  wall(): number {
    return this.wallTime();
  }

  date(): Date {
    return new Date(this.now());
  }

  /** How far this clock is ahead of the machine's, in milliseconds. */
  get offsetMs(): number {
    return this.offset;
  }

  /**
   * Calls `callback` once, `delayMs` from now by this clock. The callback must not throw.
   *
   * @returns a function that cancels the timer; harmless when it has fired.
   */
  setTimer(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { due: this.now() + Math.max(0, delayMs), callback };
    this.timers.add(timer);
    this.arm();
    return () => {
      this.timers.delete(timer);
      this.arm();
    };
  }

  /**
   * Moves the clock forward. Timers on the way fire in their order, each at its own time, and what they start
   * gets a turn of the event loop before the next one.
   *
   * @throws RangeError if `byMs` is negative or not finite.
   */
  advance(byMs: number): Promise<void> {
    if (!Number.isFinite(byMs) || byMs < 0) {
      throw new RangeError(`A clock moves forward only: got ${byMs} ms, allowed: 0 or more`);
    }
    this.moving = this.moving.then(() => this.moveTo(this.now() + byMs));
    return this.moving;
  }

  /** Cancels all timers. */
  close(): void {
    this.timers.clear();
    this.arm();
  }

  private async moveTo(target: number): Promise<void> {
    for (;;) {
      const next = this.earliest();
      if (next === undefined || next.due > target) {
        break;
      }
      this.setOffset(Math.max(this.offset, next.due - this.wallTime()));
      this.fire(next);
      await nextTurn();
    }
    this.setOffset(Math.max(this.offset, target - this.wallTime()));
    this.arm();
  }

  private setOffset(offset: number): void {
    this.offset = offset;
    if (this.file !== undefined) {
      const next = `${this.file}.next`;
      writeFileSync(next, JSON.stringify({ offsetMs: offset }));
      renameSync(next, this.file);
    }
  }

  private earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.timers) {
      if (earliest === undefined || timer.due < earliest.due) {
        earliest = timer;
      }
    }
    return earliest;
  }

  private fire(timer: Timer): void {
    this.timers.delete(timer);
    timer.callback();
  }

  private arm(): void {
    clearTimeout(this.wake);
    const next = this.earliest();
    if (next !== undefined) {
      const delay = Math.min(Math.max(0, next.due - this.now()), longestTimeout);
      this.wake = setTimeout(() => this.fireDue(), delay);
    }
  }

  private fireDue(): void {
    for (let next = this.earliest(); next !== undefined && next.due <= this.now(); next = this.earliest()) {
      this.fire(next);
    }
    this.arm();
  }
}
