import type { RateConverter } from "./rate-converter.ts";

/**
 * One item on the audio thread: what was written, and how much of it has left.
 *
 * Allocates nothing while it is read. Only one item of a rate is read at a time, to its end.
 */
export class QueuedItem {
  /** The page's number. */
  readonly item: number;
  /** How often it ran dry. */
  underruns = 0;
  /** The command that dropped it; 0 if none did. */
  clearedBy = 0;
  readonly #converter: RateConverter;
  readonly #chunks: Float32Array[] = [];
  #chunkIndex = 0;
  #readSamples = 0;
  #receivedSamples = 0;
  #renderedFrames = 0;
  #isEnded = false;

  /** `converter` is shared by all items of a rate. */
  constructor(item: number, converter: RateConverter) {
    this.item = item;
    this.#converter = converter;
  }

  /** Whether all of it was written. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether nothing of it has left yet. */
  get isFresh(): boolean {
    return this.#renderedFrames === 0;
  }

  /** Whether all of it was written and has left. */
  get isComplete(): boolean {
    return this.#isEnded && this.availableFrames === 0;
  }

  /** Frames of the context that can be had right now. */
  get availableFrames(): number {
    return this.#converter.outputSamples(this.#receivedSamples, this.#isEnded) - this.#renderedFrames;
  }

  /** Samples of its own that have left. */
  get renderedSamples(): number {
    return Math.min(this.#receivedSamples, this.#converter.inputSamples(this.#renderedFrames));
  }

  /** Adds samples, which it keeps. */
  write(samples: Float32Array): void {
    if (this.#isEnded) return;
    this.#chunks.push(samples);
    this.#receivedSamples += samples.length;
  }

  /** Nothing more will be written. */
  end(): void {
    this.#isEnded = true;
  }

  /** Writes its next frames to `output` from `at` on; `count` is at most {@link availableFrames}. */
  read(output: Float32Array, at: number, count: number): void {
    if (this.isFresh) this.#converter.reset();
    for (let done = 0; done < count;) {
      const taken = this.#converter.take(output, at + done, count - done);
      done += taken;
      if (taken === 0) this.#feed();
    }
    this.#renderedFrames += count;
  }

  #feed(): void {
    const chunk = this.#chunks[this.#chunkIndex];
    if (!chunk) return this.#converter.finish();
    this.#readSamples += this.#converter.feed(chunk, this.#readSamples);
    if (this.#readSamples < chunk.length) return;
    this.#chunks[this.#chunkIndex] = NOTHING; // so that what was played can be forgotten
    this.#chunkIndex += 1;
    this.#readSamples = 0;
  }
}

const NOTHING = new Float32Array(0);
