import type { VoiceError } from "../errors.ts";

/** A recognised word. Samples are of the capture clock (16 kHz). */
export interface SpeechWord {
  readonly word: string;
  readonly startSample: number;
  readonly endSample: number;
  /** In [0, 1]. */
  readonly confidence: number;
  /** Who said it, where the model tells speakers apart. */
  readonly speakerId?: string;
}

/** What was recognised. Samples are of the capture clock (16 kHz), so no offset is ever to be added. */
export interface SpeechData {
  readonly text: string;
  /** BCP 47 tag, normalised. */
  readonly language: string;
  readonly startSample: number;
  readonly endSample: number;
  /** In [0, 1]. */
  readonly confidence: number;
  /** Empty if the model tells no words. */
  readonly words: readonly SpeechWord[];
  /** Who said it, where the model tells speakers apart. */
  readonly speakerId?: string;
  /** Set by `multiSpeaker()`: whether that is the person nearest to the microphone. */
  readonly isPrimarySpeaker?: boolean;
  /** Where the provider translates: BCP 47 tags of what was said. */
  readonly sourceLanguages?: readonly string[];
  /** Where the provider translates: the text in the languages of `sourceLanguages`. */
  readonly sourceTexts?: readonly string[];
  /** What the provider says beyond that, as it came. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a recognition cost. */
export interface SttMetrics {
  readonly provider: string;
  readonly model: string;
  readonly requestId: string;
  /** Audio that the recogniser was sent for it, speech or not, replays included, in ms. */
  readonly audioMs: number;
  /** Wall time of a request for a whole recording, in ms; 0 for a stream. */
  readonly durationMs: number;
  readonly isStreamed: boolean;
  /** Where the provider bills tokens. */
  readonly inputTokens?: number;
  /** Where the provider bills tokens. */
  readonly outputTokens?: number;
}

/** A transcript, in one of three degrees of certainty. */
export interface TranscriptEvent {
  readonly type: "interim-transcript" | "preflight-transcript" | "final-transcript";
  /** The opening of the gate that holds the speech. */
  readonly segmentId: number;
  /** Names this text within its stream, for a later `transcripts-superseded`; counts up from 1. */
  readonly transcriptId: number;
  readonly data: SpeechData;
  readonly requestId: string;
}

/** What a stream of recognition says, in order: at most one `start-of-speech` before each `end-of-speech`. */
export type SpeechEvent =
  | { readonly type: "start-of-speech"; /** Where the provider tells it. */ readonly startSample?: number }
  | TranscriptEvent
  /** These finals were taken back: their speech was sent again, and the next final tells it anew. */
  | {
      readonly type: "transcripts-superseded";
      readonly segmentId: number;
      readonly transcriptIds: readonly number[];
    }
  /** Audio sent since the last final, speech or not. */
  | { readonly type: "recognition-usage"; readonly audioSamples: number; readonly requestId: string }
  | { readonly type: "metrics-collected"; readonly metrics: SttMetrics }
  | { readonly type: "end-of-speech" }
  /** Nothing more is awaited for this opening of the gate. */
  | { readonly type: "segment-settled"; readonly segmentId: number }
  /** Captured audio that passed the gate and can not be saved: never sent, or sent to a connection that broke. */
  | {
      readonly type: "audio-lost";
      readonly startSample: number;
      readonly lengthSamples: number;
      readonly cause: "unsent" | "unanswered";
    }
  /** A stretch of audio was handed to the socket for the first time. */
  | {
      readonly type: "audio-sent";
      readonly segmentId: number;
      readonly startSample: number;
      readonly lengthSamples: number;
    }
  | { readonly type: "flush-sent"; readonly segmentId: number }
  /** Something broke, and the stream goes on: it tries again in `retryInMs`. */
  | { readonly type: "error"; readonly error: VoiceError; readonly retryInMs: number }
  /** A connection stands again after an `error`. */
  | { readonly type: "recovered" }
  /** The stream is over; nothing follows. */
  | { readonly type: "failed"; readonly error: VoiceError };
