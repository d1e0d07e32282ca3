import { msToSamples } from "../audio/units.ts";
import type { EndpointingSettings } from "./turn-settings.ts";

/** What of the endpointing can change while a session runs; what is absent, or as it was, changes nothing. */
export type EndpointingChange = Partial<Omit<EndpointingSettings, "mode">>;

/** How long to wait after speech has ended. Times are samples of the capture clock. */
export interface Endpointing {
  /** From the end of speech to the end of the turn. */
  readonly minDelaySamples: number;
  /** The same where a detector says that the person goes on; at least `minDelaySamples`. */
  readonly maxDelaySamples: number;
  /** Whether the person began to speak over the agent, and still does. */
  readonly isOverlapping: boolean;
  /** The person began to speak, `isOverlapping` over the agent. Told twice of the same overlap, it heeds the first. */
  userStarted(at: number, isOverlapping: boolean): void;
  /** The person stopped; `isIgnored` if what they said over the agent was found to be no interruption. */
  userEnded(at: number, isIgnored: boolean): void;
  /** The agent was first heard, or is heard again. */
  agentStarted(at: number): void;
  /** The agent went silent. */
  agentEnded(at: number): void;
  /** Takes new delays at once. A new `minDelaySamples` forgets what was learned; the others do not. */
  update(change: EndpointingChange): void;
}

/** Makes the endpointing of `settings.mode`. */
export function createEndpointing(settings: EndpointingSettings): Endpointing {
  return settings.mode === "dynamic" ? new DynamicEndpointing(settings) : new FixedEndpointing(settings);
}

/** Always the same delays. */
export class FixedEndpointing implements Endpointing {
  #settings: EndpointingSettings;
  #isOverlapping = false;

  constructor(settings: EndpointingSettings) {
    this.#settings = settings;
  }

  get minDelaySamples(): number {
    return Math.min(this.#settings.minDelaySamples, this.maxDelaySamples);
  }

  get maxDelaySamples(): number {
    return this.#settings.maxDelaySamples;
  }

  get isOverlapping(): boolean {
    return this.#isOverlapping;
  }

  userStarted(_at: number, isOverlapping: boolean): void {
    this.#isOverlapping = isOverlapping;
  }

  userEnded(): void {
    this.#isOverlapping = false;
  }

  agentStarted(): void {}

  agentEnded(): void {}

  update(change: EndpointingChange): void {
    this.#settings = { ...this.#settings, ...change };
  }
}

/** Speech that begins this near to the agent's is a coincidence: no verdict makes a backchannel of it. */
const GRACE_SAMPLES = msToSamples(250);
const SAMPLES_OF_1_MS = msToSamples(1);

/**
 * Learns the shorter delay from the person's own pauses: a running average of those between two utterances, and of those
 * after which the agent was interrupted at once (it had answered too early). The longer delay is a fixed ceiling.
 *
 *     [utterance] pause [utterance]              learned
 *     [utterance] pause [agent ‖ interruption]   learned, if the agent began and was interrupted within the delays
 *     [utterance] pause [agent]                  not learned: the pause is the agent's
 */
export class DynamicEndpointing implements Endpointing {
  #settings: EndpointingSettings;
  /** The average, not rounded. */
  #pauseSamples: number;
  #userStartedAt: number | undefined;
  #userEndedAt: number | undefined;
  #isSpeaking = false;
  #isOverlapping = false;
  #agentStartedAt: number | undefined;
  #agentEndedAt: number | undefined;

  constructor(settings: EndpointingSettings) {
    this.#settings = settings;
    this.#pauseSamples = settings.minDelaySamples;
  }

  get minDelaySamples(): number {
    return Math.min(Math.round(this.#pauseSamples), this.maxDelaySamples);
  }

  get maxDelaySamples(): number {
    return this.#settings.maxDelaySamples;
  }

  get isOverlapping(): boolean {
    return this.#isOverlapping;
  }

  userStarted(at: number, isOverlapping: boolean): void {
    if (this.#isOverlapping) return;
    if (isOverlapping && this.#isSpeaking && this.#userEndedAt !== undefined && this.#agentStartedAt !== undefined) {
      // They spoke before the agent did: their pause ended when it began.
      this.#userEndedAt = this.#agentStartedAt - SAMPLES_OF_1_MS;
    }
    this.#userStartedAt = at;
    this.#isOverlapping = isOverlapping;
    this.#isSpeaking = true;
  }

  userEnded(at: number, isIgnored: boolean): void {
    const isBackchannel = isIgnored && this.#isOverlapping && !this.#beganTogether();
    this.#isSpeaking = false;
    if (isBackchannel) {
      this.#isOverlapping = false;
      this.#userStartedAt = undefined;
      this.#userEndedAt = undefined;
      return;
    }
    const pause = this.#betweenUtterances();
    if (pause > 0 && this.#isOwnPause(pause)) this.#learn(pause);
    this.#isOverlapping = false;
    this.#userEndedAt = at;
    this.#agentStartedAt = undefined;
    this.#agentEndedAt = undefined;
  }

  agentStarted(at: number): void {
    // One that goes on while the person still speaks is overlapped again.
    this.#isOverlapping = this.#isSpeaking && this.#agentStartedAt !== undefined;
    this.#agentStartedAt = at;
    this.#agentEndedAt = undefined;
  }

  agentEnded(at: number): void {
    if (this.#agentStartedAt !== undefined) this.#agentEndedAt ??= at;
    this.#isOverlapping = false;
  }

  update(change: EndpointingChange): void {
    const before = this.#settings.minDelaySamples;
    this.#settings = { ...this.#settings, ...change };
    if (this.#settings.minDelaySamples !== before) this.#pauseSamples = this.#settings.minDelaySamples;
  }

  #beganTogether(): boolean {
    if (this.#userStartedAt === undefined || this.#agentStartedAt === undefined) return false;
    return Math.abs(this.#userStartedAt - this.#agentStartedAt) < GRACE_SAMPLES;
  }

  /** Whether the pause was made by the person, and not by an agent that had its turn. */
  #isOwnPause(pause: number): boolean {
    const agentStartedAt = this.#agentStartedAt;
    if (agentStartedAt === undefined) return !this.#isOverlapping;
    if (this.#agentEndedAt !== undefined && !this.#isOverlapping) return false;
    const untilAgent = Math.max(0, agentStartedAt - (this.#userEndedAt ?? agentStartedAt));
    const untilInterruption = Math.abs(pause - untilAgent);
    return (
      untilAgent > 0 &&
      untilAgent <= this.maxDelaySamples &&
      untilInterruption > 0 &&
      untilInterruption <= this.minDelaySamples
    );
  }

  #betweenUtterances(): number {
    if (this.#userStartedAt === undefined || this.#userEndedAt === undefined) return 0;
    return Math.max(0, this.#userStartedAt - this.#userEndedAt);
  }

  #learn(pause: number): void {
    const { alpha, minDelaySamples, maxDelaySamples } = this.#settings;
    const average = alpha * this.#pauseSamples + (1 - alpha) * pause;
    this.#pauseSamples = Math.min(Math.max(average, minDelaySamples), maxDelaySamples);
  }
}
