import { CAPTURE_RATE } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import type { SpeechStream, SpeechStreamHealth, SpeechStreamOptions } from "../contract.ts";
import type { BatchSpeechStream } from "./batch-speech-stream.ts";

/** A beginning or end of speech. Samples are of the capture clock, 16 kHz. */
export type SpeechBoundary =
  | { readonly type: "speech-started"; readonly startSample: number }
  | { readonly type: "speech-ended" };

/**
 * Judges the next chunk of one stream (mono, -1..1, at 16 kHz), and tells what that changed, in order; with a promise
 * where the model needs time.
 */
export type SpeechJudge = (
  startSample: number,
  samples: Float32Array,
) => readonly SpeechBoundary[] | Promise<readonly SpeechBoundary[]>;

/** Tells speech from silence, for callers that have no gate of their own. */
export interface StreamVad {
  /** Begins a new stream: nothing was heard before. */
  listen(): SpeechJudge;
}

/** Sound before the speech that belongs to it, and how much longer the judge may take to be sure of its beginning. */
const PRE_ROLL_SAMPLES = CAPTURE_RATE / 2;
const LOOK_BACK_SAMPLES = CAPTURE_RATE;

interface Chunk {
  readonly startSample: number;
  readonly samples: Float32Array;
}

/** Lets through to a batch stream what its VAD takes for speech, and ends each utterance where speech ends. */
export class VadSpeechStream implements SpeechStream {
  readonly #batch: BatchSpeechStream;
  readonly #vad: StreamVad;
  readonly #clock: Clock;
  readonly #options: SpeechStreamOptions;
  /** The newest silence: pre-roll of what may come. */
  readonly #held: Chunk[] = [];
  #judge: SpeechJudge;
  #isSpeaking = false;
  #isBlind = false;
  /** What waits for the judge, in order; absent while it answers at once. */
  #tail: Promise<void> | undefined;

  /** `batch` must not take openings of its segments for speech. */
  constructor(batch: BatchSpeechStream, vad: StreamVad, clock: Clock, options: SpeechStreamOptions) {
    this.#batch = batch;
    this.#vad = vad;
    this.#judge = vad.listen();
    this.#clock = clock;
    this.#options = options;
  }

  get health(): SpeechStreamHealth {
    return this.#batch.health;
  }

  openSegment(segmentId: number): void {
    this.#then(() => {
      this.#judge = this.#vad.listen();
      this.#batch.openSegment(segmentId);
    });
  }

  push(startSample: number, samples: Float32Array): void {
    const chunk = { startSample, samples: samples.slice() };
    this.#then(() => {
      if (this.#isBlind) return this.#batch.push(startSample, chunk.samples);
      try {
        const changes = this.#judge(startSample, chunk.samples);
        if (!(changes instanceof Promise)) return this.#take(chunk, changes);
        return changes.then(
          (later) => this.#take(chunk, later),
          (cause: unknown) => this.#goBlind(chunk, cause),
        );
      } catch (cause) {
        return this.#goBlind(chunk, cause);
      }
    });
  }

  flush(): void {
    // Speech may go on: what follows belongs to the next utterance.
    this.#then(() => this.#batch.flush());
  }

  closeSegment(): void {
    this.#then(() => {
      if (this.#isSpeaking || this.#isBlind) this.#batch.flush();
      this.#isSpeaking = false;
      this.#held.length = 0;
      this.#batch.closeSegment();
    });
  }

  advance(): void {
    // Requests go by the wall clock.
  }

  async finish(limitMs: number): Promise<void> {
    const untilMs = this.#clock.nowMs() + limitMs;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.schedule(limitMs, resolve);
      void (this.#tail ?? Promise.resolve()).then(() => (cancel(), resolve()));
    });
    await this.#batch.finish(Math.max(0, untilMs - this.#clock.nowMs()));
  }

  /** Runs after what was asked before. */
  #then(action: () => void | Promise<void>): void {
    const result = this.#tail ? this.#tail.then(action) : action();
    if (!(result instanceof Promise)) return;
    this.#tail = result;
    void result.then(() => {
      if (this.#tail === result) this.#tail = undefined;
    });
  }

  #take(chunk: Chunk, changes: readonly SpeechBoundary[]): void {
    this.#held.push(chunk);
    for (const change of changes) {
      if (change.type === "speech-started" && !this.#isSpeaking) {
        this.#isSpeaking = true;
        this.#batch.startSpeech(change.startSample);
        this.#forget(change.startSample - PRE_ROLL_SAMPLES);
      } else if (change.type === "speech-ended" && this.#isSpeaking) {
        this.#release();
        this.#isSpeaking = false;
        this.#batch.flush();
      }
    }
    if (this.#isSpeaking) this.#release();
    else this.#forget(chunk.startSample + chunk.samples.length - PRE_ROLL_SAMPLES - LOOK_BACK_SAMPLES);
  }

  #release(): void {
    for (const { startSample, samples } of this.#held.splice(0)) this.#batch.push(startSample, samples);
  }

  #forget(beforeSample: number): void {
    while (this.#held[0] && this.#held[0].startSample + this.#held[0].samples.length <= beforeSample)
      this.#held.shift();
  }

  /** Nobody can tell speech from silence any more: everything passes from here on. */
  #goBlind(chunk: Chunk, cause: unknown): void {
    this.#isBlind = true;
    this.#isSpeaking = false;
    this.#held.push(chunk);
    this.#release();
    if (this.#batch.health.connection === "ended") return;
    const message = `Speech cannot be told from silence any more, so all is recognised: ${String(cause)}`;
    this.#options.onEvent({ type: "error", error: new VoiceError("vad-failed", message, { cause }), retryInMs: 0 });
  }
}
