import type { Conversation } from "../conversation/conversation.ts";
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
  #settings: PreemptiveGenerationSettings;
  #count = 0;
  #attempts = 0;
  #current: PreparedAnswer | undefined;
  /** What was read for it. */
  #read = "";
  #controller = new AbortController();

  constructor(settings: PreemptiveGenerationSettings) {
    this.#settings = settings;
  }

  /**
   * The person has likely said this. Returns the answer to prepare; `undefined` if none is to be, or one for the same
   * words is under way. An answer to other words is called off.
   */
  prepare(transcript: string, spokenSamples: number, conversation: Conversation): PreparedAnswer | undefined {
    const { enabled, maxAttempts, maxSpeechSamples } = this.#settings;
    if (this.#serves(transcript, conversation)) return undefined;
    this.cancel();
    if (!enabled || transcript === "" || spokenSamples > maxSpeechSamples || this.#attempts >= maxAttempts) {
      return undefined;
    }
    this.#attempts += 1;
    this.#controller = new AbortController();
    this.#read = readIn(conversation);
    this.#current = { generationId: ++this.#count, transcript, signal: this.#controller.signal };
    return this.#current;
  }

  /** The turn is over. Returns the answer that was prepared for just these words, after these; any other is called off. */
  take(transcript: string, conversation: Conversation): PreparedAnswer | undefined {
    const prepared = this.#serves(transcript, conversation) ? this.#current : undefined;
    if (prepared) this.#current = undefined;
    this.reset();
    return prepared;
  }

  /** The turn comes to nothing: what is under way is of no use, and attempts count anew. */
  reset(): void {
    this.cancel();
    this.#attempts = 0;
  }

  /** Other settings hold from now on. */
  update(settings: PreemptiveGenerationSettings): void {
    this.#settings = settings;
    if (!settings.enabled) this.cancel();
  }

  /** What is under way is of no use. */
  cancel(): void {
    if (this.#current) this.#controller.abort();
    this.#current = undefined;
  }

  #serves(transcript: string, conversation: Conversation): boolean {
    if (!this.#current) return false;
    return sameWords(this.#current.transcript, transcript) && this.#read === readIn(conversation);
  }
}

function readIn(conversation: Conversation): string {
  return JSON.stringify(conversation.messages());
}
