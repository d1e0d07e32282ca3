/** A first sentence is spoken from so many characters on, so that the answer begins soon; later ones from more. */
const MIN_FIRST_CHARACTERS = 8;
const MIN_CHARACTERS = 20;
/** Text without any end of a sentence is spoken in pieces of about so many characters. */
const MAX_CHARACTERS = 300;

/** An end of a sentence: marks, closing quotes, and then space; or a mark of scripts without spaces; or a new line. */
const END = /(?:[.!?…]+["'”’)\]]*(?=\s)|[。！？]+[」』”’）]*|\n)\s*/gu;
/** What ends with a full stop and ends no sentence: titles, initials, counts such as "e.g." and "No. 5". */
const ABBREVIATION =
  /(?:^|[\s("'])(?:(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|approx|No|Nr|ca|bzw)|\p{L}|(?:\p{L}\.)+\p{L})\.\s*$/u;

/**
 * Cuts text that arrives in pieces into sentences, each with the space behind it: joined, they are the text. Pure.
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

  /** Where the next sentence ends, with its space; 0 while that is not known. */
  #nextCut(): number {
    const least = this.#count === 0 ? MIN_FIRST_CHARACTERS : MIN_CHARACTERS;
    for (const match of this.#rest.matchAll(END)) {
      const end = match.index + match[0].length;
      if (this.#isCut(end, least)) return end;
    }
    if (this.#rest.length <= MAX_CHARACTERS) return 0;
    const space = this.#rest.lastIndexOf(" ", MAX_CHARACTERS);
    return space > 0 ? space + 1 : MAX_CHARACTERS;
  }

  #isCut(end: number, least: number): boolean {
    const sentence = this.#rest.slice(0, end);
    return sentence.trim().length >= least && !ABBREVIATION.test(sentence);
  }
}
