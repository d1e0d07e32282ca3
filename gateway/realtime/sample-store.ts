/** Samples of a stream by their index in it: the newest, back to where they were dropped. */
export class SampleStore {
  readonly #chunks: Int16Array[] = [];
  #from = 0;
  #to = 0;

  /** Index of the oldest sample that is kept. */
  get from(): number {
    return this.#from;
  }

  /** Index after the newest. */
  get to(): number {
    return this.#to;
  }

  /** Appends; the store keeps the chunk. */
  push(chunk: Int16Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#to += chunk.length;
  }

  /** A copy of the samples in `[from, to)`, as far as they are kept. */
  slice(from: number, to: number): Int16Array {
    const [start, end] = [Math.max(from, this.#from), Math.min(to, this.#to)];
    const samples = new Int16Array(Math.max(0, end - start));
    let index = this.#from;
    for (const chunk of this.#chunks) {
      const [first, last] = [Math.max(start, index), Math.min(end, index + chunk.length)];
      if (first < last) samples.set(chunk.subarray(first - index, last - index), first - start);
      index += chunk.length;
    }
    return samples;
  }

  /** Forgets what came before an index. */
  dropBefore(index: number): void {
    while (this.#chunks[0] !== undefined && this.#from < index) {
      const [chunk] = this.#chunks;
      const count = Math.min(chunk.length, index - this.#from);
      this.#from += count;
      if (count === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.slice(count);
    }
  }
}
