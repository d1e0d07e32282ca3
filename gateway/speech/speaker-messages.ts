import type { SpokenWord } from "./word-times.ts";

/** From the server to a speaker's process: one text, the next one only after its end. */
export interface SpeakCommand {
  readonly text: string;
  readonly voice: string;
  /** Rate of the samples, in Hz. */
  readonly rateHz: number;
  readonly wordsPerMinute: number;
}

/** A stretch of speech, with the words that are known to end by its end. */
export interface SpeechChunk {
  readonly samples: Int16Array;
  readonly words: readonly SpokenWord[];
}

/** From a speaker's process to the server. */
export type SpeakerEvent =
  /** It will not work here: something is not installed. The last message of its life. */
  | { readonly type: "missing"; readonly message: string }
  | ({ readonly type: "speech" } & SpeechChunk)
  /** There is no such voice; answers the command. */
  | { readonly type: "no-voice" }
  /** espeak-ng has failed at this text; answers the command. */
  | { readonly type: "failed"; readonly code: number }
  /** All of the text was spoken; answers the command. */
  | { readonly type: "spoken" };
