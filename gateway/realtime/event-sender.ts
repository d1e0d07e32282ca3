import type { WireServerEvent } from "../../src/realtime/wire.ts";
import { newId } from "./ids.ts";
import type { RealtimeScript } from "./script.ts";
import { ScriptPlay } from "./script-play.ts";

/** Leaves the rest of a union's members as they are. */
type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** A server's event before it has its `event_id`. */
export type ServerEvent = Without<
  Exclude<WireServerEvent, { type: "input_audio_buffer.dtmf_event_received" }>,
  "event_id"
>;

/** The client's end, as far as events need it. */
export interface EventSocket {
  /** Sends a text frame, and calls back when the network has taken it, or never will. */
  send(text: string, onTaken?: () => void): void;
  /** Ends the connection with a close frame. */
  close(code: number): void;
  /** Ends it without one. */
  terminate(): void;
}

/** Numbers and writes a session's events. After its end it says nothing. */
export class EventSender {
  readonly #socket: EventSocket;
  readonly #play: ScriptPlay | undefined;
  #isOpen = true;

  /** With a script, what is said goes wrong as that says. */
  constructor(socket: EventSocket, script?: RealtimeScript) {
    this.#socket = socket;
    this.#play = script && new ScriptPlay(script);
  }

  /** Sends an event. Resolves when the network has taken it: who has much to send waits for that. */
  send(event: ServerEvent): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    const numbered = { event_id: newId("event"), ...event } as WireServerEvent;
    if (this.#play === undefined) return this.#write(JSON.stringify(numbered));
    const writes: Promise<void>[] = [];
    for (const action of this.#play.actionsFor(numbered)) {
      if (!this.#isOpen) break;
      if ("send" in action) writes.push(this.#write(action.send));
      else if ("close" in action) this.end(() => this.#socket.close(action.close));
      else this.end(() => this.#socket.terminate());
    }
    return Promise.all(writes).then(() => undefined);
  }

  /** Says nothing more. */
  end(farewell: () => void = () => undefined): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    farewell();
  }

  #write(text: string): Promise<void> {
    return new Promise((resolve) => this.#socket.send(text, () => resolve()));
  }
}
