import { CAPTURE_RATE } from "../../audio/units.ts";
import { toPcm16 } from "../../audio/pcm16.ts";

/** The model hears at most so much. */
const LONGEST_SAMPLES = 3 * CAPTURE_RATE;
/** Of what came before the first overlap, it hears so much. */
const PREFIX_SAMPLES = CAPTURE_RATE;
/** It is asked again after so much new audio. */
const INTERVAL_SAMPLES = CAPTURE_RATE / 10;

/**
 * What was captured while the agent spoke, and when the model is to be asked about it: after each 100 ms of an overlap.
 * Gives the same windows whatever the chunk sizes. What was not captured is silence. Pure.
 */
export class OverlapWindow {
  readonly #onWindow: (pcm: Int16Array<ArrayBuffer>) => void;
  /** A ring; sample `n` of the capture clock has its place at `n % LONGEST_SAMPLES`. */
  readonly #ring = new Int16Array(LONGEST_SAMPLES);
  /** Where what was heard ends. */
  #end = 0;
  #length = 0;
  #isHearing = false;
  #isOverlap = false;
  #hadOverlap = false;
  #newSamples = 0;

  /** `onWindow` owns what it is given: mono, 16 kHz, at most 3 s. */
  constructor(onWindow: (pcm: Int16Array<ArrayBuffer>) => void) {
    this.#onWindow = onWindow;
  }

  /** How much is kept, in samples. */
  get length(): number {
    return this.#length;
  }

  /** Forgets everything, and hears from now on only if the agent can be heard. */
  reset(isAgentHeard: boolean): void {
    this.#isHearing = isAgentHeard;
    this.#isOverlap = this.#hadOverlap = false;
    this.#length = this.#newSamples = 0;
  }

  /** The person speaks over the agent, since `startSample`. The first time, what is older than 1 s before is forgotten. */
  beginOverlap(startSample: number): void {
    if (!this.#isHearing) return;
    const kept = Math.max(0, this.#end - startSample + PREFIX_SAMPLES);
    if (!this.#hadOverlap) this.#length = Math.min(this.#length, kept);
    this.#isOverlap = this.#hadOverlap = true;
    this.#newSamples = 0;
  }

  /** It is over; the audio stays. */
  endOverlap(): void {
    this.#isOverlap = false;
  }

  /** Hears captured audio: mono, -1..1. */
  push(startSample: number, samples: Float32Array): void {
    if (!this.#isHearing) return;
    this.#skipTo(startSample);
    const pcm = toPcm16(samples);
    for (let read = 0; read < pcm.length;) {
      const untilWindow = this.#isOverlap ? INTERVAL_SAMPLES - this.#newSamples : Number.POSITIVE_INFINITY;
      const place = this.#end % LONGEST_SAMPLES;
      const count = Math.min(pcm.length - read, untilWindow, LONGEST_SAMPLES - place);
      this.#ring.set(pcm.subarray(read, read + count), place);
      read += count;
      this.#grow(count);
      if (this.#isOverlap && (this.#newSamples += count) === INTERVAL_SAMPLES) {
        this.#newSamples = 0;
        this.#onWindow(this.#window());
      }
    }
  }

  #skipTo(startSample: number): void {
    const gap = startSample - this.#end;
    if (this.#length === 0 || gap < 0 || gap >= LONGEST_SAMPLES) {
      this.#length = 0;
      this.#end = startSample;
      return;
    }
    for (let skipped = 0; skipped < gap;) {
      const place = this.#end % LONGEST_SAMPLES;
      const count = Math.min(gap - skipped, LONGEST_SAMPLES - place);
      this.#ring.fill(0, place, place + count);
      skipped += count;
      this.#grow(count);
    }
  }

  #grow(count: number): void {
    this.#end += count;
    this.#length = Math.min(this.#length + count, LONGEST_SAMPLES);
  }

  #window(): Int16Array<ArrayBuffer> {
    const window = new Int16Array(this.#length);
    const start = (this.#end - this.#length) % LONGEST_SAMPLES;
    const first = this.#ring.subarray(start, start + this.#length);
    window.set(first);
    window.set(this.#ring.subarray(0, this.#length - first.length), first.length);
    return window;
  }
}
