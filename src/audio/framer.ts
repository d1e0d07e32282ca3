/**
 * Cuts a stream of chunks into frames of exactly `frameSamples`.
 *
 * Runs on the audio thread. Allocates only in the constructor.
 */
export class Framer {
  readonly #frame: Float32Array;
  #filled = 0;

  /** @throws RangeError when `frameSamples` is not a positive integer. */
  constructor(frameSamples: number) {
    if (!Number.isSafeInteger(frameSamples) || frameSamples < 1) {
      throw new RangeError(`frameSamples must be a positive integer, got ${frameSamples}`);
    }
    this.#frame = new Float32Array(frameSamples);
  }

  /** Samples that wait for their frame to fill: 0 to `frameSamples` - 1. */
  get pendingSamples(): number {
    return this.#filled;
  }

  /**
   * Takes the first `count` samples of a chunk, by default all. `onFrame` borrows the frame: it must copy what it wants
   * to keep.
   */
  push(chunk: Float32Array, onFrame: (frame: Float32Array) => void, count = chunk.length): void {
    const frame = this.#frame;
    // A plain loop: a view for `set` would be an allocation per call.
    for (let read = 0; read < count; read++) {
      frame[this.#filled++] = chunk[read]!;
      if (this.#filled < frame.length) continue;
      this.#filled = 0;
      onFrame(frame);
    }
  }

  /** Forgets what is pending. */
  reset(): void {
    this.#filled = 0;
  }

  /**
   * Pads what is pending with zeros and emits it; does nothing when nothing is pending.
   *
   * `onFrame` borrows the whole frame, of which the first `filledSamples` are real.
   */
  flush(onFrame: (frame: Float32Array, filledSamples: number) => void): void {
    if (this.#filled === 0) return;
    const filledSamples = this.#filled;
    this.#frame.fill(0, filledSamples);
    this.#filled = 0;
    onFrame(this.#frame, filledSamples);
  }
}
