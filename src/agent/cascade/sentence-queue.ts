/** Sentences on their way from the language model to the voice. */
export class SentenceQueue implements AsyncIterable<string> {
  readonly #waiting: string[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;

  /** One more. */
  push(...sentences: readonly string[]): void {
    this.#waiting.push(...sentences);
    this.#wake();
  }

  /** No more come. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** One after another, for one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, void> {
    for (;;) {
      const sentence = this.#waiting.shift();
      if (sentence !== undefined) yield sentence;
      else if (this.#isEnded) return;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}
