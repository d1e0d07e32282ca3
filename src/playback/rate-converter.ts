import type { ResamplerKernel } from "../audio/kernel.ts";
import { Resampler } from "../audio/resampler.ts";

/** Input samples resampled at a time: the work of a render quantum stays even. */
const PIECE_SAMPLES = 32;

/**
 * Brings samples of one rate to the context's, one item after another, just as many as are asked for.
 *
 * Runs on the audio thread. Allocates only in the constructor.
 */
export class RateConverter {
  readonly #resampler: Resampler;
  readonly #kernel: ResamplerKernel;
  /** What was resampled and not asked for yet. */
  readonly #ready: Float32Array;
  #readySamples = 0;
  #taken = 0;

  /** Takes the kernel from the items' rate to the context's. */
  constructor(kernel: ResamplerKernel) {
    this.#kernel = kernel;
    this.#resampler = new Resampler(kernel);
    this.#ready = new Float32Array(this.#resampler.maxOutputSamples(Math.max(PIECE_SAMPLES, kernel.delayInputSamples)));
  }

  /** Output samples that can be had of an item of which `inputSamples` have come. */
  outputSamples(inputSamples: number, isWhole: boolean): number {
    const { up, down, delayInputSamples } = this.#kernel;
    const usable = isWhole ? inputSamples : Math.max(0, inputSamples - delayInputSamples);
    return Math.ceil((usable * up) / down);
  }

  /** Input samples that so many output samples have used up; the last of them stand for a little more than all. */
  inputSamples(outputSamples: number): number {
    return Math.floor((outputSamples * this.#kernel.down) / this.#kernel.up);
  }

  /** Makes ready for the first sample of an item. */
  reset(): void {
    this.#resampler.reset();
    this.#readySamples = 0;
    this.#taken = 0;
  }

  /** Writes up to `count` samples to `output` from `at` on, of what is ready; returns how many. */
  take(output: Float32Array, at: number, count: number): number {
    const taken = Math.min(count, this.#readySamples - this.#taken);
    const ready = this.#ready;
    const from = this.#taken;
    for (let index = 0; index < taken; index++) output[at + index] = ready[from + index]!;
    this.#taken += taken;
    return taken;
  }

  /** Once nothing is ready: takes a piece of `chunk` from `from` on, and returns its length. */
  feed(chunk: Float32Array, from: number): number {
    const count = Math.min(PIECE_SAMPLES, chunk.length - from);
    this.#readySamples = this.#resampler.push(chunk, this.#ready, 0, from, from + count);
    this.#taken = 0;
    return count;
  }

  /** Once nothing is ready, and the whole item was fed: brings out the resampler's tail. */
  finish(): void {
    this.#readySamples = this.#resampler.flush(this.#ready);
    this.#taken = 0;
  }
}
