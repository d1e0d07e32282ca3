import type { ResamplerKernel } from "./kernel.ts";
import { ResampleClock } from "./resample-clock.ts";

/** Input samples taken at a time: longer chunks are processed in pieces. */
const PIECE_SAMPLES = 1_024;

/** Output samples computed side by side: each input sample is loaded once for all of them. */
const LANES = 4;

/**
 * Changes the rate of a stream of samples, as its kernel says.
 *
 * Output sample `k` is centred on the input time `k * down / up` exactly: it comes out `delayInputSamples` late, but is
 * not shifted. The output is the same to the bit however the input is sliced. A sample that is not finite counts as 0,
 * lest it spoil what comes after. Runs on the audio thread. Allocates only in the constructor.
 */
export class Resampler {
  readonly #kernel: ResamplerKernel;
  readonly #clock: ResampleClock;
  readonly #table: LaneTable;
  readonly #history: Float64Array;
  readonly #silence: Float32Array;
  /** Where in the history the next input sample goes. */
  #filled: number;

  /** Takes a kernel made by `designKernel`, here or in another thread. */
  constructor(kernel: ResamplerKernel) {
    this.#kernel = kernel;
    this.#clock = new ResampleClock(kernel.up, kernel.down, kernel.delayInputSamples);
    this.#table = layOutLanes(kernel);
    this.#history = new Float64Array(this.#table.width + 2 * PIECE_SAMPLES);
    this.#silence = new Float32Array(kernel.delayInputSamples);
    this.#filled = kernel.tapsPerPhase;
  }

  /** The most samples that one push of `inputSamples` can write. */
  maxOutputSamples(inputSamples: number): number {
    return Math.ceil((inputSamples * this.#kernel.up) / this.#kernel.down);
  }

  /**
   * Takes any number of samples, those of `chunk` in `[from, to)`, and writes those that became due into `output`, from
   * `start` on; returns how many.
   *
   * @throws RangeError when `output` is too short, and then nothing was taken; `maxOutputSamples(to - from)` is always
   * enough.
   */
  push(chunk: Float32Array, output: Float32Array, start = 0, from = 0, to = chunk.length): number {
    const due = this.#clock.due(to - from);
    const room = output.length - start;
    if (due > room) throw new RangeError(`output must hold ${due} samples, got ${room}`);
    if (this.#kernel.tapsPerPhase === 1) {
      for (let index = 0; index < due; index++) output[start + index] = finite(chunk[from + index]!);
      return due;
    }
    let written = 0;
    for (let read = from; read < to; read += PIECE_SAMPLES) {
      const count = Math.min(PIECE_SAMPLES, to - read);
      const first = this.#append(chunk, read, count);
      written += this.#convolve(first, count, output, start + written);
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
    this.#history.fill(0);
    this.#filled = this.#kernel.tapsPerPhase;
  }

  /** Copies input behind what is remembered, making room when there is none; returns where its first sample is. */
  #append(chunk: Float32Array, read: number, count: number): number {
    const { tapsPerPhase } = this.#kernel;
    const history = this.#history;
    if (this.#filled + count > tapsPerPhase + 2 * PIECE_SAMPLES) {
      history.copyWithin(0, this.#filled - tapsPerPhase, this.#filled);
      this.#filled = tapsPerPhase;
    }
    const first = this.#filled;
    for (let index = 0; index < count; index++) history[first + index] = finite(chunk[read + index]!);
    this.#filled += count;
    return first;
  }

  /** Computes the output samples that the `count` input samples from `first` on make due. */
  #convolve(first: number, count: number, output: Float32Array, write: number): number {
    const { up, down, tapsPerPhase } = this.#kernel;
    const { taps, rows, width } = this.#table;
    const history = this.#history;
    let steps = this.#clock.steps;
    const due = this.#clock.advance(count);
    const end = write + due;
    for (let at = write; at < end; at += LANES) {
      const phase = steps % up;
      const oldest = first + (steps - phase) / up - tapsPerPhase + 1;
      const row0 = rows[LANES * phase]!;
      const row1 = rows[LANES * phase + 1]!;
      const row2 = rows[LANES * phase + 2]!;
      const row3 = rows[LANES * phase + 3]!;
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      // Two samples a turn: the loop's own work is a seventh of the cost.
      for (let index = 0; index < width; index += 2) {
        const sample = history[oldest + index]!;
        sum0 += sample * taps[row0 + index]!;
        sum1 += sample * taps[row1 + index]!;
        sum2 += sample * taps[row2 + index]!;
        sum3 += sample * taps[row3 + index]!;
        const next = history[oldest + index + 1]!;
        sum0 += next * taps[row0 + index + 1]!;
        sum1 += next * taps[row1 + index + 1]!;
        sum2 += next * taps[row2 + index + 1]!;
        sum3 += next * taps[row3 + index + 1]!;
      }
      // The last lanes may run ahead of the input; what they say is not due yet.
      output[at] = sum0;
      if (at + 1 < end) output[at + 1] = sum1;
      if (at + 2 < end) output[at + 2] = sum2;
      if (at + 3 < end) output[at + 3] = sum3;
      steps += LANES * down;
    }
    return due;
  }
}

/** A kernel's coefficients, laid out so that neighbouring output samples can walk over the same input together. */
interface LaneTable {
  /** The kernel's rows with zeros between them: a lane adds nothing before its own filter begins or after it ends. */
  readonly taps: Float64Array;
  /** For each phase of the first lane, where in `taps` each lane starts when the first starts at its oldest sample. */
  readonly rows: Int32Array;
  /** Input samples under all lanes together: even. */
  readonly width: number;
}

function layOutLanes({ up, down, tapsPerPhase, phases }: ResamplerKernel): LaneTable {
  const lead = Math.floor((up - 1 + (LANES - 1) * down) / up);
  const stride = 2 * Math.ceil((tapsPerPhase + lead) / 2);
  const taps = new Float64Array(lead + up * stride);
  const rows = new Int32Array(up * LANES);
  for (let phase = 0; phase < up; phase++) {
    taps.set(phases.subarray(phase * tapsPerPhase, (phase + 1) * tapsPerPhase), lead + phase * stride);
    for (let lane = 0; lane < LANES; lane++) {
      const steps = phase + lane * down;
      rows[LANES * phase + lane] = lead + (steps % up) * stride - Math.floor(steps / up);
    }
  }
  return { taps, rows, width: stride };
}

function finite(sample: number): number {
  return sample - sample === 0 ? sample : 0;
}
