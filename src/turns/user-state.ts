import type { AgentStateKind } from "./agent-state.ts";
import type { StateChange, StateSince } from "./state-change.ts";

/** What the person is doing. */
export type UserStateKind = "speaking" | "listening" | "away";

/** What tells about the person. Samples are of the capture clock. */
export type UserActivity =
  /** Speech began at `startSample`, which may be before the event. */
  | { readonly type: "speech-started"; readonly startSample: number }
  /** It ended at `endSample`, which may be before the event. */
  | { readonly type: "speech-ended"; readonly endSample: number }
  /** The recogniser is sure of a text; an empty one tells nothing. */
  | { readonly type: "final-transcript"; readonly text: string }
  /** Muted, or the microphone is gone: nothing is heard until `input-restored`. */
  | { readonly type: "input-lost" }
  /** Heard again. */
  | { readonly type: "input-restored" }
  /** The person did something without speaking, such as typing or pressing the button to talk. */
  | { readonly type: "acted" }
  | { readonly type: "agent-state"; readonly state: AgentStateKind };

/** How a {@link UserState} counts. */
export interface UserStateOptions {
  /** Silence of both sides after which the person counts as away, in samples of 16 kHz; 0: never. */
  readonly awayAfterSamples: number;
  /**
   * Whether there is a recogniser: then speech without words is noise, and does not put off `away` for longer than the
   * words might take to come. Without one speech is all the evidence there is.
   */
  readonly expectsWords: boolean;
}

/** After noise, words are waited for at most so long: 2 s. */
const WORDS_WITHIN_SAMPLES = 32_000;

/*
 *                 ┌──────────────speech-started──────────────┐
 *                 ▼                                          │
 *   speaking ──speech-ended, input-lost──▶ listening ──deadline──▶ away
 *      ▲                                   │  ▲                    │
 *      └────────────speech-started─────────┘  └──words, input-restored, acted
 *
 * The deadline is armed only while person and agent both listen. It counts from the last sign of the person: speech with
 * words, a final text, an act; or from when the agent fell silent. Speech without words is no sign, but puts the deadline
 * off once, until its words would have come.
 */

/** What the person is doing, and when silence means that they are gone. Pure; `advance` drives the deadline. */
export class UserState {
  #options: UserStateOptions;
  #state: StateSince<UserStateKind>;
  #agent: AgentStateKind = "initializing";
  #isInputLost = false;
  /** When there was a sign of the person last. */
  #signAt: number;
  /** Whether words came for the speech that is going on. */
  #hasWords = false;
  /** Until when words are waited for that would put off `away`; granted once after each sign. */
  #wordsUntil: number | undefined;

  /** Begins as `listening` at a sample of the capture clock. */
  constructor(options: UserStateOptions, atSample = 0) {
    this.#options = options;
    this.#state = { kind: "listening", sinceSample: atSample };
    this.#signAt = atSample;
  }

  /** The state and since when. */
  get state(): StateSince<UserStateKind> {
    return this.#state;
  }

  /** When the person is away unless something happens, on the capture clock; `undefined` if nothing is counted down. */
  get deadlineSample(): number | undefined {
    const { awayAfterSamples } = this.#options;
    if (awayAfterSamples === 0 || this.#state.kind !== "listening" || this.#agent !== "listening") return undefined;
    return Math.max(this.#signAt + awayAfterSamples, this.#wordsUntil ?? 0);
  }

  /** Counts otherwise from now on. */
  update(options: Partial<UserStateOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  /** The clock has moved on; returns the change to `away` if its time has come. */
  advance(nowSample: number): StateChange<UserStateKind> | undefined {
    const deadline = this.deadlineSample;
    if (deadline === undefined || nowSample < deadline) return undefined;
    this.#wordsUntil = undefined;
    return this.#become("away", deadline);
  }

  /** Takes what was noticed at `nowSample`; returns the change it brought about, if any. */
  handle(activity: UserActivity, nowSample: number): StateChange<UserStateKind> | undefined {
    switch (activity.type) {
      case "speech-started":
        if (this.#isInputLost || this.#state.kind === "speaking") return undefined;
        this.#hasWords = !this.#options.expectsWords;
        return this.#become("speaking", activity.startSample);
      case "speech-ended":
        return this.#endSpeech(activity.endSample, nowSample);
      case "final-transcript":
        if (activity.text.trim() === "") return undefined;
        this.#hasWords = true;
        return this.#notice(nowSample);
      case "input-lost":
        if (this.#isInputLost) return undefined;
        this.#isInputLost = true;
        this.#hasWords = true; // whoever mutes themselves is there
        return this.#endSpeech(nowSample, nowSample);
      case "input-restored":
        if (!this.#isInputLost) return undefined;
        this.#isInputLost = false;
        return this.#notice(nowSample);
      case "acted":
        return this.#notice(nowSample);
      case "agent-state":
        if (activity.state === "listening" && this.#agent !== "listening") this.#sign(nowSample);
        this.#agent = activity.state;
    }
    return undefined;
  }

  #endSpeech(endSample: number, nowSample: number): StateChange<UserStateKind> | undefined {
    if (this.#state.kind !== "speaking") return undefined;
    if (this.#hasWords) this.#sign(endSample);
    else if (this.#signAt + this.#options.awayAfterSamples < nowSample + WORDS_WITHIN_SAMPLES) {
      this.#wordsUntil ??= nowSample + WORDS_WITHIN_SAMPLES;
    }
    return this.#become("listening", endSample);
  }

  /** The person is there: whoever was away listens. */
  #notice(nowSample: number): StateChange<UserStateKind> | undefined {
    this.#sign(nowSample);
    return this.#state.kind === "away" ? this.#become("listening", nowSample) : undefined;
  }

  #sign(atSample: number): void {
    this.#signAt = Math.max(this.#signAt, atSample);
    this.#wordsUntil = undefined;
  }

  #become(kind: UserStateKind, sinceSample: number): StateChange<UserStateKind> {
    const { kind: oldState, sinceSample: before } = this.#state;
    this.#state = { kind, sinceSample: Math.max(sinceSample, before) };
    return { oldState, newState: kind, sinceSample: this.#state.sinceSample };
  }
}
