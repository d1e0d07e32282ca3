import type { WireVoice } from "../../src/realtime/wire.ts";

const DEFAULT_VOICE = "en-us";
/** OpenAI's voices that have another one of espeak-ng in their place: there is no likeness, but they can be told apart. */
const VOICES: ReadonlyMap<string, string> = new Map([
  ["ash", "en"],
  ["ballad", "en-gb-scotland"],
  ["sage", "en"],
  ["verse", "en-gb-scotland"],
]);
/** espeak-ng's own names, such as `de` or `pt-br`. */
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]+)*$/;
const WORDS_PER_MINUTE = 150;
const MIN_WORDS_PER_MINUTE = 80;

/** espeak-ng's name of a voice; one that nobody knows is the default one. */
export function voiceOf(voice: WireVoice): string {
  const name = typeof voice === "string" ? voice : voice.id;
  return VOICES.get(name) ?? (LANGUAGE.test(name) ? name : DEFAULT_VOICE);
}

/** Words in a minute at a speed in [0.25, 1.5], within what espeak-ng can do. */
export function wordsPerMinuteOf(speed: number): number {
  return Math.max(MIN_WORDS_PER_MINUTE, Math.round(speed * WORDS_PER_MINUTE));
}
