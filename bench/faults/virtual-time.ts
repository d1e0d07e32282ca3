/*
 * Time that stands still while anything real is under way, and then jumps to the next thing that is due. So a run takes
 * as long as its sockets need, a slow machine changes nothing, and the same seed gives the same run.
 *
 *   world   the network and the faults: go on always
 *   page    the client's timers, what its socket tells it, what its microphone gives it: wait while the page is stalled
 */
import type { Clock } from "../../src/net/clock.ts";

interface Due {
  readonly atMs: number;
  /** Order of events that are due together. */
  readonly order: number;
  readonly isPage: boolean;
  readonly isTimer: boolean;
  readonly run: () => void;
}

/** How what waited for a stalled page is taken up again: as it came, or all timers first, or all timers last. */
export type Resumption = "in-order" | "timers-first" | "timers-last";

/** Real things are given so long to happen before a run is given up, in ms of the wall. */
const PATIENCE_MS = 120_000;

/** A run's own time. */
export class VirtualTime {
  readonly #heap: Due[] = [];
  #nowMs = 0;
  #order = 0;
  #timers = 0;
  #stalledUntilMs = 0;
  #resumption: Resumption = "in-order";
  #held: Due[] = [];
  #underWay = 0;
  #wake: (() => void) | undefined;
  readonly #settlers = new Set<() => Promise<void> | undefined>();

  /** The client's clock. */
  readonly clock: Clock = {
    nowMs: () => this.#nowMs,
    schedule: (delayMs, callback) => {
      this.#timers += 1;
      let isDue = true;
      const settle = (): boolean => {
        if (!isDue) return false;
        isDue = false;
        this.#timers -= 1;
        return true;
      };
      this.#add(delayMs, true, true, () => settle() && callback());
      return () => void settle();
    },
  };

  /** Now, in ms since the run began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Timers of the client's that run. */
  get pendingTimers(): number {
    return this.#timers;
  }

  /** Something in the world, in `delayMs`. */
  inWorld(delayMs: number, run: () => void): void {
    this.#add(delayMs, false, false, run);
  }

  /** Something that the page takes up in `delayMs`, or as soon as it can. */
  onPage(delayMs: number, run: () => void): void {
    this.#add(delayMs, true, false, run);
  }

  /** The page does nothing for `lengthMs`. */
  stallPage(lengthMs: number, resumption: Resumption): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#nowMs + lengthMs);
    this.#resumption = resumption;
    this.inWorld(lengthMs, () => this.#resume());
  }

  /** Time stands still until this has settled. */
  async during<T>(real: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await real;
    } finally {
      this.#underWay -= 1;
      this.#wake?.();
    }
  }

  /** Before time moves on, this is asked for something to wait for; until the returned function is called. */
  settleWith(settler: () => Promise<void> | undefined): () => void {
    this.#settlers.add(settler);
    return () => void this.#settlers.delete(settler);
  }

  /**
   * Lets time pass until `isDone`, or nothing more is due.
   *
   * @throws Error if something real does not come to an end.
   */
  async run(isDone: () => boolean): Promise<void> {
    for (;;) {
      await this.#calm();
      if (isDone()) return;
      const next = this.#take();
      if (!next) return;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      const isHeld = next.isPage && (this.#nowMs < this.#stalledUntilMs || this.#held.length > 0);
      if (isHeld) this.#held.push(next);
      else next.run();
    }
  }

  #resume(): void {
    if (this.#nowMs < this.#stalledUntilMs) return;
    const rank = ({ isTimer }: Due): number =>
      this.#resumption === "timers-first" ? Number(!isTimer) : Number(isTimer);
    const held = this.#held.splice(0);
    if (this.#resumption !== "in-order") held.sort((a, b) => rank(a) - rank(b));
    // Before anything that is due now and did not wait.
    held.forEach((due, index) => this.#insert({ ...due, atMs: this.#nowMs, order: index - held.length }));
  }

  /** Promises have run, nothing real is under way, and no settler has anything to wait for. */
  async #calm(): Promise<void> {
    for (;;) {
      await turn();
      if (this.#underWay > 0) await this.#idle();
      else {
        let isCalm = true;
        for (const settler of this.#settlers) {
          const settling = settler();
          if (settling) void this.during(settling);
          isCalm &&= !settling;
        }
        if (isCalm) return;
      }
    }
  }

  #idle(): Promise<void> {
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => reject(new Error(`Stuck at ${this.#nowMs} ms`)), PATIENCE_MS);
      this.#wake = () => {
        if (this.#underWay > 0) return;
        clearTimeout(patience);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #add(delayMs: number, isPage: boolean, isTimer: boolean, run: () => void): void {
    this.#insert({ atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, isPage, isTimer, run });
  }

  /** A binary heap: the parent of entry n is entry (n − 1) / 2. */
  #insert(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(due, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = due;
  }

  #take(): Due | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!last || last === first) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** All promises that can settle by themselves have done so, and what the system had to tell was heard. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
