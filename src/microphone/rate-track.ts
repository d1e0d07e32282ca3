import type { ResamplerKernel } from "../audio/kernel.ts";
import { Resampler } from "../audio/resampler.ts";
import { CAPTURE_RATE, FRAME_SAMPLES } from "../audio/units.ts";

/** No track runs ahead of another by more frames than this, whatever their filters' delays. */
const MOST_FRAMES_AHEAD = 2;

/**
 * One of the rates that capture puts out: resamples, and gathers what comes out until it is taken a frame at a time.
 * Lengths are told in samples of the capture clock, so that tracks of different rates are cut at the same times.
 *
 * Runs on the audio thread. Allocates only in the constructor, and a view for a frame that is not whole.
 */
export class RateTrack {
  readonly #resampler: Resampler;
  readonly #silence: Float32Array;
  /** Its own samples in one of the capture clock. */
  readonly #ratio: number;
  readonly #gathered: Float32Array;
  readonly #wholeFrame: Float32Array;
  #filled = 0;

  /** `silence`: what stands in for input that never comes; no chunk that is pushed is longer. */
  constructor(kernel: ResamplerKernel, silence: Float32Array) {
    this.#resampler = new Resampler(kernel);
    this.#silence = silence;
    this.#ratio = kernel.outputRate / CAPTURE_RATE;
    const frameSamples = FRAME_SAMPLES * this.#ratio;
    const mostPushed = this.#resampler.maxOutputSamples(silence.length);
    this.#gathered = new Float32Array((1 + MOST_FRAMES_AHEAD) * frameSamples + mostPushed);
    this.#wholeFrame = this.#gathered.subarray(0, frameSamples);
  }

  /** Whether a whole frame is there. */
  get hasFrame(): boolean {
    return this.#filled >= this.#wholeFrame.length;
  }

  /** Takes the next chunk of input. */
  push(chunk: Float32Array): void {
    this.#filled += this.#resampler.push(chunk, this.#gathered, this.#filled);
  }

  /** Lends the oldest `captureSamples`, until {@link drop}; where they are not there yet, as if silence followed. */
  lend(captureSamples: number): Float32Array {
    const length = this.#lengthOf(captureSamples);
    while (this.#filled < length) this.push(this.#silence);
    return length === this.#wholeFrame.length ? this.#wholeFrame : this.#gathered.subarray(0, length);
  }

  /** Lets go of what was lent. */
  drop(captureSamples: number): void {
    const length = this.#lengthOf(captureSamples);
    this.#gathered.copyWithin(0, length, this.#filled);
    this.#filled -= length;
  }

  /** Forgets everything: the next chunk begins a new stream. */
  reset(): void {
    this.#resampler.reset();
    this.#filled = 0;
  }

  #lengthOf(captureSamples: number): number {
    return Math.round(captureSamples * this.#ratio);
  }
}
