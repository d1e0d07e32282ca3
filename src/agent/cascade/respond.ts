import type { Conversation } from "../../conversation/conversation.ts";
import type { SpokenWord } from "../../playback/spoken-text.ts";
import type { Tool } from "../tool.ts";

/** What the person said, and is to be answered. */
export interface RespondTurn {
  readonly transcript: string;
  /** BCP 47 tag; absent if it is not known. */
  readonly language?: string;
  /** True while the person may still go on: the answer may be thrown away. */
  readonly isPreemptive: boolean;
}

/** What an answer is made from. */
export interface RespondContext {
  /** What was said until now, the person's turn and the results of tools included; of answers, what was heard. */
  readonly conversation: Conversation;
  /** Those of the agent, for the model. */
  readonly tools: readonly Tool[];
  /** Aborted when the answer is of no use any more. */
  readonly signal: AbortSignal;
}

/** A piece of an answer: text, a wish for a tool, or what it cost. */
export type RespondPiece =
  | string
  | {
      readonly type: "tool-call";
      /** The model's name for the call. @defaultValue one that is free */
      readonly callId?: string;
      readonly name: string;
      /** An object, or its JSON. */
      readonly arguments: unknown;
    }
  | { readonly type: "usage"; readonly usage: Readonly<Record<string, unknown>> };

/** Makes an answer: the app's own language model. What it throws is a warning; the session goes on. */
export type Respond = (turn: RespondTurn, context: RespondContext) => AsyncIterable<RespondPiece>;

/** Audio of a text. */
export interface SpokenAudio {
  /** Mono; floats in -1..1. */
  readonly samples: Int16Array | Float32Array;
  /** In Hz, the same for all of a text. */
  readonly rateHz: number;
  /** Words in or before it, dated from the beginning of the text's audio: captions and truncation are exact with them. */
  readonly words?: readonly SpokenWord[];
}

/** Speaks a text, which is a sentence or so: the app's own voice. What it throws is a warning; the session goes on. */
export type Speak = (text: string, context: { readonly signal: AbortSignal }) => AsyncIterable<SpokenAudio>;
