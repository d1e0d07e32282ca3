/*
 *   client ──send──▶ queue ──line, so many bytes a ms──▶ on its way ──latency──▶ real socket ─▶ gateway
 *   client ◀──page── arrived ◀──latency──────────────────────────────────────── real socket ◀─ gateway
 *
 * `bufferedAmount` is the queue. A cut loses what is on its way, in both directions.
 */
import { WebSocket } from "ws";
import type { SocketLike } from "../../src/net/socket.ts";
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
const ASKS = /"type":"session\.(create|finalize)"/;
const ANSWERS = /"type":"session\.(created|finalized)"/;

/** A browser's socket on a bad line: a real one behind a model of the network. */
export class FaultySocket implements SocketLike {
  readyState = CONNECTING;
  bufferedAmount = 0;
  readonly #time: VirtualTime;
  readonly #line: Line;
  readonly #watcher: SocketWatcher;
  readonly #listeners: { readonly type: string; readonly listener: Listener }[] = [];
  readonly #queue: Up[] = [];
  #real: WebSocket | undefined;
  #isTransmitting = false;
  #lastUpMs = 0;
  #lastDownMs = 0;
  #stalledUntilMs = 0;
  #isDead = false;
  #vanishedBytes = 0;
  #isCut = false;
  #needsSettling = false;
  #unanswered = 0;
  #wakeSettler: (() => void) | undefined;
  readonly #forgetSettler: () => void;

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
    this.#forgetSettler = time.settleWith(() => this.#settle());
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
    return this.#real !== undefined && this.#real.readyState !== WebSocket.CLOSED;
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
    const real = new WebSocket(url, [...protocols], { perMessageDeflate: false });
    this.#real = real;
    real.on("error", () => undefined); // always followed by "close"
    real.on("message", (message: Buffer) => this.#fromGateway(message.toString()));
    real.on("pong", () => this.#wakeSettler?.());
    const ready = new Promise<void>((resolve) => {
      real.on("open", () => {
        this.#needsSettling = true;
        this.#down(0, () => this.#time.onPage(0, () => this.#opened()));
        resolve();
      });
      real.on("close", (code: number, reason: Buffer) => {
        this.#wakeSettler?.();
        this.#down(0, () => this.#time.onPage(0, () => this.#closed(code, reason.toString())));
        resolve();
      });
    });
    void this.#time.during(ready);
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
    this.#forgetSettler();
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
    const real = this.#real;
    if (this.#isCut || this.#isDead || !real) return;
    if (this.#time.nowMs < this.#stalledUntilMs) return this.#later(() => this.#toGateway(item));
    if (real.readyState !== WebSocket.OPEN) return;
    this.#needsSettling = true;
    if ("closeCode" in item) return real.close(item.closeCode);
    real.send(item.text);
    if (this.#line.waitsForAnswers && ASKS.test(item.text)) this.#unanswered += 1;
  }

  #fromGateway(text: string): void {
    if (this.#line.waitsForAnswers && ANSWERS.test(text)) {
      this.#unanswered -= 1;
      this.#wakeSettler?.();
    }
    const isFinal = text.includes('"final_transcript"');
    this.#down(isFinal ? this.#line.answerMs : 0, () => this.#arrive(text));
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

  /** What was sent has been answered: a reply may be one promise behind the first pong, and is before the second. */
  #settle(): Promise<void> | undefined {
    const real = this.#real;
    if (!this.#needsSettling || !real) return undefined;
    this.#needsSettling = false;
    const woken = (): Promise<void> => new Promise((resolve) => (this.#wakeSettler = resolve));
    return (async () => {
      for (let round = 0; round < 2 && real.readyState < WebSocket.CLOSED; round++) {
        const pong = woken();
        real.ping();
        await pong;
      }
      while (this.#unanswered > 0 && real.readyState < WebSocket.CLOSED) await woken();
    })();
  }

  #tell(type: string, event: object): void {
    for (const { listener } of this.#listeners.filter((one) => one.type === type)) listener(event as never);
  }
}
