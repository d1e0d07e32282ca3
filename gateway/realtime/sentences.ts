/** Puts words together into sentences, so that the first can be spoken while the next is being thought of. */
export class Sentences {
  #rest = "";

  /** Takes more of the text; returns the sentences that it completes, with the space that follows them. */
  push(text: string): string[] {
    this.#rest += text;
    const sentences = this.#rest.match(/[^]*?[.!?]["')]*\s+/g) ?? [];
    this.#rest = this.#rest.slice(sentences.join("").length);
    return sentences;
  }

  /** What is left at the end of the text; empty if nothing is. */
  end(): string {
    const rest = this.#rest;
    this.#rest = "";
    return rest;
  }
}
