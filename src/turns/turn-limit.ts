import { samplesToMs } from "../audio/units.ts";
import type { UserTurnLimitSettings } from "./turn-settings.ts";
import { countWords } from "./word-count.ts";

/** A final text, for a limit to count. Samples are of the capture clock. */
export interface CountedFinal {
  readonly transcriptId: number;
  readonly text: string;
  /** Where the first speech of the turn began; absent if it is not known. */
  readonly startSample?: number | undefined;
  /** What was said in this turn so far, with what may still change. */
  readonly currentTranscript: string;
}

/** The person has said more than is allowed without the agent having answered. */
export interface ExceededTurn {
  /** What was said in this turn so far, with what may still change. */
  readonly transcript: string;
  /** All finals since the agent spoke last, also of turns before. */
  readonly accumulatedTranscript: string;
  readonly accumulatedWords: number;
  /** Since the first speech after the agent spoke last, in ms. */
  readonly durationMs: number;
}

/**
 * Counts what a person says until the agent speaks: over several turns, if it does not answer. Pure.
 *
 * Words are counted as for `interruption.minWords`, so that a limit also holds for scripts without spaces.
 */
export class TurnLimit {
  #settings: UserTurnLimitSettings;
  #finals: { readonly transcriptId: number; readonly text: string; readonly words: number }[] = [];
  #startedAt: number | undefined;

  /** Counts from now on. */
  constructor(settings: UserTurnLimitSettings) {
    this.#settings = settings;
  }

  /** Other limits hold from the next final on; what was counted stays counted. */
  update(settings: UserTurnLimitSettings): void {
    this.#settings = settings;
  }

  /** A final came. Returns what it exceeded, on it and on each further one, until the agent speaks. */
  addFinal(final: CountedFinal, nowSample: number): ExceededTurn | undefined {
    const { transcriptId, text, startSample, currentTranscript } = final;
    if (text === "") return undefined;
    this.#startedAt ??= Math.min(startSample ?? nowSample, nowSample);
    this.#finals.push({ transcriptId, text, words: countWords(text) });
    const accumulatedWords = this.#finals.reduce((sum, { words }) => sum + words, 0);
    const durationSamples = nowSample - this.#startedAt;
    const { maxWords, maxDurationSamples } = this.#settings;
    if (accumulatedWords < maxWords && durationSamples < maxDurationSamples) return undefined;
    return {
      transcript: currentTranscript,
      accumulatedTranscript: this.#finals.map((one) => one.text).join(" "),
      accumulatedWords,
      durationMs: samplesToMs(durationSamples),
    };
  }

  /** Finals were taken back: their words will be told anew, and count once. */
  withdraw(transcriptIds: readonly number[]): void {
    this.#finals = this.#finals.filter(({ transcriptId }) => !transcriptIds.includes(transcriptId));
  }

  /** The agent began to speak, or the turn was cleared: counting begins anew. */
  reset(): void {
    this.#finals = [];
    this.#startedAt = undefined;
  }
}
