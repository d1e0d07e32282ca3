/*
 *   connected ─▶ session.created ─▶ events, each answered in its turn ─▶ ended
 *                                    │ an error is told, and the session goes on
 *                                    └ idle, an hour old, lost socket, gateway closed: ended
 */
import { GatewayError } from "../errors.ts";
import { readFrame } from "./client-event.ts";
import { EventSender } from "./event-sender.ts";
import type { EventSocket } from "./event-sender.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeOptions } from "./exchange.ts";
import { newId } from "./ids.ts";
import { toRealtimeError, wireErrorOf } from "./realtime-error.ts";
import type { RealtimeScript } from "./script.ts";
import { defaultConfig } from "./session-config.ts";

/** The session's end of a WebSocket. */
export interface RealtimeSocket extends EventSocket {
  /** Stops reading, so that the network holds the client back. */
  pause(): void;
  /** Reads again. */
  resume(): void;
}

/** What a session is told when it begins. */
export interface RealtimeSessionOptions extends Pick<ExchangeOptions, "settings" | "recognise" | "means"> {
  /** The client's; the session closes it. */
  readonly socket: RealtimeSocket;
  /** The model that the client named. */
  readonly model: string;
  /** What is to go wrong; nothing if undefined. */
  readonly script: RealtimeScript | undefined;
  /** How long the client may say nothing, in ms. */
  readonly idleLimitMs: number;
}

/** How long a session may last, in ms: OpenAI's hour. */
const LIFETIME_MS = 3_600_000;
/** Audio that may wait for the recogniser before the socket is paused, in samples at 16 kHz: 30 s. */
const MAX_WAITING_SAMPLES = 30 * 16_000;

/** One client's realtime session. */
export class RealtimeSession {
  readonly #socket: RealtimeSocket;
  readonly #sender: EventSender;
  readonly #exchange: Exchange;
  readonly #idleTimer: NodeJS.Timeout;
  readonly #lifeTimer: NodeJS.Timeout;
  #isPaused = false;

  constructor({ socket, model, settings, recognise, means, script, idleLimitMs }: RealtimeSessionOptions) {
    this.#socket = socket;
    this.#sender = new EventSender(socket, script);
    const config = defaultConfig(newId("sess"), model, Math.floor((Date.now() + LIFETIME_MS) / 1000));
    const onTaken = (): void => this.#flowControl();
    this.#exchange = new Exchange({ sender: this.#sender, config, settings, recognise, means, onTaken });
    const after = (ms: number, why: string): NodeJS.Timeout =>
      setTimeout(() => this.fail(new GatewayError("idle", why)), ms);
    this.#idleTimer = after(idleLimitMs, "Session closed due to inactivity");
    this.#lifeTimer = after(LIFETIME_MS, "Your session hit the maximum duration of 60 minutes.");
  }

  /** Takes a text frame. Never throws: what is wrong with it is told to the client. */
  receive(text: string): void {
    this.#idleTimer.refresh();
    const { eventId, event } = readFrame(text);
    try {
      const { type, fields } = event();
      this.#exchange.handle(type, fields);
    } catch (error) {
      void this.#sender.send({ type: "error", error: wireErrorOf(toRealtimeError(error), eventId) });
    }
    this.#flowControl();
  }

  /** Tells the client why, and ends the session. */
  fail(error: GatewayError): void {
    void this.#sender.send({ type: "error", error: wireErrorOf(toRealtimeError(error)) });
    this.#sender.end(() => this.#socket.close(error.closeCode));
    this.end();
  }

  /** The socket has closed: frees everything. */
  end(): void {
    this.#sender.end();
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#lifeTimer);
    this.#exchange.end();
    // A paused socket would never read the client's answer to the close frame.
    if (this.#isPaused) this.#socket.resume();
    this.#isPaused = false;
  }

  #flowControl(): void {
    const limit = this.#isPaused ? MAX_WAITING_SAMPLES / 2 : MAX_WAITING_SAMPLES;
    const isFull = this.#exchange.waitingSamples > limit;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#socket.pause();
    else this.#socket.resume();
  }
}
