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
 * Gives the same windows whatever the chunk sizes. Pure.
 */
export class OverlapWindow {
  readonly #onWindow: (pcm: Int16Array<ArrayBuffer>) => void;
  /** A ring; `#end` counts what was ever put into it. */
  readonly #ring = new Int16Array(LONGEST_SAMPLES);
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

  /** The person speaks over the agent, and has done so for `speechSamples`. The first time, older audio is forgotten. */
  beginOverlap(speechSamples: number): void {
    if (!this.#isHearing) return;
    if (!this.#hadOverlap) this.#length = Math.min(this.#length, speechSamples + PREFIX_SAMPLES);
    this.#isOverlap = this.#hadOverlap = true;
    this.#newSamples = 0;
  }

  /** It is over; the audio stays. */
  endOverlap(): void {
    this.#isOverlap = false;
  }

  /** Hears captured audio: mono, -1..1. */
  push(samples: Float32Array): void {
    if (!this.#isHearing) return;
    const pcm = toPcm16(samples);
    for (let read = 0; read < pcm.length;) {
      const untilWindow = this.#isOverlap ? INTERVAL_SAMPLES - this.#newSamples : Number.POSITIVE_INFINITY;
      const place = this.#end % LONGEST_SAMPLES;
      const count = Math.min(pcm.length - read, untilWindow, LONGEST_SAMPLES - place);
      this.#ring.set(pcm.subarray(read, read + count), place);
      read += count;
      this.#end += count;
      this.#length = Math.min(this.#length + count, LONGEST_SAMPLES);
      if (this.#isOverlap && (this.#newSamples += count) === INTERVAL_SAMPLES) {
        this.#newSamples = 0;
        this.#onWindow(this.#window());
      }
    }
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
