import type { Clock } from "../net/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs = 0;
  /** Those due at the same time in the order in which they were made. */
  readonly #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  /** @throws RangeError if the delay is not a number of ms; a negative one counts as none. */
  schedule(delayMs: number, callback: () => void): () => void {
    if (Number.isNaN(delayMs)) throw new RangeError(`delayMs must be a number, got ${delayMs}`);
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that have neither fired nor been called off: 0 at the end of a test shows that none was left behind. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Moves on, and fires what falls due on the way, soonest first, each at its own time; also what is scheduled while
   * doing so. Promises settle only when the test awaits, so code that awaits between two timers needs two calls.
   *
   * @throws RangeError unless `ms` is a finite number of 0 or more.
   */
  advance(ms: number): void {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) throw new RangeError(`ms must be in [0, ∞), got ${ms}`);
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#next(); timer && timer.dueMs <= untilMs; timer = this.#next()) {
      this.#nowMs = timer.dueMs;
      this.#timers.delete(timer);
      timer.callback();
    }
    this.#nowMs = untilMs;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.dueMs < next.dueMs) next = timer;
    return next;
  }
}
