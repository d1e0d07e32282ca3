/** One side of a conversation, for a detector to read. */
export interface DetectorMessage {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** What a detector is asked about. */
export interface DetectorRequest {
  /** The conversation, oldest first; the last one is what the person has said in this turn so far. */
  readonly messages: readonly DetectorMessage[];
  /** What the person has said in this turn so far. */
  readonly transcript: string;
  /** BCP 47 tag; absent if it is not known. */
  readonly language?: string;
  /** For `input: "audio-window"`: the last `windowMs` of what was captured; mono, 16 kHz, -1..1. */
  readonly audio?: Float32Array;
  /** Aborted when the person goes on, and when the answer comes too late. */
  readonly signal: AbortSignal;
}

/** A running detector that hears everything. */
export interface DetectorStream {
  /** Audio as it is captured, speech or not: mono, 16 kHz, -1..1, from `startSample` of the capture clock on. */
  push(startSample: number, samples: Float32Array): void;
  /** Frees what it holds. */
  close(): void;
}

/** Judges whether a person has finished. A detector that throws or is late never holds a turn up. */
export interface TurnDetector {
  readonly model: string;
  readonly provider: string;
  /** What it judges by. */
  readonly input: "text" | "audio-window" | "audio-stream";
  /** For `"audio-window"`: how much of the past it wants, in ms. */
  readonly windowMs?: number;
  /**
   * The probability below which the person is taken to go on, in [0, 1]; `undefined` for a language that it does not
   * know, and then it is not asked.
   */
  thresholdOf(language: string | undefined): number | undefined;
  /** The probability that the person has finished, in [0, 1]. */
  predict(request: DetectorRequest): Promise<number>;
  /** For `"audio-stream"`: begins to hear. */
  stream?(): DetectorStream;
}
