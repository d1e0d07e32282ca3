import { VoiceError } from "../errors.ts";
import type { RetrySettings } from "../net/retry-budget.ts";
import { Answers } from "./answers.ts";
import { AudioLane } from "./audio-lane.ts";
import type { DecodedEvent } from "./decode-server-event.ts";
import { Deferred, rejected } from "./deferred.ts";
import { Downlink } from "./downlink.ts";
import { ItemDesk } from "./item-desk.ts";
import { PendingRequests } from "./pending-requests.ts";
import type { ConnectionParts, RealtimeConnection } from "./realtime-connection.ts";
import type { RealtimeEvent } from "./realtime-event.ts";
import { RealtimeLink } from "./realtime-link.ts";
import type { RealtimeClientOptions } from "./realtime-options.ts";
import { renewalMs } from "./renewal-ms.ts";
import { ResponseSequencer } from "./response-sequencer.ts";
import { endsSession } from "./server-error.ts";
import { SessionBook } from "./session-book.ts";
import { responseToWire } from "./session-wire.ts";
import { ToolCalls } from "./tool-calls.ts";
import type { WireClientEvent, WireSession } from "./wire.ts";

/** How the server is reached, and how hard it is tried. */
export type RunParts = ConnectionParts & RetrySettings;

/** A client at work: the parts, and what passes between them and the link. */
export class RealtimeRun {
  /** Its settings. */
  readonly book: SessionBook;
  /** What is said to it. */
  readonly lane: AudioLane;
  /** Its answers, one at a time. */
  readonly sequencer: ResponseSequencer;
  /** The tools that it calls. */
  readonly tools: ToolCalls;
  /** Its items. */
  readonly desk: ItemDesk;
  /** The way to the server. */
  readonly link: RealtimeLink;
  readonly #parts: RunParts;
  readonly #options: RealtimeClientOptions;
  readonly #answers = new Answers();
  readonly #requests = new PendingRequests();
  readonly #downlink: Downlink;
  readonly #connected = new Deferred<void>();
  readonly #nowMs: () => number;
  #eventIds = 0;
  #requestedMs = 0;
  #sessionId = "";
  #renewMs = 0;
  #isOver = false;
  #isTraced = true;

  constructor(parts: RunParts, options: RealtimeClientOptions) {
    this.#parts = parts;
    this.#options = options;
    const nowMs = (this.#nowMs = () => parts.clock.nowMs());
    const emit = (event: RealtimeEvent): void => this.#emit(event);
    this.book = new SessionBook(options);
    this.lane = new AudioLane((startSample, endSample) => emit({ type: "audio-lost", startSample, endSample }));
    this.sequencer = new ResponseSequencer({
      create: (settings) => {
        this.#requestedMs = nowMs();
        this.#answers.asked(nowMs());
        const response = settings && { response: responseToWire(settings) };
        const clientEventId = this.send({ type: "response.create", ...response });
        emit({ type: "response-requested", clientEventId });
        return clientEventId;
      },
      cancel: (responseId) => {
        this.#requestedMs = nowMs();
        this.#answers.cancel(responseId);
        this.send({ type: "response.cancel", response_id: responseId });
      },
    });
    this.tools = new ToolCalls({
      emit,
      isReady: () => this.link.state === "ready",
      put: (items) => items.forEach((item) => this.desk.put(item)),
      goOn: () => void this.sequencer.request(),
      isOver: (responseId) => this.#answers.isOver(responseId),
    });
    this.desk = new ItemDesk({
      requests: this.#requests,
      nowMs,
      send: this.send,
      hasSession: () => this.link.connection !== undefined,
      onOwn: (itemId) => this.#downlink.own(itemId),
    });
    this.#downlink = new Downlink({
      lane: this.lane,
      answers: this.#answers,
      sequencer: this.sequencer,
      requests: this.#requests,
      tools: this.tools,
      nowMs,
      emit,
    });
    this.link = new RealtimeLink(parts, parts, {
      onConnecting: (attempt) => emit({ type: "connecting", attempt }),
      onMessage: (message) => this.#receive(message),
      onSkipped: (error) => emit({ type: "warning", error }),
      onLost: (error, retryInMs) => this.#lost(error, retryInMs),
      onClosed: (error) => this.#closed(error),
      onTick: (connection) => this.#tick(connection),
    });
  }

  /** Resolves with the first session; rejects if there is none. */
  get connected(): Promise<void> {
    return this.#connected.promise;
  }

  /** Sends a message and returns its id; an empty one if there is no session. */
  readonly send = (event: WireClientEvent): string => {
    const { connection } = this.link;
    if (!connection) return "";
    const event_id = `vv_${++this.#eventIds}`;
    connection.send({ ...event, event_id });
    return event_id;
  };

  /** Sends changes of settings, as {@link send} does. */
  readonly sendChanges = (session: WireSession): string => this.send({ type: "session.update", session });

  /** Adds audio. */
  append(samples: Float32Array, captureStartSample: number): void {
    if (this.#isOver) return;
    this.lane.append(samples, captureStartSample);
    this.#drain();
    const serverListens = this.book.settings.turnDetection !== null;
    if (serverListens && !this.#downlink.isHearing) this.lane.beQuiet();
  }

  /** Makes an item of it. */
  commit(): Promise<string> {
    const committed = this.lane.commit();
    this.#drain();
    return committed;
  }

  /** What `ask` promises; once it is over, a refusal. */
  ask<T>(ask: () => Promise<T>): Promise<T> {
    return this.#isOver ? rejected(new VoiceError("gateway-lost", "The client is closed")) : ask();
  }

  /** Begins a new session; nothing is asked of the model any more. */
  reset(): void {
    this.sequencer.cancel();
    this.tools.clear();
    this.link.renew();
  }

  #receive({ raw, fact }: DecodedEvent): void {
    this.#options.onServerEvent?.(raw);
    if (!fact || this.#isOver) return;
    const { state } = this.link;
    if (fact.type === "session-created") {
      if (state === "connecting") this.#configure(fact.sessionId, fact.expiresAtMs);
    } else if (fact.type === "session-updated") {
      if (this.book.updated()) this.#ready();
    } else if (fact.type === "server-error") {
      const isRefused = this.book.refused(fact.clientEventId, fact.error);
      if (state === "connecting" || isRefused || endsSession(fact.error)) this.link.break(fact.error);
      else this.#downlink.refused(fact);
    } else if (state !== "connecting") this.#downlink.take(fact);
  }

  #configure(sessionId: string, expiresAtMs: number | undefined): void {
    this.#sessionId = sessionId;
    this.#renewMs = this.#nowMs() + renewalMs(expiresAtMs && expiresAtMs - Date.now());
    this.link.greeted();
    this.book.begin(this.sendChanges);
    this.desk.restore(this.#options.context?.() ?? []);
  }

  #ready(): void {
    this.link.ready();
    this.#connected.resolve();
    this.#emit({ type: "session-ready", sessionId: this.#sessionId, isReconnect: this.link.sessions > 1 });
    if (this.link.state !== "ready") return; // whoever heard it ended it
    this.tools.restore();
    this.#drain();
    this.sequencer.open();
  }

  #lost(error: VoiceError | undefined, retryInMs: number): void {
    const why = error ?? new VoiceError("gateway-lost", "A new session was begun");
    this.book.lost();
    this.lane.rewind();
    this.tools.lost();
    this.sequencer.lost();
    this.#requests.rejectAll(why);
    this.#downlink.lost(error);
    this.#emit({ type: "reconnecting", retryInMs, ...(error === undefined ? {} : { error }) });
  }

  #closed(error: VoiceError | undefined): void {
    const why = error ?? new VoiceError("gateway-lost", "The client was closed");
    this.#isOver = true;
    this.tools.clear();
    this.book.close(why);
    this.lane.clear(why);
    this.sequencer.close(why);
    this.#requests.rejectAll(why);
    this.desk.close(why);
    this.#connected.reject(why);
    this.#tell({ type: "closed", ...(error === undefined ? {} : { error }) });
  }

  #tick(connection: RealtimeConnection): void {
    const nowMs = this.#nowMs();
    const { timeoutMs } = this.#parts;
    const error = new VoiceError("gateway-timeout", `The server did not answer within ${timeoutMs} ms`);
    const isStuck = this.sequencer.isAwaiting && nowMs - this.#requestedMs > timeoutMs;
    const overdueMs = connection.pulse.overdueMs(nowMs, connection.backlogBytes, this.#requests.oldestMs);
    if (isStuck || overdueMs > timeoutMs) return connection.break(error);
    this.#requests.rejectAll(error, nowMs - timeoutMs);
    this.#drain();
    if (nowMs >= this.#renewMs && this.#isIdle) this.link.renew();
  }

  get #isIdle(): boolean {
    const isBusy = this.sequencer.isBusy || this.tools.isBusy || this.#downlink.isHearing || !this.lane.isSent;
    return !isBusy && this.#requests.oldestMs === undefined && (this.#options.mayRenew?.() ?? true);
  }

  #drain(): void {
    const { connection, state } = this.link;
    if (!connection || state !== "ready") return;
    this.lane.drain({
      isFluent: () => connection.isFluent,
      appendAudio: (audio) => connection.send({ type: "input_audio_buffer.append", audio }),
      commitAudio: () => this.send({ type: "input_audio_buffer.commit" }),
    });
  }

  #emit(event: RealtimeEvent): void {
    if (!this.#isOver) this.#tell(event);
  }

  #tell(event: RealtimeEvent): void {
    try {
      if (this.#isTraced) this.#options.tracing?.(event);
    } catch {
      this.#isTraced = false; // a tracer that throws holds nothing up
    }
    this.#options.onEvent(event);
  }
}
