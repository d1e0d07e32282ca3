import { SOCKET_OPEN, type SocketLike } from "../net/socket.ts";
import { describeMatcher, describeMessage, matches, type Matcher } from "./matcher.ts";
import { parseSent, ScriptedClose, toWire, type Reply, type SentMessage } from "./scripted-message.ts";

const CONNECTING = 0;
const OPEN = SOCKET_OPEN;
const CLOSING = 2;
const CLOSED = 3;

/** The close code of a connection that broke, or never came about. */
const BROKEN = 1006;
const LONGEST_REASON_BYTES = 123;

/** A message that a socket waits for. */
export interface Expectation {
  /** What the server says then, in order; nothing, if this is never called. */
  reply(...replies: readonly Reply[]): void;
}

interface Step {
  readonly matcher: Matcher;
  readonly replies: Reply[];
}

interface Events {
  open: object;
  error: object;
  message: { readonly data: string | ArrayBuffer };
  close: { readonly code: number; readonly reason: string; readonly wasClean: boolean };
}

type Listeners = { readonly [Type in keyof Events]: ((event: Events[Type]) => void)[] };

/*
 *   connecting ──open──▶ open ──close (by the client)──▶ closing ──drop──▶ closed
 *       ╰────────────────────────drop────────────────────────────────────────▲
 */

/**
 * A socket without a network: one end is the client's, the other the test's. It refuses, discards and closes as a
 * browser's does.
 *
 * - The client's: `send` throws while connecting, and drops silently when closing or closed. `close` leaves it closing,
 *   and messages still arrive, until the test says `drop`. What is sent leaves the buffer at once, unless it is stalled.
 * - The test's: `open`, `say` and `drop` take effect at once; what `expect(…).reply(…)` promised comes in microtasks.
 *
 * @see https://websockets.spec.whatwg.org/
 */
export class ScriptedSocket implements SocketLike {
  /** Where the client wanted to connect. */
  readonly url: string;
  /** The subprotocols that it offered. */
  readonly protocols: readonly string[];
  /** All that the client sent while the socket was open, oldest first. */
  readonly sent: SentMessage[] = [];
  /** What of it has left the buffer, and so has reached the server. */
  readonly received: SentMessage[] = [];
  readonly #listeners: Listeners = { open: [], error: [], message: [], close: [] };
  readonly #script: Step[] = [];
  /** How many bytes of each message that was not received yet are still to leave. */
  readonly #waitingBytes: number[] = [];
  #readyState = CONNECTING;
  #bufferedBytes = 0;
  #isStalled = false;
  #closeCode: number | undefined;
  #closeReason: string | undefined;

  /** Makes one that is connecting. */
  constructor(url = "ws://scripted.test/", protocols: readonly string[] = []) {
    this.url = url;
    this.protocols = protocols;
  }

  get readyState(): number {
    return this.#readyState;
  }

  get bufferedAmount(): number {
    return this.#bufferedBytes;
  }

  /** What the client closed with: 1005 if it gave no code, `undefined` if it did not close. */
  get closeCode(): number | undefined {
    return this.#closeCode;
  }

  /** The reason that the client closed with; `undefined` if it did not close. */
  get closeReason(): string | undefined {
    return this.#closeReason;
  }

  /** The `type` of each message that was sent; `text` and `binary` for what has none. */
  get types(): string[] {
    return this.sent.map((message) => {
      if (message instanceof Uint8Array) return "binary";
      return typeof message !== "string" && typeof message["type"] === "string" ? message["type"] : "text";
    });
  }

  addEventListener<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): void {
    this.#listeners[type].push(listener);
  }

  send(message: string | Uint8Array): void {
    if (this.#readyState === CONNECTING) throw new DOMException("The socket is still connecting", "InvalidStateError");
    const bytes = bytesIn(message);
    this.#bufferedBytes += bytes;
    if (this.#readyState !== OPEN) return; // dropped, and yet counted, as in browsers
    this.sent.push(parseSent(message));
    this.#waitingBytes.push(bytes);
    if (!this.#isStalled) this.#leave(Number.POSITIVE_INFINITY);
  }

  close(code?: number, reason = ""): void {
    if (code !== undefined && code !== 1000 && !(code >= 3_000 && code <= 4_999)) {
      throw new DOMException(`The code must be 1000 or in 3000..4999, got ${code}`, "InvalidAccessError");
    }
    if (bytesIn(reason) > LONGEST_REASON_BYTES) {
      throw new DOMException(`The reason must have at most ${LONGEST_REASON_BYTES} bytes`, "SyntaxError");
    }
    if (this.#readyState >= CLOSING) return;
    this.#readyState = CLOSING;
    this.#closeCode = code ?? 1005;
    this.#closeReason = reason;
  }

  /** The connection comes about, unless the client has closed. @throws Error if it is open. */
  open(): void {
    if (this.#readyState === OPEN) throw new Error("The socket is open");
    if (this.#readyState !== CONNECTING) return;
    this.#readyState = OPEN;
    this.#tell("open", {});
  }

  /** Opens in the next microtask, when the client listens. */
  accept(): void {
    queueMicrotask(() => this.open());
  }

  /**
   * The server says something, whether or not the client is closing; nothing arrives on a socket that is closed.
   *
   * @throws Error if it is still connecting.
   */
  say(...replies: readonly Reply[]): void {
    if (this.#readyState === CONNECTING) throw new Error("Nothing can arrive on a socket that is still connecting");
    for (const reply of replies) {
      if (this.#readyState === CLOSED) return;
      if (reply instanceof ScriptedClose) this.drop(reply.code, reply.reason);
      else this.#tell("message", { data: toWire(reply) });
    }
  }

  /**
   * The connection is over, and what had not left the buffer is lost. Without a code it broke, or was refused: the
   * client hears of an error first. Nothing happens to one that is closed.
   */
  drop(code: number = BROKEN, reason = ""): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.#waitingBytes.length = 0;
    if (code === BROKEN) this.#tell("error", {});
    this.#tell("close", { code, reason, wasClean: code !== BROKEN });
  }

  /**
   * Waits for a message, after those that were expected before it; others may come between.
   *
   * @example socket.expect("session.finalize").reply({ type: "final_transcript", transcript: "go" }, closeWith(1000));
   */
  expect(matcher: Matcher): Expectation {
    const replies: Reply[] = [];
    this.#script.push({ matcher, replies });
    return { reply: (...more) => void replies.push(...more) };
  }

  /** @throws Error naming what was expected and has not come, and what has. */
  verify(): void {
    if (this.#script.length === 0) return;
    const missing = this.#script.map(({ matcher }) => describeMatcher(matcher)).join(", ");
    const received = this.received.map(describeMessage).join(", ");
    throw new Error(`${this.url} never received: ${missing}. It received: ${received || "nothing"}`);
  }

  /** From now on nothing leaves the buffer by itself, as when the network is slow or gone. */
  stall(): void {
    this.#isStalled = true;
  }

  /** Lets so many bytes leave the buffer; left out, all of them, and from then on each message by itself. */
  drain(bytes?: number): void {
    if (bytes !== undefined) return this.#leave(bytes);
    this.#isStalled = false;
    this.#leave(Number.POSITIVE_INFINITY);
  }

  #leave(bytes: number): void {
    let left = bytes;
    while (left > 0 && this.#waitingBytes[0] !== undefined) {
      const leaving = Math.min(left, this.#waitingBytes[0]);
      left -= leaving;
      this.#bufferedBytes -= leaving;
      this.#waitingBytes[0] -= leaving;
      if (this.#waitingBytes[0] > 0) return;
      this.#waitingBytes.shift();
      this.#receive(this.sent[this.received.length]!);
    }
  }

  #receive(message: SentMessage): void {
    this.received.push(message);
    const step = this.#script[0];
    if (!step || !matches(step.matcher, message)) return;
    this.#script.shift();
    for (const reply of step.replies) queueMicrotask(() => this.say(reply));
  }

  #tell<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    for (const listener of [...this.#listeners[type]]) listener(event);
  }
}

/** Bytes on the wire, those of the frame left out. */
function bytesIn(message: string | Uint8Array): number {
  return typeof message === "string" ? new TextEncoder().encode(message).length : message.length;
}
