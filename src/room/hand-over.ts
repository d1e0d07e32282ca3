import type { Clock } from "../net/clock.ts";

/** An agent that takes no sound subscribes to none, and servers do not tell of a second subscriber: it has by then. */
const SUBSCRIPTION_WAIT_MS = 1_500;
/** Agents wait for early speech for 3 s after they have subscribed, which servers may tell of a second later. */
const EARLY_LIMIT_MS = 1_500;
/** While data does not go through, sound need not either; an agent that answers no calls hears the person after this. */
const REACH_LIMIT_MS = 5_000;

/** To whom sound goes from now on, and on which track. */
export interface LiveTo {
  readonly agentIdentity: string;
  readonly trackId: string;
  /** Whether this agent has not heard this track before, so that it waits for what was said early. */
  readonly isFirst: boolean;
  /** Whether data reaches it. */
  readonly isReached: boolean;
  /** Whether what is sent early comes before it gives up waiting for that. */
  readonly isInTime: boolean;
}

/*
 * What is late on a track that is new to the agent waits for another name of it.
 *
 *   held ──agent there, track published, media up──▶ then subscribed (or 1.5 s) ──▶ then reached (or 5 s) ──▶ live
 *    ▲                                                                                                             │
 *    └──────────────────────── agent gone, track published anew, media down ──────────────────────────────────────┘
 */

/** Knows whether what is said goes through, or must be held until it does. Pure but for the clock. */
export class HandOver {
  readonly #clock: Clock;
  readonly #onLive: (to: LiveTo) => void;
  readonly #onLate: (() => void) | undefined;
  #agentIdentity: string | undefined;
  #trackId: string | undefined;
  #hasMedia = true;
  #isReached = false;
  #heard: string | undefined;
  /** When the agent subscribed to the track. */
  #subscribedAtMs: number | undefined;
  /** Whether another name was asked for. */
  #isRenaming = false;
  #isLive = false;
  /** The pair that was live last. */
  #last = "";
  #callOff: (() => void) | undefined;

  /** `onLate`: the agent has given up waiting for what was said early; a track of another name makes it wait again. */
  constructor(clock: Clock, onLive: (to: LiveTo) => void, onLate: (() => void) | undefined) {
    this.#clock = clock;
    this.#onLive = onLive;
    this.#onLate = onLate;
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
    this.#isReached = false;
    if (identity === undefined || !isAlone) this.#heard = undefined;
    this.#changed();
  }

  /** Data reaches the agent. */
  reached(): void {
    this.#isReached = true;
    this.#consider();
  }

  /** The track has this name. */
  published(trackId: string): void {
    if (trackId === this.#trackId) return;
    this.#trackId = trackId;
    this.#isRenaming = false;
    this.#changed();
  }

  /** Somebody subscribed to a track. */
  heard(trackId: string): void {
    this.#heard = trackId;
    this.#consider();
  }

  /** Sound can flow, or cannot. */
  media(hasMedia: boolean): void {
    if (hasMedia === this.#hasMedia) return;
    this.#hasMedia = hasMedia;
    if (!hasMedia) this.#isReached = false;
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
    this.#subscribedAtMs = undefined;
    this.#wait(undefined);
    this.#consider();
  }

  #consider(): void {
    const [agentIdentity, trackId] = [this.#agentIdentity, this.#trackId];
    if (this.#isLive || agentIdentity === undefined || trackId === undefined || !this.#hasMedia) return;
    if (this.#subscribedAtMs === undefined) {
      if (this.#heard !== trackId) return this.#wait(SUBSCRIPTION_WAIT_MS, () => this.#subscribed());
      return this.#subscribed();
    }
    const waitedMs = this.#clock.nowMs() - this.#subscribedAtMs;
    const isReached = this.#isReached;
    if (!isReached && waitedMs < REACH_LIMIT_MS) return this.#wait(REACH_LIMIT_MS, () => this.#consider());
    this.#wait(undefined);
    const pair = JSON.stringify([agentIdentity, trackId]);
    const isFirst = pair !== this.#last;
    const isInTime = isReached && waitedMs < EARLY_LIMIT_MS;
    if (this.#onLate && isFirst && isReached && !isInTime) {
      if (this.#isRenaming) return;
      this.#isRenaming = true;
      return this.#onLate();
    }
    this.#isLive = true;
    this.#last = pair;
    this.#onLive({ agentIdentity, trackId, isFirst, isReached, isInTime });
  }

  #subscribed(): void {
    this.#wait(undefined);
    this.#subscribedAtMs = this.#clock.nowMs();
    this.#consider();
  }

  /** Begins to wait, unless that has begun; or ceases to. */
  #wait(delayMs: number | undefined, callback: () => void = () => undefined): void {
    if (delayMs === undefined) this.#callOff?.();
    this.#callOff = delayMs === undefined ? undefined : (this.#callOff ?? this.#clock.schedule(delayMs, callback));
  }
}
