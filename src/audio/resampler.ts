import type { ResamplerKernel } from "./kernel.ts";
import { ResampleClock } from "./resample-clock.ts";

/** Input samples taken at a time: longer chunks are processed in pieces. */
const PIECE_SAMPLES = 1_024;

/**
 * Changes the rate of a stream of samples, as its kernel says.
 *
 * Output sample `k` is centred on the input time `k * down / up` exactly: it comes out `delayInputSamples` late, but is
 * not shifted. The output is the same to the bit however the input is sliced. Runs on the audio thread. Allocates only
 * in the constructor.
 */
export class Resampler {
  readonly #kernel: ResamplerKernel;
  readonly #clock: ResampleClock;
  readonly #history: Float64Array;
  readonly #silence: Float32Array;
  /** Where in the history the next input sample goes. */
  #filled: number;

  /** Takes a kernel made by `designKernel`, here or in another thread. */
  constructor(kernel: ResamplerKernel) {
    this.#kernel = kernel;
    this.#clock = new ResampleClock(kernel.up, kernel.down, kernel.delayInputSamples);
    this.#history = new Float64Array(kernel.tapsPerPhase + 2 * PIECE_SAMPLES);
    this.#silence = new Float32Array(kernel.delayInputSamples);
    this.#filled = kernel.tapsPerPhase;
  }

  /** The most samples that one push of `inputSamples` can write. */
  maxOutputSamples(inputSamples: number): number {
    return Math.ceil((inputSamples * this.#kernel.up) / this.#kernel.down);
  }

  /**
   * Takes any number of samples and writes those that became due to the front of `output`; returns how many.
   *
   * @throws RangeError when `output` is too short, and then nothing was taken; `maxOutputSamples(chunk.length)` is
   * always enough.
   */
  push(chunk: Float32Array, output: Float32Array): number {
    const due = this.#clock.due(chunk.length);
    if (due > output.length) throw new RangeError(`output must hold ${due} samples, got ${output.length}`);
    if (this.#kernel.tapsPerPhase === 1) {
      output.set(chunk);
      return due;
    }
    let written = 0;
    for (let read = 0; read < chunk.length; read += PIECE_SAMPLES) {
      const count = Math.min(PIECE_SAMPLES, chunk.length - read);
      const first = this.#append(chunk, read, count);
      written += this.#convolve(first, count, output, written);
    }
    return written;
  }

  /**
   * Ends the stream: writes the samples still held back and returns how many, then starts afresh.
   *
   * In all, `n` input samples have then given exactly `ceil(n * up / down)` output samples. `output` needs at most
   * `maxOutputSamples(kernel.delayInputSamples)`.
   *
   * @throws RangeError when `output` is too short, and then nothing has changed.
   */
  flush(output: Float32Array): number {
    const written = this.push(this.#silence, output);
    this.reset();
    return written;
  }

  /** Forgets all input: the next sample is the first of a new stream. */
  reset(): void {
    this.#clock.reset();
    this.#history.fill(0, 0, this.#kernel.tapsPerPhase);
    this.#filled = this.#kernel.tapsPerPhase;
  }

  /** Copies input behind what is remembered, making room when there is none; returns where its first sample is. */
  #append(chunk: Float32Array, read: number, count: number): number {
    const history = this.#history;
    if (this.#filled + count > history.length) {
      history.copyWithin(0, this.#filled - this.#kernel.tapsPerPhase, this.#filled);
      this.#filled = this.#kernel.tapsPerPhase;
    }
    const first = this.#filled;
    for (let index = 0; index < count; index++) history[first + index] = chunk[read + index]!;
    this.#filled += count;
    return first;
  }

  /** Computes the output samples that the `count` input samples from `first` on make due. */
  #convolve(first: number, count: number, output: Float32Array, write: number): number {
    const { up, down, tapsPerPhase, phases } = this.#kernel;
    const history = this.#history;
    const steps = this.#clock.steps;
    const due = this.#clock.advance(count);
    const stepSamples = Math.floor(down / up);
    const stepPhases = down % up;
    let phase = steps % up;
    let oldest = first + (steps - phase) / up - tapsPerPhase + 1;
    for (let index = 0; index < due; index++) {
      const row = phase * tapsPerPhase;
      // Four sums do not wait for each other; their number is part of the result's bits.
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      for (let tap = 0; tap < tapsPerPhase; tap += 4) {
        sum0 += history[oldest + tap]! * phases[row + tap]!;
        sum1 += history[oldest + tap + 1]! * phases[row + tap + 1]!;
        sum2 += history[oldest + tap + 2]! * phases[row + tap + 2]!;
        sum3 += history[oldest + tap + 3]! * phases[row + tap + 3]!;
      }
      output[write + index] = sum0 + sum1 + (sum2 + sum3);
      oldest += stepSamples;
      phase += stepPhases;
      if (phase >= up) {
        phase -= up;
        oldest++;
      }
    }
    return due;
  }
}
