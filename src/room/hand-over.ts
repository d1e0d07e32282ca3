import type { Clock } from "../net/clock.ts";

/**
 * An agent that takes no sound subscribes to none, and servers do not tell of a second subscriber: then it is live after
 * this. Agents wait for early speech for 3 s.
 */
const SUBSCRIPTION_WAIT_MS = 1_500;

/** To whom sound goes from now on, and on which track. */
export interface LiveTo {
  readonly agentIdentity: string;
  readonly trackId: string;
  /** Whether this agent has not heard this track before, so that it waits for what was said early. */
  readonly isFirst: boolean;
}

/*
 *   held ──agent there, track published, media up, then subscribed (or 1.5 s)──▶ live
 *    ▲                                                                                   │
 *    └────────────── agent gone, track published anew, media down ───────────────────────┘
 */

/** Knows whether what is said goes through, or must be held until it does. Pure but for the clock. */
export class HandOver {
  readonly #clock: Clock;
  readonly #onLive: (to: LiveTo) => void;
  #agentIdentity: string | undefined;
  #trackId: string | undefined;
  #hasMedia = true;
  #heard: string | undefined;
  #isLive = false;
  /** The pair that was live last. */
  #last = "";
  #callOff: (() => void) | undefined;

  constructor(clock: Clock, onLive: (to: LiveTo) => void) {
    this.#clock = clock;
    this.#onLive = onLive;
  }

  /** Whether it goes through. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** The name of the track. */
  get trackId(): string | undefined {
    return this.#trackId;
  }

  /** The agent is there, or nobody any more. `isAlone`: nobody else can have subscribed. */
  agent(identity: string | undefined, isAlone = false): void {
    if (identity === this.#agentIdentity) return;
    this.#agentIdentity = identity;
    if (identity === undefined || !isAlone) this.#heard = undefined;
    this.#changed();
  }

  /** The track has this name. */
  published(trackId: string): void {
    if (trackId === this.#trackId) return;
    this.#trackId = trackId;
    this.#changed();
  }

  /** Somebody subscribed to a track. */
  heard(trackId: string): void {
    this.#heard = trackId;
    this.#consider(false);
  }

  /** Sound can flow, or cannot. */
  media(hasMedia: boolean): void {
    if (hasMedia === this.#hasMedia) return;
    this.#hasMedia = hasMedia;
    this.#changed();
  }

  /** Nothing follows. */
  close(): void {
    this.#isLive = false;
    this.#agentIdentity = undefined;
    this.#callOff?.();
  }

  #changed(): void {
    this.#isLive = false;
    this.#callOff?.();
    this.#callOff = undefined;
    this.#consider(false);
  }

  #consider(hasWaited: boolean): void {
    const [agentIdentity, trackId] = [this.#agentIdentity, this.#trackId];
    if (this.#isLive || agentIdentity === undefined || trackId === undefined || !this.#hasMedia) return;
    if (!hasWaited && this.#heard !== trackId) {
      this.#callOff ??= this.#clock.schedule(SUBSCRIPTION_WAIT_MS, () => this.#consider(true));
      return;
    }
    this.#callOff?.();
    this.#callOff = undefined;
    this.#isLive = true;
    const pair = JSON.stringify([agentIdentity, trackId]);
    const isFirst = pair !== this.#last;
    this.#last = pair;
    this.#onLive({ agentIdentity, trackId, isFirst });
  }
}
