/** How long a character takes to be said, in ms: about 15 a second in letters, 5 a second in scripts of syllables. */
const LETTER_MS = 65;
const SYLLABLE_MS = 200;

/** How far beyond its place a word is looked for, in characters: numbers and the like are spoken otherwise than written. */
const SEARCH_CHARACTERS = 64;

/** Scripts that put no spaces between words, and their punctuation. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3000-\u303f\uff00-\uffef]/u;
const SPACE = /\s/u;
/** What belongs to the character before it: marks and joiners. */
const ATTACHED = /\p{M}|\u200c|\u200d/u;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;
/** What closes a word: punctuation and marks, but nothing that opens the next one. */
const CLOSING = /[^\s\p{L}\p{N}\p{Ps}\p{Pi}]*/uy;

/** A word, and when it is said. */
interface TimedWord {
  readonly word: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Where a text is to be cut so that just the words remain whose middle is at or before `ms`, with the punctuation that
 * follows them; `undefined` if none of the words is found in the text.
 */
export function alignedCut(text: string, words: readonly TimedWord[], ms: number): number | undefined {
  let isAnyFound = false;
  let cut = 0;
  let from = 0;
  let reach = SEARCH_CHARACTERS;
  for (const { word, startMs, endMs } of words) {
    const wanted = word.trim();
    if (wanted === "") continue;
    const at = findWord(text, wanted, from, from + reach + wanted.length);
    if (at < 0) {
      reach += wanted.length + 1;
      continue;
    }
    isAnyFound = true;
    from = at + wanted.length;
    reach = SEARCH_CHARACTERS;
    if ((startMs + endMs) / 2 <= ms) cut = from;
  }
  if (!isAnyFound) return undefined;
  if (cut === 0) return 0;
  CLOSING.lastIndex = cut;
  return cut + (CLOSING.exec(text)?.[0].length ?? 0);
}

/** The place of a word that does not begin inside another one, unless it follows right where the last one ended. */
function findWord(text: string, word: string, from: number, until: number): number {
  for (let at = text.indexOf(word, from); at >= 0 && at + word.length <= until; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? "";
    if (at === from || !WORD_CHARACTER.test(before) || UNSPACED.test(before)) return at;
  }
  return -1;
}

/** Where a text is to be cut so that at most a share of it (0..1) remains, and no word is cut in two. */
export function proportionalCut(text: string, share: number): number {
  const limit = Math.floor(share * text.length);
  let cut = 0;
  let at = 0;
  let before = "";
  for (const character of text) {
    if (at > limit) return cut;
    if (isBoundary(before, character)) cut = at;
    before = character;
    at += character.length;
  }
  return limit >= text.length ? text.length : cut;
}

function isBoundary(before: string, after: string): boolean {
  if (ATTACHED.test(after)) return false;
  return SPACE.test(after) || UNSPACED.test(before) || UNSPACED.test(after);
}

/** How long a text takes to be said, roughly, in ms. */
export function usualMs(text: string): number {
  let ms = 0;
  for (const character of text) ms += UNSPACED.test(character) ? SYLLABLE_MS : LETTER_MS;
  return ms;
}
