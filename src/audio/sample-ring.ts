/**
 * Remembers the most recent samples of a stream by their absolute index.
 *
 * It holds one unbroken interval, from {@link startSample} up to but excluding {@link endSample}.
 */
export class SampleRing {
  readonly #ring: Float32Array;
  #start = 0;
  #end = 0;
  #isFresh = true;

  /** @throws RangeError when `capacitySamples` is not a positive integer. */
  constructor(capacitySamples: number) {
    if (!Number.isSafeInteger(capacitySamples) || capacitySamples < 1) {
      throw new RangeError(`capacitySamples must be a positive integer, got ${capacitySamples}`);
    }
    this.#ring = new Float32Array(capacitySamples);
  }

  /** Index of the oldest sample held; equal to {@link endSample} when none is. */
  get startSample(): number {
    return this.#start;
  }

  /** Index after the newest sample ever written; 0 in a new ring. */
  get endSample(): number {
    return this.#end;
  }

  /**
   * Stores `samples`, the first of which has the index `startSample`; the oldest samples make room.
   *
   * A start beyond {@link endSample} is a hole: what came before it is dropped, so that no read can span it.
   * Allocates no samples.
   *
   * @throws RangeError when `startSample` is before {@link endSample}: time does not go back.
   */
  write(startSample: number, samples: Float32Array): void {
    const isInOrder = this.#isFresh ? startSample >= 0 : startSample >= this.#end;
    if (!Number.isSafeInteger(startSample) || !isInOrder) {
      throw new RangeError(`startSample must be an integer from ${this.#end} up, got ${startSample}`);
    }
    const capacity = this.#ring.length;
    if (this.#isFresh || startSample !== this.#end) this.#start = startSample;
    this.#isFresh = false;
    this.#end = startSample + samples.length;
    this.#start = Math.max(this.#start, this.#end - capacity);

    const kept = samples.length > capacity ? samples.subarray(samples.length - capacity) : samples;
    const at = (this.#end - kept.length) % capacity;
    const beforeWrap = Math.min(kept.length, capacity - at);
    this.#ring.set(beforeWrap < kept.length ? kept.subarray(0, beforeWrap) : kept, at);
    if (beforeWrap < kept.length) this.#ring.set(kept.subarray(beforeWrap), 0);
  }

  /**
   * Copies the samples from `fromSample` up to but excluding `toSample`.
   *
   * @throws RangeError when part of the interval is not held.
   */
  read(fromSample: number, toSample: number): Float32Array<ArrayBuffer> {
    const isInteger = Number.isSafeInteger(fromSample) && Number.isSafeInteger(toSample);
    if (!isInteger || fromSample < this.#start || toSample > this.#end || fromSample > toSample) {
      throw new RangeError(`[${fromSample}, ${toSample}) is not within the held [${this.#start}, ${this.#end})`);
    }
    const samples = new Float32Array(toSample - fromSample);
    const at = fromSample % this.#ring.length;
    const beforeWrap = Math.min(samples.length, this.#ring.length - at);
    samples.set(this.#ring.subarray(at, at + beforeWrap));
    samples.set(this.#ring.subarray(0, samples.length - beforeWrap), beforeWrap);
    return samples;
  }

  /** Forgets every sample but not the time: writing goes on at {@link endSample} or later. */
  clear(): void {
    this.#start = this.#end;
  }
}
