import { WebSocket } from "ws";
import type { VirtualTime } from "./virtual-time.ts";

/** Who hears what comes out of a {@link RealSocket}. */
export interface RealSocketUser {
  onOpen(): void;
  onMessage(text: string): void;
  onClose(code: number, reason: string): void;
}

const ASKS = /"type":"session\.(create|finalize)"/;
const ANSWERS = /"type":"session\.(created|finalized)"/;

/** A real connection to a real gateway. Time stands still until what was sent has been answered. */
export class RealSocket {
  readonly #socket: WebSocket;
  readonly #waitsForAnswers: boolean;
  readonly #forget: () => void;
  #isUnsettled = false;
  #unanswered = 0;
  #pongs = 0;
  #wake: (() => void) | undefined;

  /** `waitsForAnswers`: a greeting or a finalize is answered by something that really computes. */
  constructor(
    url: string,
    protocols: readonly string[],
    time: VirtualTime,
    waitsForAnswers: boolean,
    user: RealSocketUser,
  ) {
    this.#waitsForAnswers = waitsForAnswers;
    this.#socket = new WebSocket(url, [...protocols], { perMessageDeflate: false });
    this.#forget = time.settleWith(() => this.#settle());
    this.#socket.on("error", () => undefined); // always followed by "close"
    this.#socket.on("pong", () => {
      this.#pongs += 1;
      this.#wake?.();
    });
    this.#socket.on("message", (message: Buffer) => {
      const text = message.toString();
      if (waitsForAnswers && ANSWERS.test(text)) this.#unanswered -= 1;
      this.#wake?.();
      user.onMessage(text);
    });
    const decided = new Promise<void>((resolve) => {
      this.#socket.on("open", () => {
        this.#isUnsettled = true; // a refusal may follow at once
        user.onOpen();
        resolve();
      });
      this.#socket.on("close", (code: number, reason: Buffer) => {
        this.#forget();
        this.#wake?.();
        user.onClose(code, reason.toString());
        resolve();
      });
    });
    void time.during(decided);
  }

  /** True until the operating system has let go of it. */
  get isThere(): boolean {
    return this.#socket.readyState !== WebSocket.CLOSED;
  }

  /** Sends, unless the gateway has closed meanwhile. */
  send(text: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#isUnsettled = true;
    if (this.#waitsForAnswers && ASKS.test(text)) this.#unanswered += 1;
    this.#socket.send(text);
  }

  /** Closes with a handshake. */
  close(code: number | undefined): void {
    this.#isUnsettled = true;
    this.#socket.close(code);
  }

  /** Closes without one. */
  terminate(): void {
    this.#socket.terminate();
  }

  #settle(): Promise<void> | undefined {
    if (!this.#isUnsettled) return undefined;
    this.#isUnsettled = false;
    return this.#answered();
  }

  /** A reply may be one promise behind the first pong, and is before the second. */
  async #answered(): Promise<void> {
    const heard = (): Promise<void> => new Promise((resolve) => (this.#wake = resolve));
    for (let round = 1; round <= 2; round++) {
      const due = this.#pongs + 1;
      if (this.isThere) this.#socket.ping();
      while (this.isThere && this.#pongs < due) await heard();
    }
    while (this.isThere && this.#unanswered > 0) await heard();
  }
}
