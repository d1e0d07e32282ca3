import { samplesToMs } from "../../audio/units.ts";
import type { Clock } from "../../net/clock.ts";
import type { SpeechStream, SpeechStreamHealth, SpeechStreamOptions, Stt } from "../contract.ts";
import type { SpeechData, SpeechEvent } from "../speech-event.ts";
import { providerFailure } from "./provider-failure.ts";
import { UtteranceCutter, type Utterance } from "./utterance-cutter.ts";

/** What a batch stream is made of. */
export interface BatchSpeechStreamParts {
  /** Its `recognize()` does the work. */
  readonly stt: Stt;
  /** Longer utterances are cut. */
  readonly maxUtteranceSamples: number;
  /** How much audio may wait for its request; what is older is lost. */
  readonly maxWaitingSamples: number;
  /** Whether the gate opens because somebody speaks. */
  readonly opensOnSpeech: boolean;
  readonly clock: Clock;
}

interface Request extends Utterance {
  readonly segmentId: number;
  /** Whether its speech has ended, or goes on in another piece. */
  readonly isLast: boolean;
}

/*
 *   push ─▶ UtteranceCutter ──flush, or too long──▶ waiting ──one at a time──▶ recognize() ─▶ usage, metrics, final
 *
 * A segment is settled when the gate has closed and none of its requests is left. `recognize()` retries by itself; when
 * it gives up, the stream has failed.
 */

/** Recognises each utterance as a whole, once it has ended. */
export class BatchSpeechStream implements SpeechStream {
  readonly #parts: BatchSpeechStreamParts;
  readonly #options: SpeechStreamOptions;
  readonly #ended = new AbortController();
  readonly #cutter: UtteranceCutter;
  readonly #waiting: Request[] = [];
  #running: Request | undefined;
  /** Unsettled segments; true once the gate has closed. */
  readonly #segments = new Map<number, boolean>();
  #open: { readonly segmentId: number; isFlushed: boolean } | undefined;
  #isSpeaking = false;
  #requestCount = 0;
  #finalCount = 0;
  #onIdle: (() => void) | undefined;

  /** Opens nothing. */
  constructor(parts: BatchSpeechStreamParts, options: SpeechStreamOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#cutter = new UtteranceCutter(parts.maxUtteranceSamples, (piece) => this.#request(piece, false));
    const { signal } = options;
    if (signal.aborted) this.#end();
    else signal.addEventListener("abort", () => this.#end(), { once: true, signal: this.#ended.signal });
  }

  get health(): SpeechStreamHealth {
    return {
      connection: this.#ended.signal.aborted ? "ended" : this.#running ? "open" : "dormant",
      waitingSamples: this.#cutter.lengthSamples + lengthOf(this.#waiting),
      unansweredSamples: this.#running?.samples.length ?? 0,
      attempts: this.#requestCount,
      skippedMessages: 0,
    };
  }

  openSegment(segmentId: number): void {
    if (this.#ended.signal.aborted) return;
    this.#open = { segmentId, isFlushed: false };
    this.#segments.set(segmentId, false);
    if (this.#parts.opensOnSpeech) this.startSpeech();
  }

  push(startSample: number, samples: Float32Array): void {
    if (this.#open && !this.#ended.signal.aborted) this.#cutter.push(startSample, samples);
  }

  flush(): void {
    if (!this.#open || this.#ended.signal.aborted) return;
    this.#open.isFlushed = true;
    const utterance = this.#cutter.take();
    if (utterance || this.#isSpeaking) this.#endSpeech();
    if (utterance) this.#request(utterance, true);
  }

  closeSegment(): void {
    if (!this.#open || this.#ended.signal.aborted) return;
    // What follows the end of speech is silence: speech that had resumed would have ended with another flush.
    if (this.#open.isFlushed) this.#cutter.take();
    else this.flush();
    this.#segments.set(this.#open.segmentId, true);
    this.#open = undefined;
    this.#settle();
  }

  advance(): void {
    // Requests go by the wall clock.
  }

  async finish(limitMs: number): Promise<void> {
    if (this.#open) {
      this.flush();
      this.closeSegment();
    }
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.schedule(limitMs, resolve);
      this.#onIdle = () => {
        if (this.#running && !this.#ended.signal.aborted) return;
        cancel();
        resolve();
      };
      this.#onIdle();
    });
    this.#loseAll();
    this.#end();
  }

  /** Says that speech has begun, if it had not. */
  startSpeech(startSample?: number): void {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    this.#emit({ type: "start-of-speech", ...(startSample === undefined ? {} : { startSample }) });
  }

  #endSpeech(): void {
    this.startSpeech();
    this.#isSpeaking = false;
    this.#emit({ type: "end-of-speech" });
  }

  #request(utterance: Utterance, isLast: boolean): void {
    if (!this.#open) return;
    this.#waiting.push({ ...utterance, segmentId: this.#open.segmentId, isLast });
    while (this.#waiting.length > 1 && lengthOf(this.#waiting) > this.#parts.maxWaitingSamples) {
      this.#lose(this.#waiting.shift(), "unsent");
    }
    this.#settle();
    if (!this.#running) this.#next();
  }

  #next(): void {
    const request = this.#waiting.shift();
    if (request && !this.#ended.signal.aborted) void this.#recognize(request);
  }

  async #recognize(request: Request): Promise<void> {
    const { segmentId, startSample, samples, isLast } = request;
    const { stt, clock } = this.#parts;
    const { connection } = this.#options;
    this.#running = request;
    this.#requestCount += 1;
    const requestId = `utterance-${this.#requestCount}`;
    this.#emit({ type: "audio-sent", segmentId, startSample, lengthSamples: samples.length });
    if (isLast) this.#emit({ type: "flush-sent", segmentId });
    const sentMs = clock.nowMs();
    let data: SpeechData;
    try {
      const signal = this.#ended.signal;
      data = await stt.recognize(samples, { startSample, signal, ...(connection ? { connection } : {}) });
    } catch (cause) {
      return this.#fail(cause);
    }
    if (this.#ended.signal.aborted) return;
    this.#running = undefined;
    this.#bill(request, requestId, clock.nowMs() - sentMs);
    if (data.text.trim() !== "") {
      const transcriptId = ++this.#finalCount;
      this.#emit({ type: "final-transcript", segmentId, transcriptId, data, requestId });
    }
    this.#settle();
    this.#next();
    this.#onIdle?.();
  }

  #bill({ samples }: Request, requestId: string, durationMs: number): void {
    const { model, provider } = this.#parts.stt;
    const audioMs = samplesToMs(samples.length);
    this.#emit({ type: "recognition-usage", audioSamples: samples.length, requestId });
    const metrics = { provider, model, requestId, audioMs, durationMs, isStreamed: false };
    this.#emit({ type: "metrics-collected", metrics });
  }

  #settle(): void {
    for (const [segmentId, isClosed] of [...this.#segments]) {
      const isLeft = [this.#running, ...this.#waiting].some((request) => request?.segmentId === segmentId);
      if (!isClosed || isLeft) continue;
      this.#segments.delete(segmentId);
      this.#emit({ type: "segment-settled", segmentId });
    }
  }

  #fail(cause: unknown): void {
    if (this.#ended.signal.aborted) return;
    this.#loseAll();
    this.#end();
    this.#options.onEvent({ type: "failed", error: providerFailure(cause) });
  }

  #loseAll(): void {
    this.#lose(this.#running, "unanswered");
    for (const request of this.#waiting.splice(0)) this.#lose(request, "unsent");
    this.#lose(this.#cutter.take(), "unsent");
  }

  #lose(utterance: Utterance | undefined, cause: "unsent" | "unanswered"): void {
    if (!utterance) return;
    const { startSample, samples } = utterance;
    this.#emit({ type: "audio-lost", startSample, lengthSamples: samples.length, cause });
  }

  #emit(event: SpeechEvent): void {
    if (!this.#ended.signal.aborted) this.#options.onEvent(event);
  }

  #end(): void {
    this.#ended.abort();
    this.#running = undefined;
    this.#onIdle?.();
  }
}

function lengthOf(utterances: readonly Utterance[]): number {
  return utterances.reduce((sum, { samples }) => sum + samples.length, 0);
}
