import type { VoiceError } from "../errors.ts";

/**
 * How a recogniser takes a request for its text: `inline` answers and goes on listening; `ends-stream` answers and ends
 * the connection; `none` does not take it, so silence must end its utterances.
 */
export type FlushSupport = "inline" | "ends-stream" | "none";

/** What a model can do. */
export interface SttCapabilities {
  /** Whether texts that may still change come while the person speaks. */
  readonly interimResults: boolean;
  /** Whether words come with times that can be relied on. */
  readonly alignedTranscript: "word" | false;
  readonly flush: FlushSupport;
  /** Whether the recogniser itself decides when a turn is over; then it must hear the silences too. */
  readonly endsTurns: boolean;
}

/** A recognised word. Samples are of the capture clock (16 kHz). */
export interface SpeechWord {
  readonly word: string;
  readonly startSample: number;
  readonly endSample: number;
  /** In [0, 1]. */
  readonly confidence: number;
}

/** What was recognised. Samples are of the capture clock (16 kHz). */
export interface SpeechData {
  readonly text: string;
  /** BCP 47 tag. */
  readonly language: string;
  readonly startSample: number;
  readonly endSample: number;
  /** In [0, 1]. */
  readonly confidence: number;
  /** Empty if the model tells no words. */
  readonly words: readonly SpeechWord[];
  readonly speakerId?: string;
}

/** What a stream of recognition says, in order: at most one `start-of-speech` before each `end-of-speech`. */
export type SpeechEvent =
  | { readonly type: "start-of-speech" }
  | {
      readonly type: "interim-transcript" | "preflight-transcript" | "final-transcript";
      /** The opening of the gate that holds the speech. */
      readonly segmentId: number;
      readonly data: SpeechData;
      readonly requestId: string;
    }
  /** Audio sent since the last final, speech or not. */
  | { readonly type: "recognition-usage"; readonly audioSamples: number; readonly requestId: string }
  | { readonly type: "end-of-speech" }
  /** Nothing more is awaited for this opening of the gate. */
  | { readonly type: "segment-settled"; readonly segmentId: number }
  /** Audio that was captured and passed, but could not be sent. */
  | { readonly type: "audio-lost"; readonly startSample: number; readonly lengthSamples: number }
  /** A stretch of audio was handed to the socket. */
  | {
      readonly type: "audio-sent";
      readonly segmentId: number;
      readonly startSample: number;
      readonly lengthSamples: number;
    }
  | { readonly type: "flush-sent"; readonly segmentId: number }
  /** The stream is over; nothing follows. */
  | { readonly type: "failed"; readonly error: VoiceError };

/** What a stream needs to know of the world around it. */
export interface SpeechStreamOptions {
  /** Receives every event, in order. */
  readonly onEvent: (event: SpeechEvent) => void;
  /** Aborting it ends the stream at once, without an event. */
  readonly signal: AbortSignal;
}

/**
 * One running recognition. Fed with what passes the gate; connects by itself. Calls after the end are ignored.
 * All samples are of the capture clock, 16 kHz.
 */
export interface SpeechStream {
  /** The gate opened. */
  openSegment(segmentId: number, startSample: number): void;
  /** Audio of the open segment: mono, -1..1, at 16 kHz. */
  push(startSample: number, samples: Float32Array): void;
  /** Speech has ended: asks for its text, where the model takes that. */
  flush(atSample: number): void;
  /** The gate closed. */
  closeSegment(endSample: number): void;
  /** The clock has moved on, whether or not anything passed. */
  advance(nowSample: number): void;
  /** Ends the input, and resolves when the last text has come or nothing more is to be hoped for, within `limitMs`. */
  finish(limitMs: number): Promise<void>;
}

/** A speech-to-text model at a provider. Cheap to make: nothing is opened before `stream()`. */
export interface Stt {
  readonly model: string;
  readonly provider: string;
  readonly capabilities: SttCapabilities;
  /** Starts a recognition; the connection opens at once, beside whatever else is starting. */
  stream(options: SpeechStreamOptions): SpeechStream;
}
