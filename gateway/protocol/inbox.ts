import { GatewayError } from "../errors.ts";

/** The client's end, as far as its messages need it. */
export interface InboxSocket {
  /** Stops reading, so that the network holds the client back. */
  pause(): void;
  /** Reads again. */
  resume(): void;
}

/** What an inbox is told when it begins. */
export interface InboxOptions {
  /** Where the messages come from. */
  readonly socket: InboxSocket;
  /** How long the client may say nothing, in ms. */
  readonly idleLimitMs: number;
  /** A message could not be handled, or the client was silent for too long. Closes the inbox, if it is wise. */
  readonly onFailure: (error: unknown) => void;
}

/** Text that may wait before the socket is paused: 30 s of 16 kHz audio in base64. */
const MAX_WAITING_CHARS = 30 * 16_000 * 2 * (4 / 3);
/** What a message weighs besides its text, so that a flood of empty ones is held back too. */
const MESSAGE_CHARS = 64;

/** A client's messages: handled strictly one after another, whatever each of them awaits; too many hold the client back. */
export class Inbox {
  readonly #socket: InboxSocket;
  readonly #onFailure: InboxOptions["onFailure"];
  readonly #idleTimer: NodeJS.Timeout;
  #tail: Promise<void> = Promise.resolve();
  #waitingChars = 0;
  #isPaused = false;
  #isOpen = true;

  constructor({ socket, idleLimitMs, onFailure }: InboxOptions) {
    this.#socket = socket;
    this.#onFailure = onFailure;
    this.#idleTimer = setTimeout(() => {
      onFailure(new GatewayError("idle", "Session closed due to agent inactivity"));
    }, idleLimitMs);
  }

  /** Takes a message of this many characters; `handle` is called in its turn, unless the inbox is closed by then. */
  add(chars: number, handle: () => Promise<void>): void {
    if (!this.#isOpen) return;
    this.#idleTimer.refresh();
    this.#weigh(chars + MESSAGE_CHARS);
    this.#tail = this.#tail.then(async () => {
      if (!this.#isOpen) return;
      try {
        await handle();
        this.#weigh(-chars - MESSAGE_CHARS);
      } catch (error) {
        this.#onFailure(error);
      }
    });
  }

  /** Handles nothing more, and reads again: a paused socket would never read the client's answer to a close frame. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#idleTimer);
    if (this.#isPaused) this.#socket.resume();
  }

  #weigh(chars: number): void {
    this.#waitingChars += chars;
    if (!this.#isOpen) return;
    const isFull = this.#waitingChars > (this.#isPaused ? MAX_WAITING_CHARS / 2 : MAX_WAITING_CHARS);
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#socket.pause();
    else this.#socket.resume();
  }
}
