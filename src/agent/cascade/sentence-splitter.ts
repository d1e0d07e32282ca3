/** A first sentence is spoken from so many characters on, so that the answer begins soon; later ones from more. */
const MIN_FIRST_CHARACTERS = 8;
const MIN_CHARACTERS = 20;
/** Text without any end of a sentence is spoken in pieces of at most so many characters. */
const MAX_CHARACTERS = 300;

/**
 * An end of a sentence: marks, closing quotes, and a space; or marks of scripts without spaces, and whatever does not
 * belong to them; or a new line. Each ends where no more text can move it.
 */
const END = /[.!?…؟۔।॥]+["'”’»)\]*_]*\s|[。！？｡．]+[」』”’）】]*(?![」』”’）】。！？｡．]|$)|\n/gu;
/** What ends with a full stop and ends no sentence: titles, initials, days, counts such as "e.g." and "No. 5". */
const ABBREVIATION =
  /(?:^|[\s("'])(?:(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|approx|No|Nr|ca|bzw)|\d{1,2}|\p{L}|(?:\p{L}\.)+\p{L})\.\s*$/u;

/**
 * Cuts text that arrives in pieces into sentences: joined, they are the text, but for space at its end. Where they end
 * does not depend on how the text was sliced. Pure.
 */
export class SentenceSplitter {
  #rest = "";
  #count = 0;

  /** Takes more text; returns the sentences that are whole. */
  push(text: string): string[] {
    this.#rest += text;
    const sentences: string[] = [];
    for (let cut = this.#nextCut(); cut > 0; cut = this.#nextCut()) {
      sentences.push(this.#rest.slice(0, cut));
      this.#rest = this.#rest.slice(cut);
      this.#count += 1;
    }
    return sentences;
  }

  /** No more text comes; returns what is left, if it is more than space. */
  flush(): string[] {
    const rest = this.#rest;
    this.#rest = "";
    return rest.trim() === "" ? [] : [rest];
  }

  /** Where the next sentence ends, with a space behind it; 0 while that is not known. */
  #nextCut(): number {
    const begin = this.#rest.search(/\S/);
    if (begin < 0) return 0;
    const limit = begin + MAX_CHARACTERS;
    const least = this.#count === 0 ? MIN_FIRST_CHARACTERS : MIN_CHARACTERS;
    // Not a character more than a shorter piece might have shown.
    const window = this.#rest.slice(0, limit + 1);
    for (const match of window.matchAll(END)) {
      const end = match.index + match[0].length;
      if (isCut(window.slice(0, end), least)) return end;
    }
    if (window.length <= limit) return 0;
    const space = window.lastIndexOf(" ");
    if (space > begin) return space + 1;
    return isLowSurrogate(window.charCodeAt(limit)) ? limit - 1 : limit;
  }
}

function isCut(sentence: string, least: number): boolean {
  return sentence.trim().length >= least && !ABBREVIATION.test(sentence);
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
