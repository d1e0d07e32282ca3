import type { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import { SOCKET_OPEN, type SocketLike } from "../../net/socket.ts";

/** What is said when nothing else is. */
export interface KeepAlive {
  /** Silence after which it is said, in ms, above 0. */
  readonly everyMs: number;
  /** The message. */
  readonly message: string;
}

/**
 * A socket for codecs of the app's own: an empty message is not sent, bytes come as `ArrayBuffer`, the connection is
 * kept alive, and an error of the codec's can be told as if the server had sent it.
 */
export class CustomSocket implements SocketLike {
  readonly #socket: SocketLike;
  readonly #clock: Clock;
  readonly #keepAlive: KeepAlive | undefined;
  readonly #listeners: ((event: { readonly data: unknown }) => void)[] = [];
  #cancel: (() => void) | undefined;

  /** Takes over a socket that is connecting. */
  constructor(socket: SocketLike, clock: Clock, keepAlive?: KeepAlive) {
    this.#socket = socket;
    this.#clock = clock;
    this.#keepAlive = keepAlive;
    if ("binaryType" in socket) socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#wait());
    socket.addEventListener("close", () => this.#cancel?.());
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === "message") this.#listeners.push(listener as (event: { readonly data: unknown }) => void);
    this.#socket.addEventListener(type as "message", listener as () => void);
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (message.length === 0) return;
    this.#socket.send(message);
    this.#wait();
  }

  close(code?: number, reason?: string): void {
    this.#cancel?.();
    this.#socket.close(code, reason);
  }

  /** Tells an error in place of a message, when whoever is sending is done. */
  fail(error: VoiceError): void {
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener({ data: error });
    });
  }

  #wait(): void {
    this.#cancel?.();
    const keepAlive = this.#keepAlive;
    if (!keepAlive) return;
    this.#cancel = this.#clock.schedule(keepAlive.everyMs, () => {
      if (this.readyState === SOCKET_OPEN) this.send(keepAlive.message);
    });
  }
}
