import type { SpeechEvent } from "./espeak.ts";

/** A word as it stands in the text, and when it is heard, counted from the first sample. */
export interface SpokenWord {
  /** With the punctuation that belongs to it. */
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

interface OpenWord {
  readonly token: number;
  readonly text: string;
  readonly startAt: number;
  /** Where the pause after its last sound began, if it is silent now. */
  silentAt: number | undefined;
}

/**
 * Makes words of what espeak-ng tells. Its words are not the text's: "25" is two of them, and punctuation none. What
 * stands between spaces is one word here; what is not spoken, such as a lone dash, is none.
 */
export class WordTimes {
  readonly #rateHz: number;
  readonly #tokens: readonly { readonly text: string; readonly start: number; readonly end: number }[];
  #open: OpenWord | undefined;

  /** For one text, whose events count samples at `rateHz`. */
  constructor(text: string, rateHz: number) {
    this.#rateHz = rateHz;
    let start = 0;
    // espeak-ng counts characters as people do, not in UTF-16 units.
    this.#tokens = text.split(/(\s)/).flatMap((token) => {
      const end = start + Array.from(token).length;
      const entry = { text: token, start, end };
      start = end;
      return token.trim() === "" ? [] : [entry];
    });
  }

  /** Takes the next events; returns the words that have ended. */
  take(events: readonly SpeechEvent[]): SpokenWord[] {
    return events.flatMap((event) => this.#takeOne(event));
  }

  #takeOne(event: SpeechEvent): SpokenWord[] {
    if (event.type === "clause-ended") return this.#end(event.at);
    if (event.type === "sound") {
      const open = this.#open;
      if (open !== undefined) open.silentAt = event.isPause ? (open.silentAt ?? event.at) : undefined;
      return [];
    }
    const token = this.#tokens.findIndex(({ start, end }) => event.character >= start && event.character < end);
    if (token < 0 || token === this.#open?.token) return [];
    const ended = this.#end(event.at);
    this.#open = { token, text: this.#tokens[token]?.text ?? "", startAt: event.at, silentAt: undefined };
    return ended;
  }

  #end(at: number): SpokenWord[] {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return [];
    return [{ text: open.text, startMs: this.#ms(open.startAt), endMs: this.#ms(open.silentAt ?? at) }];
  }

  #ms(samples: number): number {
    return Math.round((samples * 1000) / this.#rateHz);
  }
}
