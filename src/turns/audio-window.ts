import { msToSamples } from "../audio/units.ts";
import type { DetectorStream, TurnDetector } from "./turn-detector.ts";

/**
 * What a detector hears: for `audio-window` the newest `windowMs` of the capture clock, zeros where nothing was captured;
 * for `audio-stream` everything, as it comes; for `text` nothing. Allocates in the constructor and in `read`.
 */
export class AudioWindow {
  /** The sample at index `i` of the capture clock lies at `i` modulo the length. */
  readonly #ring: Float32Array | undefined;
  #stream: DetectorStream | undefined;
  /** Where the next sample is expected. */
  #end: number | undefined;
  #failure: { readonly cause: unknown } | undefined;

  constructor(detector: TurnDetector) {
    if (detector.input === "audio-window") this.#ring = new Float32Array(msToSamples(detector.windowMs ?? 0));
    if (detector.input === "audio-stream") this.#try(() => (this.#stream = detector.stream?.()));
  }

  /** What the detector's stream threw: it hears no more. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.#failure;
  }

  /** Takes audio as it was captured: mono, 16 kHz, -1..1, from `startSample` on. What was there before is skipped. */
  push(startSample: number, samples: Float32Array): void {
    const end = startSample + samples.length;
    const from = Math.max(startSample, this.#end ?? startSample);
    if (from >= end) return;
    const fresh = samples.subarray(from - startSample);
    this.#fill(this.#end ?? from, from);
    this.#write(from, fresh);
    this.#end = end;
    this.#try(() => this.#stream?.push(from, fresh));
  }

  /** For `audio-window`: a copy of the window that ends with what was pushed last; mono, 16 kHz, -1..1. */
  read(): Float32Array | undefined {
    if (!this.#ring) return undefined;
    const window = new Float32Array(this.#ring.length);
    const oldest = (this.#end ?? 0) % window.length;
    window.set(this.#ring.subarray(oldest));
    window.set(this.#ring.subarray(0, oldest), window.length - oldest);
    return window;
  }

  /** Lets the detector free what it holds. */
  close(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    this.#try(() => stream?.close());
  }

  /** A detector's fault is its own: neither capture nor the turn stops for it. */
  #try(action: () => void): void {
    try {
      action();
    } catch (cause) {
      if (this.#failure) return;
      this.#failure = { cause };
      this.close();
    }
  }

  #fill(from: number, end: number): void {
    if (!this.#ring) return;
    const size = this.#ring.length;
    for (let at = Math.max(from, end - size); at < end; at += 1) this.#ring[at % size] = 0;
  }

  #write(from: number, samples: Float32Array): void {
    if (!this.#ring) return;
    const size = this.#ring.length;
    const newest = samples.subarray(Math.max(0, samples.length - size));
    const at = (from + samples.length - newest.length) % size;
    const untilWrap = Math.min(newest.length, size - at);
    this.#ring.set(newest.subarray(0, untilWrap), at);
    this.#ring.set(newest.subarray(untilWrap));
  }
}
