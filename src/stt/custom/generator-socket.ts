import { fromPcm16, pcm16FromBytes } from "../../audio/pcm16.ts";
import { samplesToMs } from "../../audio/units.ts";
import type { Clock } from "../../net/clock.ts";
import { SOCKET_OPEN, type SocketLike } from "../../net/socket.ts";
import { FINISH, FLUSH } from "./generator-codec.ts";
import { providerFailed } from "./provider-failed.ts";
import { pump } from "./pump.ts";

/** What a recogniser in the page hears, in order. Times count what this call of it was given, from 0. */
export type RecognizerInput =
  /** Mono, -1..1, at 16 kHz; without a break, also where the gate was closed between. */
  | { readonly type: "audio"; readonly startMs: number; readonly samples: Float32Array<ArrayBuffer> }
  /** Speech has ended: its text is wanted now. Answered by a `final`, or by `flushed` if there is no text. */
  | { readonly type: "flush" };

/** What a recogniser in the page is called with. */
export interface RecognizerContext {
  /** BCP 47 tag. */
  readonly language: string;
  /** Aborted when nothing more is wanted; the audio then throws its reason. Hand it to what you wait for. */
  readonly signal: AbortSignal;
}

/** A recogniser in the page: an async generator, most often, from what is heard to what is said. */
export type Recognizer<Output> = (
  audio: AsyncIterable<RecognizerInput>,
  context: RecognizerContext,
) => AsyncIterable<Output>;

const CONNECTING = 0;
const CLOSED = 3;

/** A generator cannot be half-open, however long it thinks: it says so this often, which is sooner than the stream doubts. */
const HEARTBEAT_MS = 4_000;

/** A recogniser in the page that looks like a server: so it gets retries, replays and times as any other. */
export class GeneratorSocket implements SocketLike {
  readonly #recognize: Recognizer<unknown>;
  readonly #language: string;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #listeners: { readonly type: string; readonly listener: (event: never) => void }[] = [];
  readonly #inputs: RecognizerInput[] = [];
  #isOpen = false;
  #hasFinished = false;
  #givenSamples = 0;
  #waitingBytes = 0;
  /** Wakes the recogniser, if it waits for more. */
  #wake: (() => void) | undefined;
  #cancelBeat: (() => void) | undefined;

  constructor(recognize: Recognizer<unknown>, language: string, clock: Clock) {
    this.#recognize = recognize;
    this.#language = language;
    this.#clock = clock;
    queueMicrotask(() => this.#open());
  }

  get readyState(): number {
    return this.#closed.signal.aborted ? CLOSED : this.#isOpen ? SOCKET_OPEN : CONNECTING;
  }

  /** What the recogniser has not asked for yet. */
  get bufferedAmount(): number {
    return this.#waitingBytes;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.push({ type, listener });
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (message === FLUSH) this.#inputs.push({ type: "flush" });
    else if (message === FINISH) this.#hasFinished = true;
    else if (typeof message !== "string") {
      const samples = fromPcm16(pcm16FromBytes(message));
      this.#inputs.push({ type: "audio", startMs: samplesToMs(this.#givenSamples), samples });
      this.#givenSamples += samples.length;
      this.#waitingBytes += message.length;
    }
    this.#wake?.();
  }

  close(code = 1_000): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#cancelBeat?.(); // here, since one that hangs never returns
    this.#wake?.();
    this.#tell("close", { code, reason: "" });
  }

  #open(): void {
    if (this.#closed.signal.aborted) return;
    this.#isOpen = true;
    this.#beat();
    this.#tell("open", {});
    void this.#run();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    try {
      const outputs = this.#recognize(this.#hear(), { language: this.#language, signal });
      await pump(outputs, signal, (data) => this.#tell("message", { data }));
      // Who has asked for the end hangs up when it is answered.
      if (this.#hasFinished) this.#tell("message", { data: { type: "flushed" } });
      else this.close();
    } catch (cause) {
      this.#tell("message", { data: providerFailed(cause) });
      this.close();
    }
  }

  async *#hear(): AsyncGenerator<RecognizerInput> {
    const { signal } = this.#closed;
    for (;;) {
      signal.throwIfAborted();
      const input = this.#inputs.shift();
      if (input?.type === "audio") this.#waitingBytes -= 2 * input.samples.length;
      if (input) yield input;
      else if (this.#hasFinished) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #beat(): void {
    this.#cancelBeat = this.#clock.schedule(HEARTBEAT_MS, () => {
      this.#tell("message", { data: undefined });
      this.#beat();
    });
  }

  #tell(type: string, event: object): void {
    for (const one of this.#listeners) if (one.type === type) one.listener(event as never);
  }
}
