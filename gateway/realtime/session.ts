/*
 *   connected ─▶ session.created ─▶ events, each answered in its turn ─▶ ended
 *                                    │ an error is told, and the session goes on
 *                                    └ idle, an hour old, lost socket, gateway closed: ended
 */
import { GatewayError } from "../errors.ts";
import { Inbox } from "../protocol/inbox.ts";
import type { InboxSocket } from "../protocol/inbox.ts";
import { readFrame } from "./client-event.ts";
import { EventSender } from "./event-sender.ts";
import type { EventSocket } from "./event-sender.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeOptions } from "./exchange.ts";
import { newId } from "./ids.ts";
import { toRealtimeError, wireErrorOf } from "./realtime-error.ts";
import type { RealtimeScript } from "./script.ts";
import { defaultConfig } from "./session-config.ts";

/** What a session is told when it begins. */
export interface RealtimeSessionOptions extends Pick<ExchangeOptions, "settings" | "recognise" | "means"> {
  /** The client's; the session closes it. */
  readonly socket: EventSocket & InboxSocket;
  /** The model that the client named. */
  readonly model: string;
  /** What is to go wrong; nothing if undefined. */
  readonly script: RealtimeScript | undefined;
  /** How long the client may say nothing, in ms. */
  readonly idleLimitMs: number;
}

/** How long a session may last, in ms: OpenAI's hour. */
const LIFETIME_MS = 3_600_000;
/** One client's realtime session. */
export class RealtimeSession {
  readonly #socket: EventSocket;
  readonly #sender: EventSender;
  readonly #exchange: Exchange;
  readonly #inbox: Inbox;
  readonly #lifeTimer: NodeJS.Timeout;

  constructor({ socket, model, settings, recognise, means, script, idleLimitMs }: RealtimeSessionOptions) {
    this.#socket = socket;
    this.#sender = new EventSender(socket, script);
    const config = defaultConfig(newId("sess"), model, Math.floor((Date.now() + LIFETIME_MS) / 1000));
    this.#exchange = new Exchange({ sender: this.#sender, config, settings, recognise, means });
    this.#inbox = new Inbox({ socket, idleLimitMs, onFailure: (error) => this.#fail(error) });
    const expired = new GatewayError("idle", "Your session hit the maximum duration of 60 minutes.");
    this.#lifeTimer = setTimeout(() => this.#fail(expired), LIFETIME_MS);
  }

  /** Takes a text frame. Never throws: what is wrong with it is told to the client. */
  receive(text: string): void {
    this.#inbox.add(text.length, async () => {
      const { eventId, event } = readFrame(text);
      try {
        const { type, fields } = event();
        await this.#exchange.handle(type, fields);
      } catch (error) {
        void this.#sender.send({ type: "error", error: wireErrorOf(toRealtimeError(error), eventId) });
      }
    });
  }

  /** The socket has closed: frees everything. */
  end(): void {
    this.#sender.end();
    clearTimeout(this.#lifeTimer);
    this.#inbox.close();
    this.#exchange.end();
  }

  /** Tells the client why, and ends the session. */
  #fail(error: unknown): void {
    void this.#sender.send({ type: "error", error: wireErrorOf(toRealtimeError(error)) });
    this.#sender.end(() => this.#socket.close(error instanceof GatewayError ? error.closeCode : 1011));
    this.end();
  }
}
