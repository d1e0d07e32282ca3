import type { AgentEvent } from "../agent/agent-event.ts";
import type { VoiceError } from "../errors.ts";
import type { SttMetrics } from "../stt/speech-event.ts";
import type { TurnEvent } from "../turns/turn-event.ts";

/** Where a session stands. */
export type SessionStateKind = "idle" | "starting" | "listening" | "stopping" | "ended";

/** Why a session ended: `stop()`, an aborted signal, the end of a recording, or an error. */
export type EndReason = "stopped" | "aborted" | "finished" | "failed";

/** Where a session stands, since when (capture clock, ms), and why, if it has ended. */
export interface SessionState {
  readonly kind: SessionStateKind;
  readonly sinceMs: number;
  readonly reason?: EndReason;
}

/** A recognised word, in the place where it was said. */
export interface TranscriptWord {
  readonly word: string;
  /** Capture clock, ms. */
  readonly startMs: number;
  /** Capture clock, ms. */
  readonly endMs: number;
  /** In [0, 1]. */
  readonly confidence: number;
  /** Who said it, where the model tells speakers apart. */
  readonly speakerId?: string;
}

/**
 * Why sound is missing: `filled` was replaced by silence, `skipped` was not, `unsent` was captured but never sent,
 * `unanswered` was sent to a connection that broke, and could not be sent again.
 */
export type GapCause = "filled" | "skipped" | "unsent" | "unanswered";

/** How quick one opening of the gate was, and what it cost. Durations in ms; absent where there was nothing to measure. */
export interface SegmentMetrics {
  /** From the first window of speech to the first audio handed to the socket. */
  readonly firstAudioAfterOnsetMs?: number;
  /** From the end of speech, as dated by the detector, to the flush handed to the socket. */
  readonly flushAfterSpeechEndMs?: number;
  /** From the end of speech, as dated by the detector, to the final text. */
  readonly finalAfterSpeechEndMs?: number;
  /** Captured audio sent in this opening. */
  readonly sentMs: number;
}

/**
 * Everything a session says, in order. `atMs` is when it was known, on the capture clock: milliseconds since capture
 * started. Other times are when it happened, on the same clock.
 */
export type VoiceEvent = { readonly atMs: number } & (
  | { readonly type: "state"; readonly state: SessionState }
  /** 31 times a second: loudness in dBFS (−100..0), probability of speech (0..1, absent without a VAD), and the gate. */
  | {
      readonly type: "frame";
      readonly startMs: number;
      readonly endMs: number;
      readonly levelDb: number;
      readonly probability?: number;
      readonly isOpen: boolean;
    }
  | { readonly type: "speech-started"; readonly startMs: number }
  | { readonly type: "speech-ended"; readonly endMs: number }
  | { readonly type: "segment-opened"; readonly segmentId: number; readonly startMs: number }
  /** Audio that passed the gate: mono, 16 kHz, -1..1. */
  | { readonly type: "audio"; readonly segmentId: number; readonly startMs: number; readonly samples: Float32Array }
  | { readonly type: "flush"; readonly segmentId: number }
  | { readonly type: "segment-closed"; readonly segmentId: number; readonly startMs: number; readonly endMs: number }
  /** Nothing more is awaited for this opening of the gate. */
  | { readonly type: "segment-settled"; readonly segmentId: number; readonly metrics: SegmentMetrics }
  | {
      readonly type: "transcript";
      readonly text: string;
      /** False for a text that may still change. */
      readonly isFinal: boolean;
      readonly segmentId: number;
      /** Names this text within its run, for a later `transcripts-superseded`. */
      readonly transcriptId: number;
      readonly startMs: number;
      readonly endMs: number;
      /** Empty if the model tells no words. */
      readonly words: readonly TranscriptWord[];
      /** BCP 47 tag. */
      readonly language: string;
      /** In [0, 1]. */
      readonly confidence: number;
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
  /** Take these finals back: after a lost connection their speech was sent again, and the next final tells it anew. */
  | { readonly type: "transcripts-superseded"; readonly segmentId: number; readonly transcriptIds: readonly number[] }
  /** What a recognition cost, before its final. */
  | { readonly type: "metrics"; readonly metrics: SttMetrics }
  /** The recogniser cannot be reached; speech is kept and sent again in `retryInMs`. */
  | { readonly type: "reconnecting"; readonly error: VoiceError; readonly retryInMs: number }
  /** The recogniser is reached again. */
  | { readonly type: "reconnected" }
  /** Sound that is missing. */
  | {
      readonly type: "gap";
      readonly startMs: number;
      readonly durationMs: number;
      readonly cause: GapCause;
    }
  | { readonly type: "mute"; readonly isMuted: boolean }
  | TurnEvent
  | AgentEvent
  /** Something broke and the session goes on without it. */
  | { readonly type: "warning"; readonly error: VoiceError }
  /** The last event of a run; `error` if and only if `reason` is "failed". */
  | { readonly type: "ended"; readonly reason: EndReason; readonly error?: VoiceError }
);

/** Names of the events. */
export type VoiceEventType = VoiceEvent["type"];

/** The event of one name. */
export type VoiceEventOf<T extends VoiceEventType> = Extract<VoiceEvent, { type: T }>;
