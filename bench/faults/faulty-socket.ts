/*
 *   client ──send──▶ queue ──line, so many bytes a ms──▶ on its way ──latency──▶ real socket ─▶ gateway
 *   client ◀──page── arrived ◀──latency──────────────────────────────────────── real socket ◀─ gateway
 *
 * `bufferedAmount` is the queue. A cut loses what is on its way, in both directions.
 */
import type { SocketLike } from "../../src/net/socket.ts";
import { RealSocket } from "./real-socket.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** A line between page and gateway. */
export interface Line {
  /** Uplink. */
  readonly bytesPerMs: number;
  /** From one end to the other, drawn anew for each message; order is kept. */
  readonly latencyMs: () => number;
  /** How long the recogniser thinks about a final. */
  readonly answerMs: number;
  /** Time stands still until the gateway has answered a greeting or a finalize: where a recogniser really computes. */
  readonly waitsForAnswers: boolean;
}

/** Who wants to know what happens on a socket, and may break it there and then. */
export interface SocketWatcher {
  onOpen(socket: FaultySocket): void;
  onClose(socket: FaultySocket, code: number): void;
  /** The client hands over a message. */
  onSend(socket: FaultySocket, text: string): void;
  /** A message of the gateway's has come as far as the page's machine. */
  onArrival(socket: FaultySocket, text: string): void;
  /** The page has taken it up. */
  onDelivered(socket: FaultySocket, text: string): void;
}

type Up = { readonly text: string } | { readonly closeCode: number | undefined };
type Listener = (event: never) => void;

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3];
/** What the system takes off a dead line before the socket notices. */
const SYSTEM_BYTES = 65_536;
/** How long a browser waits for the other side to close, too. */
const CLOSING_LIMIT_MS = 10_000;
const LOST = 1006;

/** A browser's socket on a bad line: a real one behind a model of the network. */
export class FaultySocket implements SocketLike {
  readyState = CONNECTING;
  bufferedAmount = 0;
  readonly #time: VirtualTime;
  readonly #line: Line;
  readonly #watcher: SocketWatcher;
  readonly #listeners: { readonly type: string; readonly listener: Listener }[] = [];
  readonly #queue: Up[] = [];
  #real: RealSocket | undefined;
  #isTransmitting = false;
  #lastUpMs = 0;
  #lastDownMs = 0;
  #stalledUntilMs = 0;
  #isDead = false;
  #vanishedBytes = 0;
  #isCut = false;

  /** `address`: where the gateway is when the line reaches it. */
  constructor(
    address: () => string,
    protocols: readonly string[],
    openDelayMs: number,
    time: VirtualTime,
    line: Line,
    watcher: SocketWatcher,
  ) {
    this.#time = time;
    this.#line = line;
    this.#watcher = watcher;
    time.inWorld(openDelayMs + line.latencyMs(), () => this.#connect(address(), protocols));
  }

  /** True until the page was told that it is closed. */
  get isLive(): boolean {
    return this.readyState !== CLOSED;
  }

  /** True where a fault can do harm: it is connecting or open, and not broken yet. */
  get isWhole(): boolean {
    return this.readyState <= OPEN && !this.#isCut && !this.#isDead;
  }

  /** True if the operating system still has a connection. */
  get hasRealSocket(): boolean {
    return this.#real?.isThere ?? false;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push({ type, listener });
  }

  send(message: string | Uint8Array): void {
    if (this.readyState === CONNECTING) throw new DOMException("Still connecting", "InvalidStateError");
    if (this.readyState !== OPEN) return;
    const text = String(message);
    this.bufferedAmount += text.length;
    this.#queue.push({ text });
    this.#watcher.onSend(this, text);
    this.#transmit();
  }

  close(code?: number): void {
    if (this.readyState >= CLOSING) return;
    const wasOpen = this.readyState === OPEN;
    this.readyState = CLOSING;
    if (this.#isCut) return;
    if (!wasOpen) return this.cut();
    this.#queue.push({ closeCode: code });
    this.#transmit();
    this.#time.inWorld(CLOSING_LIMIT_MS, () => this.readyState === CLOSING && this.cut());
  }

  /** The connection is lost, with all that is on its way; the page hears of it after `delayMs`. */
  cut(delayMs = 0): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#real?.terminate();
    this.#time.onPage(delayMs, () => this.#closed(LOST, ""));
  }

  /** Nothing moves for a while, then everything does. */
  stall(lengthMs: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#time.nowMs + lengthMs);
  }

  /** From now on nothing arrives anywhere, and nobody says so. */
  die(): void {
    this.#isDead = true;
  }

  /** The page is told that it is closed, and only then gets this message. */
  cutBefore(text: string): void {
    this.cut();
    this.#time.onPage(20, () => this.#tell("message", { data: text }));
  }

  /** The gateway says this of its own accord and closes. */
  dismiss(text: string, closeCode: number): void {
    this.#down(0, () => {
      this.#arrive(text);
      this.#isCut = true;
      this.#real?.terminate();
      this.#time.onPage(0, () => this.#closed(closeCode, ""));
    });
  }

  #connect(url: string, protocols: readonly string[]): void {
    if (this.#isCut) return;
    this.#real = new RealSocket(url, protocols, this.#time, this.#line.waitsForAnswers, {
      onOpen: () => this.#down(0, () => this.#time.onPage(0, () => this.#opened())),
      onMessage: (text) => {
        const isFinal = text.includes('"final_transcript"');
        this.#down(isFinal ? this.#line.answerMs : 0, () => this.#arrive(text));
      },
      onClose: (code, reason) => this.#down(0, () => this.#time.onPage(0, () => this.#closed(code, reason))),
    });
  }

  #opened(): void {
    if (this.readyState !== CONNECTING) return;
    this.readyState = OPEN;
    this.#watcher.onOpen(this);
    this.#tell("open", {});
  }

  #closed(code: number, reason: string): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.#isCut = true;
    this.#real?.terminate();
    this.#watcher.onClose(this, code);
    this.#tell("close", { code, reason });
  }

  #transmit(): void {
    const [next] = this.#queue;
    if (this.#isTransmitting || !next) return;
    this.#isTransmitting = true;
    const bytes = "text" in next ? next.text.length : 0;
    this.#time.inWorld(bytes / this.#line.bytesPerMs, () => this.#transmitted(next, bytes));
  }

  #transmitted(item: Up, bytes: number): void {
    if (this.#isCut) return;
    if (this.#time.nowMs < this.#stalledUntilMs) return this.#later(() => this.#transmitted(item, bytes));
    if (this.#isDead && (this.#vanishedBytes += bytes) > SYSTEM_BYTES) return; // and so it stays
    this.#queue.shift();
    this.bufferedAmount -= bytes;
    this.#isTransmitting = false;
    const { nowMs } = this.#time;
    this.#lastUpMs = Math.max(this.#lastUpMs, nowMs + this.#line.latencyMs());
    this.#time.inWorld(this.#lastUpMs - nowMs, () => this.#toGateway(item));
    this.#transmit();
  }

  #toGateway(item: Up): void {
    if (this.#isCut || this.#isDead) return;
    if (this.#time.nowMs < this.#stalledUntilMs) return this.#later(() => this.#toGateway(item));
    if ("closeCode" in item) this.#real?.close(item.closeCode);
    else this.#real?.send(item.text);
  }

  /** Something comes down the line, in order. */
  #down(delayMs: number, arrive: () => void): void {
    const { nowMs } = this.#time;
    this.#lastDownMs = Math.max(this.#lastDownMs, nowMs + delayMs + this.#line.latencyMs());
    const arrived = (): void => {
      if (this.#isCut || this.#isDead) return;
      if (this.#time.nowMs < this.#stalledUntilMs) this.#later(arrived);
      else arrive();
    };
    this.#time.inWorld(this.#lastDownMs - nowMs, arrived);
  }

  #arrive(text: string): void {
    this.#watcher.onArrival(this, text);
    if (this.#isCut) return;
    this.#time.onPage(0, () => {
      this.#tell("message", { data: text });
      this.#watcher.onDelivered(this, text);
    });
  }

  #later(then: () => void): void {
    this.#time.inWorld(this.#stalledUntilMs - this.#time.nowMs, then);
  }

  #tell(type: string, event: object): void {
    for (const { listener } of this.#listeners.filter((one) => one.type === type)) listener(event as never);
  }
}
