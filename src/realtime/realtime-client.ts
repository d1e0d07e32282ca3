import type { RealtimeItem, RealtimeItemInput } from "./realtime-item.ts";
import type { RealtimeClientOptions } from "./realtime-options.ts";
import type { RealtimeTool, ResponseSettings, SessionSettings } from "./session-settings.ts";

/** How a client stands, for displays and bug reports. */
export interface RealtimeHealth {
  readonly connection: "idle" | "connecting" | "ready" | "waiting" | "closed";
  /** Connections that were made after the first. */
  readonly reconnects: number;
  /** Captured audio that was not sent yet, in ms. */
  readonly waitingMs: number;
  /** Bytes that the socket has not handed to the network. */
  readonly backlogBytes: number;
  /** The answer that is being made. */
  readonly responseId: string | undefined;
}

/**
 * Speaks with OpenAI Realtime over a WebSocket. It keeps the session alive: a lost connection is made anew, with the
 * settings as they are then, the conversation as `context` tells it, and the audio that had not become an item.
 *
 * What is asked for while there is no session waits for it. Of the promises that it returns, none needs to be awaited
 * or caught; they reject with a VoiceError `gateway-rejected` (the server's own code in `gatewayCode`),
 * `gateway-timeout`, or `gateway-lost` if the connection or the client ended first.
 */
export class RealtimeClient {
  /** Makes one; it connects when told. @throws TypeError or RangeError naming the option, the rule and the value. */
  constructor(options: RealtimeClientOptions) {
    void options;
  }
  /** How it stands. */
  get health(): RealtimeHealth {
    throw new Error("todo");
  }
  /** The settings as they count now, those of the conversation included. */
  get settings(): SessionSettings {
    throw new Error("todo");
  }
  /** Whether audio is left out. */
  get isAudioPaused(): boolean {
    throw new Error("todo");
  }
  /** Whether an answer is being made or was asked for. */
  get isResponding(): boolean {
    throw new Error("todo");
  }
  /** Connects. Resolves with the first `session-ready`; rejects if it is closed before. Idempotent. */
  connect(): Promise<void> {
    throw new Error("todo");
  }
  /** Ends it: no timer, no socket is left. Tells `closed`, unless that was told. Idempotent. */
  close(): void {}
  /** Drops the connection and begins a new session with the context. What is asked of the model is called off. */
  reset(): void {}
  /** Changes settings, now and for later sessions. Rejects if the server refuses them; then they do not count. */
  updateSettings(_changes: SessionSettings): Promise<void> {
    throw new Error("todo");
  }
  /** Changes the conversation's own instructions; `undefined` returns to the session's. */
  setInstructions(_instructions: string | undefined): Promise<void> {
    throw new Error("todo");
  }
  /** Changes the conversation's own tools; `undefined` returns to the session's. */
  setTools(_tools: readonly RealtimeTool[] | undefined): Promise<void> {
    throw new Error("todo");
  }
  /** Adds audio, mono, 24 kHz, -1..1; its first sample was captured at `captureStartSample` (16 kHz). It is copied. */
  appendAudio(_samples: Float32Array, _captureStartSample: number): void {}
  /** What is appended from now on is left out, and not missed. */
  pauseAudio(): void {}
  /** What is appended from now on is sent. */
  resumeAudio(): void {}
  /** Makes an item of what was appended; resolves with its id. For sessions without turn detection. Makes no answer. */
  commitAudio(): Promise<string> {
    throw new Error("todo");
  }
  /** Forgets what was appended and is no item yet. */
  clearAudio(): void {}
  /** Asks for an answer, after the one that is being made. Without settings, requests that wait become one. Resolves with its id, or with `undefined` if it was called off. */
  createResponse(_settings?: ResponseSettings): Promise<string | undefined> {
    throw new Error("todo");
  }
  /** Cancels the answer that is being made, once, and calls off those that wait; `responseId` for one beside the conversation. */
  cancelResponse(_responseId?: string): void {}
  /** Adds an item, at the end or behind `previousItemId` (`"root"`: as the first). Resolves when it is there. */
  createItem(_item: RealtimeItemInput, _previousItemId?: string): Promise<RealtimeItem> {
    throw new Error("todo");
  }
  /** Asks for an item with all that belongs to it, audio included. At most one request per item is on its way. */
  retrieveItem(_itemId: string): Promise<RealtimeItem> {
    throw new Error("todo");
  }
  /** Deletes an item. */
  deleteItem(_itemId: string): Promise<void> {
    throw new Error("todo");
  }
  /**
   * Cuts an answer's audio after `audioEndMs`, and deletes its transcript.
   *
   * @throws RangeError unless `audioEndMs` is a number of 0 or more; it must not be more than was received.
   */
  truncateItem(_itemId: string, _contentIndex: number, _audioEndMs: number): Promise<void> {
    throw new Error("todo");
  }
  /**
   * Answers a `function-call`, once: a second result is ignored, one for an unknown call is a warning. When the answer
   * that called is done and all its calls are answered, the model is asked to go on, unless none of them `responds`.
   */
  sendToolResult(_callId: string, _output: string, _options?: { readonly responds?: boolean }): void {}
}
