import { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import { opened, SOCKET_OPEN, type OpenSocket, type SocketLike } from "../../net/socket.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import { fetchToken, type TokenFunction, type TokenReason } from "../../net/token.ts";
import type { OverlapStream, OverlapStreamOptions } from "../overlap-detector.ts";
import { decodeBargein, encodeClose, encodeCreate, encodeWindow, type BargeinMessage } from "./bargein-codec.ts";
import { OverlapJudge } from "./overlap-judge.ts";

/** How the model is reached, and what it is told. */
export interface BargeinParts {
  readonly token: TokenFunction;
  /** The absolute URL of the socket below a base, or below the configured one. */
  readonly urlOf: (base: string | URL | undefined) => string;
  readonly minFrames: number;
  readonly threshold: number | undefined;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
}

/** With more than that waiting in the socket, a window would only make the next one later: 1 s of audio. */
const MOST_BUFFERED_BYTES = 32_000;

/*
 *   connecting ──opened──▶ open ──closed while nothing is asked──▶ dormant ──agent heard──▶ connecting
 *       │                   │
 *       ╰───────────────────┴── any failure ──▶ ended, told once
 */

/** One run of adaptive interruption: token, socket and judge. Connects at once; tries nothing twice. */
export class BargeinStream implements OverlapStream {
  readonly #parts: BargeinParts;
  readonly #options: OverlapStreamOptions;
  readonly #judge: OverlapJudge;
  readonly #ended = new AbortController();
  #socket: SocketLike | undefined;
  #state: "connecting" | "open" | "dormant" = "dormant";
  #isCreated = false;
  #attempts = 0;

  constructor(parts: BargeinParts, options: OverlapStreamOptions) {
    this.#parts = parts;
    this.#options = options;
    const { minFrames, answerTimeoutMs, clock } = parts;
    this.#judge = new OverlapJudge({
      minFrames,
      answerTimeoutMs,
      nowMs: () => clock.nowMs(),
      send: (createdAt, pcm) => this.#send(createdAt, pcm),
      onVerdict: (verdict) => options.onVerdict(verdict),
      onLate: (waitedMs) => {
        const message = `The model of adaptive interruption did not answer for ${Math.round(waitedMs)} ms`;
        this.#fail(new VoiceError("gateway-timeout", message));
      },
    });
    options.signal.addEventListener("abort", () => this.close(), { once: true, signal: this.#ended.signal });
    if (options.signal.aborted) this.close();
    else void this.#connect("connect");
  }

  agentHeard(isHeard: boolean, at: number): void {
    if (this.#isEnded) return;
    if (isHeard && this.#state === "dormant") void this.#connect("reconnect");
    this.#judge.agentHeard(isHeard, at);
  }

  userStarted(startSample: number): void {
    if (!this.#isEnded) this.#judge.userStarted(startSample);
  }

  userEnded(at: number): void {
    if (!this.#isEnded) this.#judge.userEnded(at);
  }

  push(startSample: number, samples: Float32Array): void {
    if (!this.#isEnded) this.#judge.push(startSample, samples);
  }

  close(): void {
    if (this.#isEnded) return;
    this.#ended.abort();
    if (this.#socket?.readyState === SOCKET_OPEN) this.#socket.send(encodeClose());
    this.#socket?.close(1000);
  }

  get #isEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  async #connect(reason: TokenReason): Promise<void> {
    const { token, urlOf, openSocket, clock, connectTimeoutMs, minFrames, threshold } = this.#parts;
    this.#state = "connecting";
    this.#isCreated = false;
    const late = new AbortController();
    const calm = clock.schedule(connectTimeoutMs, () => late.abort());
    const signal = AbortSignal.any([this.#ended.signal, late.signal]);
    try {
      const given = await fetchToken(token, { signal, attempt: ++this.#attempts, reason });
      const url = urlOf(given.url);
      const socket = openSocket(url, ["vivavoce", `bearer.${given.token}`]);
      this.#socket = socket;
      socket.addEventListener("message", ({ data }) => this.#receive(data));
      let closeCode: number | undefined;
      socket.addEventListener("close", ({ code }) => this.#closed((closeCode = code)));
      await opened(socket, url, signal);
      if (this.#isEnded) return;
      this.#state = "open";
      if (closeCode === undefined) socket.send(encodeCreate(minFrames, threshold));
      else this.#closed(closeCode); // in the same breath as the opening
    } catch (cause) {
      const tooLate = `The gateway of adaptive interruption did not answer within ${connectTimeoutMs} ms`;
      this.#fail(late.signal.aborted ? new VoiceError("gateway-timeout", tooLate, { cause }) : asVoiceError(cause));
    } finally {
      calm();
    }
  }

  #send(createdAt: number, pcm: Int16Array<ArrayBuffer>): boolean {
    const socket = this.#socket;
    if (this.#state !== "open" || socket?.readyState !== SOCKET_OPEN) return false;
    if (socket.bufferedAmount > MOST_BUFFERED_BYTES) return false;
    socket.send(encodeWindow(createdAt, pcm));
    return true;
  }

  #receive(data: unknown): void {
    if (this.#isEnded) return;
    let message: BargeinMessage | undefined;
    try {
      message = decodeBargein(data);
    } catch {
      return; // makes no sense; if nothing else comes, the answer is late
    }
    if (message?.type === "answer") this.#judge.answered(message, this.#options.now());
    else if (message?.type === "failed") this.#fail(message.error);
    else if (message?.type === "created") this.#created(message.defaultThreshold);
  }

  #created(defaultThreshold: number | undefined): void {
    this.#isCreated = true;
    if (this.#parts.threshold !== undefined || defaultThreshold !== undefined) return;
    this.#fail(new VoiceError("gateway-rejected", "Adaptive interruption needs a threshold: the gateway has none"));
  }

  /** Nobody spoke for long: it comes back when the agent speaks. Anything else is a failure. */
  #closed(code: number): void {
    if (this.#isEnded || this.#state === "connecting") return;
    this.#socket = undefined;
    this.#state = "dormant";
    const isStatus = code >= 4_400 && code < 4_600;
    if (this.#isCreated && !this.#judge.isOpen && !isStatus) return;
    const message = `The gateway of adaptive interruption closed the connection unexpectedly (code ${code})`;
    this.#fail(isStatus ? errorOfStatus(code, message) : new VoiceError("gateway-lost", message));
  }

  #fail(error: VoiceError): void {
    if (this.#isEnded) return;
    this.close();
    this.#options.onFailed(error);
  }
}

function asVoiceError(cause: unknown): VoiceError {
  return cause instanceof VoiceError ? cause : new VoiceError("gateway-unreachable", String(cause), { cause });
}
