import { rmsDbfs } from "../../audio/level.ts";
import { CAPTURE_RATE } from "../../audio/units.ts";

/** Captured audio without a hole: mono, -1..1, at 16 kHz. */
export interface Utterance {
  /** Where it begins on the capture clock. */
  readonly startSample: number;
  readonly samples: Float32Array;
}

/** How far before the limit a pause is looked for. */
const SEARCH_SAMPLES = 5 * CAPTURE_RATE;
/** The pause that is looked for. */
const PAUSE_SAMPLES = CAPTURE_RATE / 10;

/**
 * Collects an utterance from chunks of any size. One that grows too long is cut where it is quietest in its last 5 s, one
 * with a hole is cut there, so that times stay true; no sample is dropped. Pure.
 */
export class UtteranceCutter {
  readonly #maxSamples: number;
  readonly #onPiece: (piece: Utterance) => void;
  #chunks: Float32Array[] = [];
  #startSample = 0;
  #lengthSamples = 0;

  /** `onPiece` is given what is cut off an utterance that goes on; the pieces are its own. */
  constructor(maxSamples: number, onPiece: (piece: Utterance) => void) {
    this.#maxSamples = maxSamples;
    this.#onPiece = onPiece;
  }

  /** What was collected and not yet handed out, in samples. */
  get lengthSamples(): number {
    return this.#lengthSamples;
  }

  /** Takes the next chunk; copies it. */
  push(startSample: number, samples: Float32Array): void {
    if (startSample !== this.#startSample + this.#lengthSamples) {
      const before = this.take();
      if (before) this.#onPiece(before);
      this.#startSample = startSample;
    }
    for (let read = 0; read < samples.length;) {
      const part = samples.slice(read, read + this.#maxSamples - this.#lengthSamples);
      this.#chunks.push(part);
      this.#lengthSamples += part.length;
      read += part.length;
      if (this.#lengthSamples === this.#maxSamples) this.#cut();
    }
  }

  /** Hands out what was collected, if anything, and begins anew behind it. */
  take(): Utterance | undefined {
    if (this.#lengthSamples === 0) return undefined;
    const samples = new Float32Array(this.#lengthSamples);
    let at = 0;
    for (const chunk of this.#chunks) {
      samples.set(chunk, at);
      at += chunk.length;
    }
    const utterance = { startSample: this.#startSample, samples };
    this.#chunks = [];
    this.#startSample += this.#lengthSamples;
    this.#lengthSamples = 0;
    return utterance;
  }

  #cut(): void {
    const whole = this.take();
    if (!whole) return;
    const at = quietestSample(whole.samples);
    this.#chunks = [whole.samples.slice(at)];
    this.#startSample = whole.startSample + at;
    this.#lengthSamples = whole.samples.length - at;
    this.#onPiece({ startSample: whole.startSample, samples: whole.samples.slice(0, at) });
  }
}

/** The middle of the quietest pause near the end; of several, the last. */
function quietestSample(samples: Float32Array): number {
  const earliest = Math.max(samples.length - SEARCH_SAMPLES, samples.length >> 1);
  let [quietest, lowestDb] = [samples.length, Infinity];
  for (let start = samples.length - PAUSE_SAMPLES; start >= earliest; start -= PAUSE_SAMPLES) {
    const levelDb = rmsDbfs(samples.subarray(start, start + PAUSE_SAMPLES));
    if (levelDb < lowestDb) [quietest, lowestDb] = [start + PAUSE_SAMPLES / 2, levelDb];
  }
  return quietest;
}
