import type { JsonValue } from "../conversation/conversation-item.ts";
import type { VoiceError } from "../errors.ts";
import type { RealtimeItem } from "./realtime-item.ts";

/** Where in an answer something belongs. */
export interface OutputPlace {
  readonly responseId: string;
  readonly itemId: string;
  readonly outputIndex: number;
  readonly contentIndex: number;
}

/** What an answer cost, in tokens. */
export interface RealtimeUsage {
  readonly totalTokens?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly inputTokenDetails?: {
    readonly textTokens?: number;
    readonly audioTokens?: number;
    readonly imageTokens?: number;
    readonly cachedTokens?: number;
  };
  readonly outputTokenDetails?: { readonly textTokens?: number; readonly audioTokens?: number };
}

/** How quick an answer was: from the end of speech or the request, whichever was later, in ms. */
export interface RealtimeTimes {
  /** To the first text, spoken or written. */
  readonly firstTextMs?: number;
  /** To the first audio. */
  readonly firstAudioMs?: number;
  /** To the end of what was generated. */
  readonly totalMs: number;
}

/** How an answer ended. */
export type ResponseStatus = "completed" | "cancelled" | "failed" | "incomplete";

/** What happens on the way to the server and back. */
export type ConnectionEvent =
  /** A connection is being made; a secret is asked for. */
  | { readonly type: "connecting"; readonly attempt: number }
  /** Settings and messages are in place: the model hears. `sessionId` is the server's. */
  | { readonly type: "session-ready"; readonly sessionId: string; readonly isReconnect: boolean }
  /** The connection is gone, on purpose if there is no error, and is made anew in `retryInMs`. */
  | { readonly type: "reconnecting"; readonly error?: VoiceError; readonly retryInMs: number }
  /**
   * Something was refused or made no sense; it goes on. A promise that waits for it rejects as well. `clientEventId`: of
   * the message at fault, if it is known.
   */
  | { readonly type: "warning"; readonly error: VoiceError; readonly clientEventId?: string }
  /** It is over, by {@link RealtimeClient.close} or because of `error`. Nothing follows. */
  | { readonly type: "closed"; readonly error?: VoiceError };

/** What becomes of what is said to it. Places are samples of the capture clock; absent where nothing captured is there. */
export type InputEvent =
  /** The server's turn detection hears speech, which will become the item. */
  | { readonly type: "speech-started"; readonly itemId: string; readonly startSample?: number }
  | { readonly type: "speech-stopped"; readonly itemId: string; readonly endSample?: number }
  /** What was appended has become an item of the conversation. */
  | { readonly type: "audio-committed"; readonly itemId: string; readonly previousItemId?: string }
  | { readonly type: "audio-cleared" }
  /** More waited than can wait, and the oldest was given up. */
  | { readonly type: "audio-lost"; readonly startSample: number; readonly endSample: number }
  /** Nobody has spoken for `turnDetection.idleTimeoutMs`: the model speaks up. */
  | {
      readonly type: "idle-timeout";
      readonly itemId: string;
      readonly startSample?: number;
      readonly endSample?: number;
    }
  /** What was said, as far as it is known: more of the same content replaces it. May come after the answer. */
  | {
      readonly type: "input-transcript";
      readonly itemId: string;
      readonly contentIndex: number;
      readonly text: string;
      readonly isFinal: boolean;
    }
  /** It cannot be written down; the model may have understood it all the same. */
  | {
      readonly type: "input-transcript-failed";
      readonly itemId: string;
      readonly contentIndex: number;
      readonly error: VoiceError;
    };

/** What becomes of the conversation's items. */
export type ItemEvent =
  /** `isOwn`: made by this client. */
  | {
      readonly type: "item-added";
      readonly item: RealtimeItem;
      readonly previousItemId?: string;
      readonly isOwn: boolean;
    }
  | { readonly type: "item-done"; readonly item: RealtimeItem; readonly previousItemId?: string }
  | { readonly type: "item-retrieved"; readonly item: RealtimeItem }
  | {
      readonly type: "item-truncated";
      readonly itemId: string;
      readonly contentIndex: number;
      readonly audioEndMs: number;
    }
  | { readonly type: "item-deleted"; readonly itemId: string };

/** What the model answers. */
export type OutputEvent =
  /** An answer was asked for. */
  | { readonly type: "response-requested"; readonly clientEventId: string }
  /** `isOutOfBand`: it is no part of the conversation. */
  | {
      readonly type: "response-created";
      readonly responseId: string;
      readonly isOutOfBand: boolean;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: "output-item-added" | "output-item-done";
      readonly responseId: string;
      readonly outputIndex: number;
      readonly item: RealtimeItem;
    }
  /** Audio to play: mono, 16 bits, 24 kHz; comes faster than it plays. */
  | ({ readonly type: "output-audio"; readonly samples: Int16Array } & OutputPlace)
  /** All of this content's audio has come. */
  | ({ readonly type: "output-audio-done" } & OutputPlace)
  /** More of what is said (`isSpoken`) or written; `text` is all of it so far. */
  | ({
      readonly type: "output-text";
      readonly delta: string;
      readonly text: string;
      readonly isSpoken: boolean;
    } & OutputPlace)
  | ({ readonly type: "output-text-done"; readonly text: string; readonly isSpoken: boolean } & OutputPlace)
  /** The model asks for a tool: once per call, with arguments that are JSON. Answer with `sendToolResult`. */
  | {
      readonly type: "function-call";
      readonly callId: string;
      readonly name: string;
      readonly arguments: JsonValue;
      readonly responseId: string;
      readonly itemId: string;
    }
  /** No more comes of it. A connection that is lost in mid-answer ends it as `failed`, with the reason. */
  | {
      readonly type: "response-done";
      readonly responseId: string;
      readonly status: ResponseStatus;
      /** `turn_detected`, `client_cancelled`, `max_output_tokens` or `content_filter`. */
      readonly reason?: string;
      readonly error?: VoiceError;
      readonly items: readonly RealtimeItem[];
      readonly isOutOfBand: boolean;
      readonly usage?: RealtimeUsage;
      readonly times: RealtimeTimes;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: "rate-limits";
      readonly limits: readonly {
        readonly name: string;
        readonly limit?: number;
        readonly remaining?: number;
        readonly resetSeconds?: number;
      }[];
    };

/** All that a client tells, in order. After `closed` nothing follows. */
export type RealtimeEvent = ConnectionEvent | InputEvent | ItemEvent | OutputEvent;
