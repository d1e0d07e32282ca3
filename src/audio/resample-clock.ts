/**
 * Counts which output samples are due as input samples arrive.
 *
 * Time is one integer, in steps of 1/`up` of an input sample, so it never drifts. Runs on the audio thread and
 * allocates nothing.
 */
export class ResampleClock {
  readonly #up: number;
  readonly #down: number;
  readonly #delaySteps: number;
  #steps: number;

  /** Output sample `k` is due once input sample `floor(k * down / up) + delayInputSamples` has arrived. */
  constructor(up: number, down: number, delayInputSamples = 0) {
    this.#up = up;
    this.#down = down;
    this.#delaySteps = delayInputSamples * up;
    this.#steps = this.#delaySteps;
  }

  /** Steps from the next input sample to the one that the next output sample waits for. */
  get steps(): number {
    return this.#steps;
  }

  /** Output samples that the next `inputSamples` samples will make due. */
  due(inputSamples: number): number {
    return Math.max(0, Math.ceil((inputSamples * this.#up - this.#steps) / this.#down));
  }

  /** Moves on by `inputSamples`; returns how many output samples that makes due. */
  advance(inputSamples: number): number {
    const count = this.due(inputSamples);
    this.#steps += count * this.#down - inputSamples * this.#up;
    return count;
  }

  /** Goes back to the start. */
  reset(): void {
    this.#steps = this.#delaySteps;
  }
}
