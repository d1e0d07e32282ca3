import { alignedCut, proportionalCut, usualMs } from "./text-cut.ts";

/** A word and when it sounds, from the beginning of its part, in ms. */
export interface SpokenWord {
  /** As it stands in the text; one that does not is passed over. */
  readonly word: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What chunks add up to, in ms, differs in the last bits from what their samples do; less than a sample at any rate. */
const ROUNDING_MS = 0.001;

interface Part {
  text: string;
  audioMs: number;
  readonly words: SpokenWord[];
  isEnded: boolean;
}

/**
 * How much of a text has been heard, by how much of its sound has been played.
 *
 * The text comes in parts, such as sentences, each with its own sound, one after another. Texts are joined as they are: a
 * part brings the space before or after it along. While a part grows, its share is an estimate, and may shrink as more
 * of its sound comes.
 */
export class SpokenText {
  readonly #parts: Part[] = [];

  /** All of the text that was added. */
  get text(): string {
    return this.#parts.map(({ text }) => text).join("");
  }

  /** The sound of all parts, in ms. */
  get audioMs(): number {
    return this.#parts.reduce((sum, { audioMs }) => sum + audioMs, 0);
  }

  /** Ends the part before it, if that is still open, and begins another. */
  beginPart(text = ""): void {
    this.endPart();
    this.#parts.push({ text, audioMs: 0, words: [], isEnded: false });
  }

  /** Adds text to the open part; without one, begins it. */
  addText(text: string): void {
    this.#open().text += text;
  }

  /** Adds sound to the open part; without one, begins it. */
  addAudioMs(ms: number): void {
    this.#open().audioMs += ms;
  }

  /** Adds words of the open part, in the order of its text; with them, only whole words count as heard. */
  addWords(words: readonly SpokenWord[]): void {
    this.#open().words.push(...words);
  }

  /** Neither text nor sound will be added to the open part. */
  endPart(): void {
    const last = this.#parts.at(-1);
    if (last) last.isEnded = true;
  }

  /**
   * The text that has been heard when `ms` of the sound have been played: aligned words whose middle was reached, or else
   * the words of as much of the text as of the time. Of a part that has no sound, nothing.
   */
  heardAt(ms: number): string {
    let heard = "";
    let startMs = 0;
    for (const part of this.#parts) {
      if (!(ms > startMs)) return heard.trimEnd();
      const piece = heardOf(part, ms - startMs);
      heard += piece;
      startMs += part.audioMs;
      if (piece !== part.text && part.audioMs > 0) return heard.trimEnd();
    }
    return heard;
  }

  #open(): Part {
    const last = this.#parts.at(-1);
    if (last && !last.isEnded) return last;
    this.beginPart();
    return this.#parts.at(-1)!;
  }
}

function heardOf({ text, audioMs, words, isEnded }: Part, ms: number): string {
  if (audioMs <= 0) return "";
  if (isEnded && ms >= audioMs - ROUNDING_MS) return text;
  const cut = words.length > 0 ? alignedCut(text, words, Math.min(ms, audioMs)) : undefined;
  if (cut !== undefined) return text.slice(0, cut);
  // Text runs ahead of its sound: until all has come, it counts as lasting as long as speech usually does.
  const lengthMs = isEnded ? audioMs : Math.max(audioMs, usualMs(text));
  return text.slice(0, proportionalCut(text, Math.min(ms, audioMs) / lengthMs));
}
