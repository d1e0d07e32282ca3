import { sameWords } from "../conversation/same-words.ts";
import type { PreemptiveGenerationSettings } from "./turn-settings.ts";

/** An answer that is prepared before its turn is over. */
export interface PreparedAnswer {
  /** Counts up from 1. */
  readonly generationId: number;
  readonly transcript: string;
  /** Aborted when the answer is of no use: the person said more, or something else. */
  readonly signal: AbortSignal;
}

/** Keeps at most one answer in preparation, and at most so many per turn. Pure. */
export class PreemptiveGeneration {
  readonly #settings: PreemptiveGenerationSettings;
  #count = 0;
  #attempts = 0;
  #current: PreparedAnswer | undefined;
  #controller = new AbortController();

  constructor(settings: PreemptiveGenerationSettings) {
    this.#settings = settings;
  }

  /**
   * The person has likely said this. Returns the answer to prepare; `undefined` if none is to be, or one for the same
   * words is under way. An answer to other words is called off.
   */
  prepare(transcript: string, spokenSamples: number): PreparedAnswer | undefined {
    const { enabled, maxAttempts, maxSpeechSamples } = this.#settings;
    if (this.#current && sameWords(this.#current.transcript, transcript)) return undefined;
    this.cancel();
    if (!enabled || transcript === "" || spokenSamples > maxSpeechSamples || this.#attempts >= maxAttempts) {
      return undefined;
    }
    this.#attempts += 1;
    this.#controller = new AbortController();
    this.#current = { generationId: ++this.#count, transcript, signal: this.#controller.signal };
    return this.#current;
  }

  /** The turn is over. Returns the answer that was prepared for just these words; any other is called off. */
  take(transcript: string): PreparedAnswer | undefined {
    const prepared = this.#current && sameWords(this.#current.transcript, transcript) ? this.#current : undefined;
    if (!prepared) this.cancel();
    this.#current = undefined;
    this.#attempts = 0;
    return prepared;
  }

  /** What is under way is of no use. */
  cancel(): void {
    if (this.#current) this.#controller.abort();
    this.#current = undefined;
  }
}
