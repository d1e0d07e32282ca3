/*
 * The messages of LiveKit Inference's speech-to-text WebSocket, `{base}/stt?model=…`, as JSON text frames:
 *
 *   → {"type":"session.create","settings":{"sample_rate":"16000","encoding":"pcm_s16le","extra":{}},"model":"deepgram/nova-3"}
 *   ← {"type":"session.created"}
 *   → {"type":"input_audio","audio":"<base64 of 50 ms of little-endian 16-bit mono PCM>"}   (again and again)
 *   ← {"type":"interim_transcript","transcript":"go for","language":"en","start":0.4,"duration":0.6,"words":[]}
 *   → {"type":"session.finalize"}
 *   ← {"type":"final_transcript","transcript":"go forward","start":0.4,"duration":0.9,"confidence":0.9,"words":[…]}
 *   ← {"type":"session.finalized"}
 *   → {"type":"session.close"}
 *   ← {"type":"session.closed"}
 *
 * Times are seconds since the first sample of the connection. Shared with `gateway/`; nothing above a codec sees it.
 */

/** First message of a connection. `sample_rate` is a string of decimal digits (Hz). */
export interface SessionCreate {
  readonly type: "session.create";
  readonly settings: {
    readonly sample_rate: string;
    readonly encoding: "pcm_s16le";
    readonly language?: string;
    readonly extra: Readonly<Record<string, unknown>>;
  };
  readonly model?: string;
  readonly fallback?: {
    readonly models: readonly { readonly model: string; readonly extra: Readonly<Record<string, unknown>> | null }[];
  };
  readonly connection?: { readonly timeout: number; readonly retries: number };
}

/** A stretch of audio: base64 of little-endian 16-bit mono PCM. */
export interface InputAudio {
  readonly type: "input_audio";
  readonly audio: string;
}

/** Changes settings of a running session; only the changed keys. A provider that cannot do that ignores it. */
export interface SessionUpdate {
  readonly type: "session.update";
  readonly settings: {
    readonly model?: string;
    readonly language?: string;
    readonly extra?: Readonly<Record<string, unknown>>;
  };
}

/** Asks for the text of everything sent so far, at once. */
export interface SessionFinalize {
  readonly type: "session.finalize";
}

/** Says goodbye. */
export interface SessionClose {
  readonly type: "session.close";
}

/** All that a client may send. */
export type ClientMessage = SessionCreate | InputAudio | SessionUpdate | SessionFinalize | SessionClose;

/** A recognised word; times in seconds since the first sample of the connection. */
export interface WireWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  readonly speaker_id?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A transcript, in one of three degrees of certainty. `start` and `duration` in seconds. */
export interface TranscriptMessage {
  readonly type: "interim_transcript" | "preflight_transcript" | "final_transcript";
  readonly transcript: string;
  readonly language?: string;
  readonly start?: number;
  readonly duration?: number;
  readonly confidence?: number;
  readonly words?: readonly WireWord[] | null;
  readonly speaker_id?: string;
  readonly request_id?: string;
  readonly session_id?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A failure, with the gateway's own code. */
export interface ErrorMessage {
  readonly type: "error";
  readonly message: string;
  readonly code?: number | string;
}

/** All that a gateway may send and that we know of. */
export type ServerMessage =
  | {
      readonly type: "session.created" | "session.finalized" | "session.closed" | "start_of_speech";
      readonly session_id?: string;
    }
  | TranscriptMessage
  | ErrorMessage;
