import type { Clock } from "../net/clock.ts";
import type { RoomPort } from "./room-port.ts";

/** A call that no agent knows; that its side of LiveKit says so is the answer. */
export const REACH_CALL = "vivavoce.reach";

/** It is asked again after this, in ms, and then after twice as long, but never more than the second of them. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 300;
/** Who has not answered by then answers no calls at all. */
const LIMIT_MS = 10_000;

/**
 * LiveKit's codes of calls that came through, or that cannot be made at all: not supported there (1400), failed (1500),
 * not answered in time (1502), too long an answer (1504), a server or an agent that knows no calls (1403, 1404).
 */
const ANSWERS: readonly unknown[] = [1_400, 1_403, 1_404, 1_500, 1_502, 1_504];

/**
 * Knows whether data reaches the agent. It can be in the room for seconds before that, above all when its own connection
 * was mended; what is sent meanwhile is lost, and nobody is told.
 */
export class AgentReach {
  readonly #clock: Clock;
  readonly #onReached: () => void;
  #isReached = false;
  /** Counts searches: who is no longer the latest gives up. */
  #search = 0;
  #callOff: (() => void) | undefined;

  constructor(clock: Clock, onReached: () => void) {
    this.#clock = clock;
    this.#onReached = onReached;
  }

  /** Whether it does. */
  get isReached(): boolean {
    return this.#isReached;
  }

  /** Asks until there is an answer. */
  seek(room: Pick<RoomPort, "call">, agentIdentity: string): void {
    this.stop();
    const search = this.#search;
    const untilMs = this.#clock.nowMs() + LIMIT_MS;
    const reached = (): void => {
      if (search !== this.#search || this.#isReached) return;
      this.#callOff?.();
      this.#isReached = true;
      this.#onReached();
    };
    const ask = (delayMs: number): void => {
      if (this.#clock.nowMs() >= untilMs) return reached();
      const call = { destinationIdentity: agentIdentity, method: REACH_CALL, payload: "" };
      room.call(call).then(reached, (error: unknown) => {
        if (ANSWERS.includes((error as { readonly code?: unknown } | undefined)?.code)) reached();
      });
      this.#callOff = this.#clock.schedule(delayMs, () => ask(Math.min(MAX_DELAY_MS, 2 * delayMs)));
    };
    ask(FIRST_DELAY_MS);
  }

  /** It is gone, or out of reach. */
  stop(): void {
    this.#search += 1;
    this.#isReached = false;
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
