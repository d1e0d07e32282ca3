/**
 * The loudness of what leaves: open, or on its way there or to silence along half a cosine.
 *
 * Runs on the audio thread and allocates nothing.
 */
export class Fader {
  #from = 1;
  #to = 1;
  #frames = 0;
  #done = 0;

  /** Whether a fade is under way. */
  get isMoving(): boolean {
    return this.#done < this.#frames;
  }

  /** Frames until the fade is over. */
  get framesLeft(): number {
    return this.#frames - this.#done;
  }

  /** Full loudness, or silence, at once. */
  jump(to: 0 | 1): void {
    this.#from = to;
    this.#to = to;
    this.#frames = 0;
    this.#done = 0;
  }

  /** From where it is now to full loudness or silence: the last of `frames` frames is there. */
  move(to: 0 | 1, frames: number): void {
    this.#from = this.#gain();
    this.#to = to;
    this.#frames = frames;
    this.#done = 0;
  }

  /** Fades `count` samples from `at` on, in place. */
  apply(samples: Float32Array, at: number, count: number): void {
    if (this.#done === this.#frames && this.#to === 1) return;
    for (let index = at; index < at + count; index++) {
      if (this.#done < this.#frames) this.#done += 1;
      samples[index] = samples[index]! * this.#gain();
    }
  }

  #gain(): number {
    if (this.#done === this.#frames) return this.#to; // no rounding: silence is 0, and loud is unchanged
    const way = (1 - Math.cos((Math.PI * this.#done) / this.#frames)) / 2;
    return this.#from + (this.#to - this.#from) * way;
  }
}
