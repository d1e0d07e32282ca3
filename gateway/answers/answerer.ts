import { setTimeout as pause } from "node:timers/promises";
import type { AnswerPiece, AnswerRequest } from "./answer.ts";
import { decide } from "./rules.ts";

/** How answers come. */
export interface AnswererOptions {
  /** Time between two words, in ms, so that an answer streams as a model's does. @defaultValue 5 */
  readonly wordIntervalMs?: number;
}

/**
 * Answers by a few fixed rules, in words that the recogniser knows: the same question gives the same answer, and no
 * model is needed. For tests and demos, not for people.
 */
export class Answerer {
  readonly #wordIntervalMs: number;

  constructor({ wordIntervalMs = 5 }: AnswererOptions = {}) {
    this.#wordIntervalMs = wordIntervalMs;
  }

  /** Answers, word by word, or with one tool call. */
  async *answer({ signal, ...request }: AnswerRequest): AsyncGenerator<AnswerPiece, void, undefined> {
    signal?.throwIfAborted();
    const answer = decide(request);
    if (typeof answer !== "string") {
      yield { type: "tool-call", ...answer };
      return;
    }
    for (const word of answer.match(/\S+\s*/g) ?? []) {
      // `pause` rejects with an AbortError of its own.
      if (this.#wordIntervalMs > 0) await pause(this.#wordIntervalMs, undefined, { signal }).catch(() => undefined);
      signal?.throwIfAborted();
      yield { type: "text", text: word };
    }
  }
}
