import type { ConnectionOptions } from "./connection-options.ts";
import type { SpeechData, SpeechEvent } from "./speech-event.ts";

/**
 * How a recogniser takes a request for its text: `inline` answers and goes on listening; `ends-stream` answers and ends
 * the connection; `none` does not take it, so silence must end its utterances.
 */
export type FlushSupport = "inline" | "ends-stream" | "none";

/** What a model can do. */
export interface SttCapabilities {
  /** Whether audio may be sent while it is spoken. */
  readonly streaming: boolean;
  /** Whether texts that may still change come while the person speaks. */
  readonly interimResults: boolean;
  /** Whether speakers are told apart. */
  readonly diarization: boolean;
  /** Whether words, or at least whole texts, come with times that can be relied on. */
  readonly alignedTranscript: "word" | "chunk" | false;
  /** Whether `recognize()` works. */
  readonly offlineRecognize: boolean;
  readonly flush: FlushSupport;
  /** Whether the recogniser itself decides when a turn is over; then it must hear the silences too. */
  readonly endsTurns: boolean;
}

/** What a stream needs to know of the world around it. */
export interface SpeechStreamOptions {
  /** Receives every event, in order. */
  readonly onEvent: (event: SpeechEvent) => void;
  /** Aborting it ends the stream at once, without an event. */
  readonly signal: AbortSignal;
  /** Wins, field by field, over what the STT was made with. */
  readonly connection?: ConnectionOptions;
}

/** How a stream stands, for displays and bug reports. */
export interface SpeechStreamHealth {
  /** `dormant`: closed because nobody speaks. `waiting`: for the next attempt. `ended`: for good. */
  readonly connection: "connecting" | "open" | "dormant" | "waiting" | "ended";
  /** Captured audio that was not sent yet, in samples at 16 kHz. */
  readonly waitingSamples: number;
  /** Captured audio that was sent and not yet answered, in samples at 16 kHz; kept for a replay. */
  readonly unansweredSamples: number;
  /** Connections that were tried, the first included. */
  readonly attempts: number;
  /** Messages that made no sense and were skipped. */
  readonly skippedMessages: number;
}

/**
 * One running recognition. Fed with what passes the gate; connects by itself. Calls after the end are ignored.
 * All samples are of the capture clock, 16 kHz.
 */
export interface SpeechStream {
  readonly health: SpeechStreamHealth;
  /** The gate opened. */
  openSegment(segmentId: number, startSample: number): void;
  /** Audio of the open segment: mono, -1..1, at 16 kHz. */
  push(startSample: number, samples: Float32Array): void;
  /** Speech has ended: asks for its text, where the model takes that. */
  flush(atSample: number): void;
  /** The gate closed. */
  closeSegment(endSample: number): void;
  /**
   * The clock has moved on, whether or not anything passed. `isQuiet`: a detector says that nobody is speaking, so what
   * passes holds no words and need not be saved.
   */
  advance(nowSample: number, isQuiet?: boolean): void;
  /** Ends the input, and resolves when the last text has come or nothing more is to be hoped for, within `limitMs`. */
  finish(limitMs: number): Promise<void>;
}

/** How a whole recording is to be recognised. */
export interface RecognizeOptions {
  /** BCP 47 tag. @defaultValue the STT's own */
  readonly language?: string;
  /** Aborting it rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Where the recording begins on the capture clock, in samples at 16 kHz. @defaultValue 0 */
  readonly startSample?: number;
  /** Wins, field by field, over what the STT was made with. */
  readonly connection?: ConnectionOptions;
}

/** A speech-to-text model at a provider. Cheap to make: nothing is opened before it is used. */
export interface Stt {
  readonly model: string;
  readonly provider: string;
  readonly capabilities: SttCapabilities;
  /**
   * Starts a recognition; the connection opens at once, beside whatever else is starting.
   *
   * @throws VoiceError `not-supported` where `capabilities.streaming` is false: see `streamAdapter()`.
   */
  stream(options: SpeechStreamOptions): SpeechStream;
  /**
   * Recognises a whole recording: mono, -1..1, at 16 kHz.
   *
   * @throws VoiceError `not-supported` where `capabilities.offlineRecognize` is false, and as told by `gateway-*` and
   * `token-*` codes after the last retry; the signal's reason when aborted.
   */
  recognize(samples: Float32Array, options?: RecognizeOptions): Promise<SpeechData>;
  /** Does now what the next stream would have to wait for. Fails silently. */
  prewarm?(): void;
}
