import { VoiceError } from "../errors.ts";
import { openWebSocket } from "../net/web-socket.ts";
import { systemClock } from "../net/system-clock.ts";
import { REALTIME_RATE } from "./audio-lane.ts";
import type { RealtimeItem, RealtimeItemInput } from "./realtime-item.ts";
import { connectionSettings, type RealtimeClientOptions } from "./realtime-options.ts";
import { RealtimeRun, type RunParts } from "./realtime-run.ts";
import { checkBaseUrl } from "./realtime-url.ts";
import type { RealtimeTool, ResponseSettings, SessionSettings } from "./session-settings.ts";
import { checkSettings } from "./session-wire.ts";

/** How a client stands, for displays and bug reports. */
export interface RealtimeHealth {
  readonly connection: "idle" | "connecting" | "configuring" | "ready" | "waiting" | "closed";
  /** Sessions that were ready, this one included. */
  readonly sessions: number;
  /** Audio that was not sent yet, in ms. */
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
 * What is asked for while there is no session waits for it, where that makes sense. Of the promises that it returns,
 * none needs to be awaited or caught; they reject with a VoiceError: `gateway-rejected` (the server's own code in
 * `gatewayCode`), `gateway-timeout`, or `gateway-lost` if the session or the client ended first.
 */
export class RealtimeClient {
  readonly #run: RealtimeRun;
  #isPaused: boolean;

  /** Makes one; it connects when told. @throws TypeError or RangeError naming the option, the rule and the value. */
  constructor(options: RealtimeClientOptions) {
    const { model = "gpt-realtime", baseUrl = "wss://api.openai.com/v1/realtime", startPaused = false } = options;
    const { webSocket = openWebSocket, clock = systemClock, connection } = options;
    checkBaseUrl(baseUrl);
    if (typeof options.token !== "function") throw new TypeError("realtime.token must be a function");
    const settings = connectionSettings(connection);
    this.#isPaused = startPaused;
    const parts: RunParts = { token: options.token, baseUrl, model, openSocket: webSocket, clock, ...settings };
    this.#run = new RealtimeRun(parts, options);
  }

  /** How it stands. */
  get health(): RealtimeHealth {
    const { link, lane, sequencer } = this.#run;
    const { state, sessions, connection } = link;
    const waitingMs = lane.waitingSamples / (REALTIME_RATE / 1_000);
    const backlogBytes = connection?.backlogBytes ?? 0;
    return { connection: state, sessions, waitingMs, backlogBytes, responseId: sequencer.responseId };
  }

  /** The settings as they count now, those of the conversation included. */
  get settings(): SessionSettings {
    return this.#run.book.settings;
  }

  /** Whether audio is left out. */
  get isAudioPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether an answer is being made or was asked for. */
  get isResponding(): boolean {
    return this.#run.sequencer.isBusy;
  }

  /** Connects. Resolves with the first `session-ready`; rejects if it is closed before. Idempotent. */
  connect(): Promise<void> {
    this.#run.link.connect();
    return this.#run.connected;
  }

  /** Ends it: no timer, no socket is left. Tells `closed`, unless that was told. Idempotent. */
  close(): void {
    this.#run.link.close();
  }

  /** Drops the session, and begins a new one with the context. What was asked of the model is called off. */
  reset(): void {
    this.#run.reset();
  }

  /**
   * Changes settings, now and for later sessions. Rejects if the server refuses; then they count no more.
   *
   * @throws TypeError or RangeError naming the option, the rule and the value.
   */
  updateSettings(changes: SessionSettings): Promise<void> {
    return this.#run.ask(() => this.#run.book.update(changes, this.#run.sendChanges));
  }

  /** Changes the conversation's own instructions; `undefined` returns to the session's. */
  setInstructions(instructions: string | undefined): Promise<void> {
    return this.#run.ask(() => this.#run.book.override({ instructions }, this.#run.sendChanges));
  }

  /** Changes the conversation's own tools; `undefined` returns to the session's. @throws TypeError for a bad name. */
  setTools(tools: readonly RealtimeTool[] | undefined): Promise<void> {
    return this.#run.ask(() => this.#run.book.override({ tools }, this.#run.sendChanges));
  }

  /**
   * Adds audio, mono, 24 kHz, -1..1; its first sample was captured at `captureStartSample` (16 kHz). It is copied. At
   * most 30 s wait; then the oldest is given up, and told as `audio-lost`.
   */
  appendAudio(samples: Float32Array, captureStartSample: number): void {
    if (!this.#isPaused) this.#run.append(samples, captureStartSample);
  }

  /** What is appended from now on is left out, and not missed. */
  pauseAudio(): void {
    this.#isPaused = true;
  }

  /** What is appended from now on is sent. */
  resumeAudio(): void {
    this.#isPaused = false;
  }

  /** Makes an item of what was appended, and no answer; resolves with its id. For sessions without turn detection. */
  commitAudio(): Promise<string> {
    return this.#run.ask(() => this.#run.commit());
  }

  /** Forgets what was appended and is no item yet. */
  clearAudio(): void {
    this.#run.lane.clear(new VoiceError("invalid-state", "The audio was cleared"));
    this.#run.send({ type: "input_audio_buffer.clear" });
  }

  /**
   * Asks for an answer, after the one that is being made. Requests without settings that wait become one. Resolves with
   * the answer's id, or with `undefined` when it is called off.
   *
   * @throws TypeError or RangeError naming the option, the rule and the value.
   */
  createResponse(settings?: ResponseSettings): Promise<string | undefined> {
    if (settings) checkSettings(settings, "response");
    return this.#run.ask(() => this.#run.sequencer.request(settings));
  }

  /**
   * Cancels the answer that is being made, once, and calls off those that wait; or only the one that is named. Nothing
   * more of it is told but its end.
   */
  cancelResponse(responseId?: string): void {
    this.#run.sequencer.cancel(responseId);
  }

  /**
   * Adds an item, at the end or behind `previousItemId` (`"root"`: as the first). Resolves when it is there. Makes no
   * answer.
   */
  createItem(item: RealtimeItemInput, previousItemId?: string): Promise<RealtimeItem> {
    return this.#run.ask(() => this.#run.desk.create(item, previousItemId));
  }

  /** Asks for an item with all that belongs to it, audio included. At most one request per item is on its way. */
  retrieveItem(itemId: string): Promise<RealtimeItem> {
    return this.#run.desk.ask(`retrieve ${itemId}`, { type: "conversation.item.retrieve", item_id: itemId });
  }

  /** Deletes an item. */
  deleteItem(itemId: string): Promise<void> {
    return this.#run.desk.ask(`delete ${itemId}`, { type: "conversation.item.delete", item_id: itemId });
  }

  /**
   * Cuts an answer's audio after `audioEndMs`, and deletes its transcript at the server. It must not be more than was
   * received; of what was not heard at all, delete the item.
   *
   * @throws RangeError unless `audioEndMs` and `contentIndex` are numbers of 0 or more.
   */
  truncateItem(itemId: string, contentIndex: number, audioEndMs: number): Promise<void> {
    const [index, ms] = [Math.floor(contentIndex), Math.floor(audioEndMs)];
    if (!(index >= 0 && ms >= 0 && index + ms < Infinity)) {
      throw new RangeError(`audioEndMs and contentIndex must be at least 0, got ${audioEndMs} and ${contentIndex}`);
    }
    const event = {
      type: "conversation.item.truncate",
      item_id: itemId,
      content_index: index,
      audio_end_ms: ms,
    } as const;
    return this.#run.desk.ask(`truncate ${itemId} ${index} ${ms}`, event);
  }

  /**
   * Answers a `function-call`, once: a second result is ignored, one for an unknown call is a warning. When the answer
   * that called is done and all its calls are answered, the model is asked to go on, if each of the results `responds`
   * (the default) and the answer was not cut off.
   */
  sendToolResult(callId: string, output: string, options: { readonly responds?: boolean } = {}): void {
    this.#run.tools.answer(callId, output, options.responds ?? true);
  }
}
