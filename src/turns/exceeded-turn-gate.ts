import type { AgentStateKind } from "./agent-state.ts";
import type { ExceededTurn } from "./turn-limit.ts";

/*
 *            offer                      agent listens or idles
 *   open ──────────▶ waiting (the latest counts) ──────────────▶ held (by whoever acts on it) ──done──▶ open
 *                       └── agent speaks: dropped, it has answered
 */

/** Holds an exceeded turn until somebody may act on it: never while the agent thinks, and one at a time. Pure. */
export class ExceededTurnGate {
  #agent: AgentStateKind = "initializing";
  #waiting: ExceededTurn | undefined;
  #isHeld = false;
  #isBlocked = false;

  /** A turn was exceeded. Returns it if it is to be acted on now; until `done()` further ones are dropped. */
  offer(exceeded: ExceededTurn): ExceededTurn | undefined {
    if (this.#isBlocked || this.#isHeld || this.#agent === "speaking") return undefined;
    this.#waiting = exceeded;
    return this.#release();
  }

  /** The agent's state changed. Returns what is to be acted on now, if anything was waiting for that. */
  agentBecame(state: AgentStateKind): ExceededTurn | undefined {
    this.#agent = state;
    if (state === "speaking") this.#waiting = undefined;
    return this.#release();
  }

  /** What waits is of no interest any more. */
  drop(): void {
    this.#waiting = undefined;
  }

  /** What was returned has been acted on. */
  done(): void {
    this.#isHeld = false;
  }

  /** No new turns are taken, or again: what waits is dropped. */
  block(isBlocked: boolean): void {
    this.#isBlocked = isBlocked;
    if (isBlocked) this.#waiting = undefined;
  }

  #release(): ExceededTurn | undefined {
    if (!this.#waiting || !["listening", "idle"].includes(this.#agent)) return undefined;
    const released = this.#waiting;
    this.#waiting = undefined;
    this.#isHeld = true;
    return released;
  }
}
