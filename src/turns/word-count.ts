/** Written without spaces between words: each character of Thai, Japanese and Chinese counts as one. */
const SPACELESS = "\\u0e00-\\u0e7f\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff";
const WORD = new RegExp(`[${SPACELESS}]|[^\\s${SPACELESS}]+`, "gu");

/**
 * The words of a text, without punctuation and signs: `"Well, don't!"` is `["Well", "dont"]`. Each character of Thai,
 * Japanese and Chinese is a word.
 */
export function splitWords(text: string): readonly string[] {
  return text.replaceAll(/[\p{P}\p{S}]/gu, "").match(WORD) ?? [];
}

/** How many words a text has, as {@link splitWords} counts them. */
export function countWords(text: string): number {
  return splitWords(text).length;
}
