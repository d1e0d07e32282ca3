/*
 * The messages of LiveKit Inference's text-to-speech WebSocket, `{base}/tts?model=…`, as JSON text frames:
 *
 *   → {"type":"session.create","sample_rate":"24000","encoding":"pcm_s16le","extra":{},"model":"cartesia/sonic-3"}
 *   ← {"type":"session.created","session_id":"…"}
 *   → {"type":"input_transcript","transcript":"Going forward. ","generation_config":{},"extra":{}}   (per sentence)
 *   → {"type":"session.flush"}
 *   ← {"type":"output_audio","audio":"<base64 of little-endian 16-bit mono PCM>","session_id":"…"}   (again and again)
 *   ← {"type":"output_alignment","words":[{"word":"Going","start":0,"end":0.25}, …],"session_id":"…"}
 *   ← {"type":"done","session_id":"…"}             the flush is answered; the next segment may follow
 *   → {"type":"session.close"}
 *   ← {"type":"session.closed","session_id":"…"}
 *
 * Times are seconds since the segment's first sample; a segment ends with its `done`. Shared with `gateway/`; nothing
 * above a codec sees it.
 */

/** First message of a connection. `sample_rate` is a string of decimal digits (Hz). */
export interface TtsSessionCreate {
  readonly type: "session.create";
  readonly sample_rate: string;
  readonly encoding: "pcm_s16le";
  readonly extra: Readonly<Record<string, unknown>>;
  readonly voice?: string;
  /** `provider/model`; overrides the model of the query. */
  readonly model?: string;
  readonly language?: string;
  readonly fallback?: {
    readonly models: readonly {
      readonly model: string;
      readonly voice: string;
      readonly extra?: Readonly<Record<string, unknown>> | null;
    }[];
  };
  /** How the gateway is to treat its provider; `timeout` in seconds. */
  readonly connection?: { readonly timeout: number; readonly retries: number };
}

/** What is to be spoken next: a sentence, with the space that separates it from the next one. */
export interface InputTranscript {
  readonly type: "input_transcript";
  readonly transcript: string;
  /** Overrides what `session.create` said, for this sentence. */
  readonly generation_config?: { readonly voice?: string; readonly model?: string; readonly language?: string };
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Ends the segment: all of its text is there. Answered with `done`, after the last of its sound. */
export interface TtsSessionFlush {
  readonly type: "session.flush";
}

/** Says goodbye. */
export interface TtsSessionClose {
  readonly type: "session.close";
}

/** All that a client may send. */
export type TtsClientMessage = TtsSessionCreate | InputTranscript | TtsSessionFlush | TtsSessionClose;

/** A stretch of speech: base64 of little-endian 16-bit mono PCM, at the rate that was asked for. */
export interface OutputAudio {
  readonly type: "output_audio";
  readonly audio: string;
  readonly session_id?: string;
}

/** A spoken word; times in seconds since the segment's first sample. */
export interface AlignedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** A spoken character; times in seconds since the segment's first sample. */
export interface AlignedChar {
  readonly char: string;
  readonly start: number;
  readonly end: number;
}

/** When what is heard. Comes for some models only, in pieces, as words or as characters. */
export interface OutputAlignment {
  readonly type: "output_alignment";
  readonly words?: readonly AlignedWord[] | null;
  readonly chars?: readonly AlignedChar[] | null;
  readonly session_id?: string;
}

/** A failure, with the gateway's own code. */
export interface TtsErrorMessage {
  readonly type: "error";
  readonly message?: string;
  readonly code?: number | string;
  readonly session_id?: string;
}

/** All that a gateway may send and that we know of. */
export type TtsServerMessage =
  | { readonly type: "session.created" | "session.closed"; readonly session_id?: string }
  /** A flush is answered: all of the segment's sound has come. */
  | { readonly type: "done"; readonly session_id?: string }
  | OutputAudio
  | OutputAlignment
  | TtsErrorMessage;
