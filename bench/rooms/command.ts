import { loadSpeech } from "../../e2e/speech.ts";
import { compareWords } from "../../e2e/word-error-rate.ts";

const SAMPLES_PER_MS = 16;

/** A short command without the silence around it. */
export const COMMAND = {
  words: ["go", "forward", "ten", "meters"],
  /** Mono, -1..1, 16 kHz: its first sound is at 0. */
  samples: Array.from((await loadSpeech("goforward.raw")).slice(510 * SAMPLES_PER_MS, 2_400 * SAMPLES_PER_MS)),
};

/** How many of the words of so many commands are among those that were heard, in their order. */
export function commandWordsIn(heard: readonly string[], commands = 1): number {
  const said = Array.from({ length: commands }, () => COMMAND.words).flat();
  return compareWords(said, heard).matches.length;
}
